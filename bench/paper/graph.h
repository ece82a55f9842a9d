// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bench/paper/cost_model.h"
#include "ir/graph.h"

namespace msf::paper {

// The layer list as a network that msfc plans: int8, no bias, no activation,
// all weights zero.
Graph BuildGraph(const std::string& name, const Network& network);

}  // namespace msf::paper
