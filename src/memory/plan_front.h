// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "memory/arena.h"
#include "plan/front.h"
#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

struct LaidOutPlan {
  Plan plan;
  size_t order = 0;  // of the nodes: index of the UnitGraph that it is for
  int64_t arena_bytes = 0;
  int64_t macs = 0;
  int64_t cost = 0;  // of all stages, by FrontOptions::stages.cost
  // The most bytes that live at once under the best plan that works as little.
  int64_t lower_bound_bytes = 0;
};

// The plans of a method's space worth having, laid out, from the least RAM on;
// none if the search was cancelled. With an epsilon, plans are left out that
// spare less than such a part of the MACs.
// Blocks count with the arena that they need by themselves; tensors move
// between them where the whole plan would need more.
std::vector<LaidOutPlan> FindFront(const UnitGraph& graph,
                                   const FrontOptions& options);

// The same over several orders of the nodes of one graph. `costs`: empty, or
// FrontOptions::stages.cost for each order.
std::vector<LaidOutPlan> FindFront(const std::vector<UnitGraph>& orders,
                                   const FrontOptions& options,
                                   const std::vector<StageCost>& costs = {});

// Makes patches wider and their channel tiles larger, for fewer kernel calls, as
// far as `arena_bytes` allows.
void WidenPatches(BlockArenas& arenas, int64_t arena_bytes, Plan& plan);

}  // namespace msf
