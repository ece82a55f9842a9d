// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "memory/problem.h"

namespace msf {

// Distances that two buffers must not have: `low` < distance < `high`.
struct ForbiddenDistance {
  int64_t low = 0;
  int64_t high = 0;
};

// All forbidden distances offset(b) - offset(a), sorted and disjoint; empty if
// the buffers never live at the same time. `a_to_b`: an elementwise stage
// reads a and writes b.
std::vector<ForbiddenDistance> Conflicts(const Buffer& a, const Buffer& b,
                                         bool a_to_b, bool b_to_a);

}  // namespace msf
