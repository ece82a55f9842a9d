// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The searches of the msf-CNN paper over its cost model, and the exact front.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bench/paper/cost_model.h"

namespace msf::paper {

struct FusionPlan {
  Cost cost;
  std::vector<Block> blocks;
};

// The paper's P2: the fewest MACs within a RAM limit, by a shortest path over
// the edges that meet it; of several such plans the one with least RAM.
std::optional<FusionPlan> LeastMacs(const CostGraph& graph,
                                    int64_t ram_limit_bytes);

// The paper's P1: the least RAM within a limit of MACs. As the paper does it:
// P2 again and again under a ceiling that goes down, while MACs hold.
std::optional<FusionPlan> LeastRam(const CostGraph& graph, int64_t macs_limit);

// The least RAM of all plans, by a minimax path.
int64_t SmallestRamBytes(const CostGraph& graph);

// All plans that no other beats, in order of rising RAM and falling MACs; one
// for each cost. By label setting: every node keeps the costs of the paths to
// it that none of its others beats.
std::vector<FusionPlan> ParetoFront(const CostGraph& graph);

}  // namespace msf::paper
