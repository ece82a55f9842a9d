// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace msf::paper {

struct OurPoint {
  int64_t ram_bytes = 0;
  double overhead_factor = 1;
};

// The plans of msfc that no other of its plans beats, in order of rising RAM;
// the input outside the arena as in the paper.
std::vector<OurPoint> OurFront(const Graph& graph);

}  // namespace msf::paper
