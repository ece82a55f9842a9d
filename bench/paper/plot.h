// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bench/paper/comparison.h"

namespace msf::paper {

// RAM on a logarithmic axis against overhead factor, as SVG: one panel a
// model.
std::string PlotSvg(const std::vector<Comparison>& comparisons);

}  // namespace msf::paper
