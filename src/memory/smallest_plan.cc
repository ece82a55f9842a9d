// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/smallest_plan.h"

#include <limits>

#include "memory/arena.h"

namespace msf {
namespace {

// Plans beside the best path that are tried, each without one of its blocks.
constexpr int kDetours = 4;

constexpr int64_t kForbidden = std::numeric_limits<int64_t>::max() / 2;

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

// The best of the plans that avoid one block of `plan`.
SmallestPlan BestDetour(const UnitGraph& graph, const MinRamSearch& search,
                        const Plan& plan, int64_t limit) {
  SmallestPlan best{.arena_bytes = kForbidden};
  for (const BlockPlan& block : plan.blocks) {
    MinRamSearch beside = search;
    beside.Raise(block, kForbidden);
    const Solution solution = ShortestLaidOut(graph, beside);
    if (solution.peak_bytes >= limit) continue;
    const int64_t arena_bytes = ArenaBytes(graph, solution.plan, kQuickLayout);
    if (arena_bytes < best.arena_bytes) {
      best.plan = solution.plan;
      best.arena_bytes = arena_bytes;
    }
  }
  return best;
}

}  // namespace

SmallestPlan FindSmallestPlan(const UnitGraph& graph,
                              const SolverOptions& options) {
  MinRamSearch search(graph, options);
  const int64_t lower_bound = search.Shortest().peak_bytes;
  const Solution first = ShortestLaidOut(graph, search);
  SmallestPlan best{.plan = first.plan,
                    .arena_bytes = ArenaBytes(graph, first.plan, kQuickLayout),
                    .lower_bound_bytes = lower_bound};
  SmallestPlan from = best;
  for (int i = 0; i < kDetours && best.arena_bytes > first.peak_bytes; ++i) {
    from = BestDetour(graph, search, from.plan, best.arena_bytes);
    if (from.plan.blocks.empty()) break;
    if (from.arena_bytes < best.arena_bytes) {
      best.plan = from.plan;
      best.arena_bytes = from.arena_bytes;
    }
  }
  return best;
}

}  // namespace msf
