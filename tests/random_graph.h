// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Small quantised networks at random: chains, residuals, diamonds, several
// inputs and outputs, 1-D networks, every operator of ir/ops.def.
#pragma once

#include <cstdint>

#include "ir/graph.h"

namespace msf {

struct RandomGraphOptions {
  int32_t max_nodes = 10;  // a motif that has begun may go a little beyond
  int32_t max_side = 12;   // of a picture; 1-D networks are four times as long
  bool dead_code = true;   // now and then a node that nobody reads
};

// The same seed and options give the same graph, on every platform. VerifyGraph
// accepts it, and every node went through its operator's `parse`.
Graph RandomGraph(uint32_t seed, const RandomGraphOptions& options = {});

}  // namespace msf
