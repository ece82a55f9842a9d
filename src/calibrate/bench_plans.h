// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "calibrate/bench_cases.h"

namespace msf {

// Adds patches and networks: random ones of a few nodes, under random plans.
void AddPlanCases(const BenchSize& size, BenchCases& cases);

}  // namespace msf
