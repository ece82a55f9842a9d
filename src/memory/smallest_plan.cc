// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/smallest_plan.h"

#include "memory/arena.h"

namespace msf {
namespace {

// The shortest path whose blocks are all as long as their own layout.
Solution ShortestLaidOut(const UnitGraph& graph, MinRamSearch& search) {
  for (;;) {
    Solution solution = search.Shortest();
    bool grew = false;
    for (const BlockPlan& block : solution.plan.blocks) {
      grew |= search.Raise(block, BlockArenaBytes(graph, block, kQuickLayout));
    }
    if (!grew) return solution;
  }
}

}  // namespace

SmallestPlan FindSmallestPlan(const UnitGraph& graph,
                              const SolverOptions& options) {
  MinRamSearch search(graph, options);
  SmallestPlan best{.lower_bound_bytes = search.Shortest().peak_bytes};
  best.plan = ShortestLaidOut(graph, search).plan;
  best.arena_bytes = AddMoves(graph, best.plan);
  return best;
}

}  // namespace msf
