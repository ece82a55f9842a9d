// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/smallest_plan.h"

namespace msf {
namespace {

// The shortest path whose blocks are all as long as their own layout.
Solution ShortestLaidOut(BlockArenas& arenas, MinRamSearch& search) {
  for (;;) {
    Solution solution = search.Shortest();
    bool grew = false;
    for (const BlockPlan& block : solution.plan.blocks) {
      grew |= search.Raise(block, arenas.Bytes(block));
    }
    if (!grew) return solution;
  }
}

}  // namespace

SmallestPlan FindSmallestPlan(BlockArenas& arenas,
                              const SolverOptions& options) {
  MinRamSearch search(arenas.graph(), options);
  SmallestPlan best{.lower_bound_bytes = search.Shortest().peak_bytes};
  best.plan = ShortestLaidOut(arenas, search).plan;
  best.arena_bytes = AddMoves(arenas, best.plan);
  return best;
}

}  // namespace msf
