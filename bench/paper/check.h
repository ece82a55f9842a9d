// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bench/paper/comparison.h"

namespace msf::paper {

// What is amiss, a line each; nothing if
//   - a model's layers have the MACs that the file states,
//   - each published plan costs in our copy of the paper's model, to the unit,
//     what was published, and
//   - the searches find for each limit a plan that is at least as good.
std::vector<std::string> FindDifferences(const Comparison& comparison);

}  // namespace msf::paper
