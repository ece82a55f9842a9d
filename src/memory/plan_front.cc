// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/plan_front.h"

#include <algorithm>

#include "memory/smallest_plan.h"

namespace msf {
namespace {

// Beyond so many units the search for a first plan, which simulates every
// block, would take longer than the front.
constexpr size_t kMaxUnitsSimulated = 120;

bool LeavesSingleStages(Method method) {
  return method == Method::kFull || method == Method::kLineBuffer;
}

// Bytes of the first point of `front` (by rising bytes) that does no more work.
int64_t BoundFor(const std::vector<FrontPoint>& front, int64_t macs) {
  for (const FrontPoint& point : front) {
    if (point.work.macs <= macs) return point.peak_bytes;
  }
  return 0;
}

// Keeps what no other plan beats in both bytes and MACs, from the fewest bytes
// on: layouts may have changed the order.
void KeepBest(std::vector<LaidOutPlan>& plans) {
  std::stable_sort(plans.begin(), plans.end(),
                   [](const LaidOutPlan& a, const LaidOutPlan& b) {
                     return a.arena_bytes != b.arena_bytes
                                ? a.arena_bytes < b.arena_bytes
                                : a.macs < b.macs;
                   });
  std::vector<LaidOutPlan> best;
  for (LaidOutPlan& plan : plans) {
    if (best.empty() || plan.macs < best.back().macs) {
      best.push_back(std::move(plan));
    }
  }
  plans = std::move(best);
}

}  // namespace

std::vector<LaidOutPlan> FindFront(const UnitGraph& graph,
                                   const FrontOptions& options) {
  FrontOptions front_options = options;
  const bool simulates = graph.units.size() <= kMaxUnitsSimulated &&
                         LeavesSingleStages(options.method);
  BlockArenas arenas(graph);
  SmallestPlan first;
  if (simulates) {
    first = FindSmallestPlan(arenas, {.method = options.method});
    front_options.bound = std::min(options.bound, first.arena_bytes);
  }
  FrontSearch search(graph, front_options);
  if (simulates) search.Add(first.plan);
  const std::vector<FrontPoint> living = search.Front();
  const std::vector<FrontPoint> front =
      search.Front([&](const BlockPlan& b) { return arenas.Bytes(b); });
  std::vector<LaidOutPlan> plans;
  for (const FrontPoint& point : front) {
    LaidOutPlan plan{.plan = point.plan, .macs = point.work.macs};
    WidenPatches(arenas, point.peak_bytes, plan.plan);
    plan.arena_bytes = AddMoves(arenas, plan.plan);
    // What lives under plans that were never simulated is an estimate.
    plan.lower_bound_bytes =
        std::min(BoundFor(living, plan.macs), plan.arena_bytes);
    plans.push_back(std::move(plan));
  }
  KeepBest(plans);
  return plans;
}

void WidenPatches(BlockArenas& arenas, int64_t arena_bytes, Plan& plan) {
  const UnitGraph& graph = arenas.graph();
  for (BlockPlan& block : plan.blocks) {
    for (StagePlan& stage : block.stages) {
      if (!stage.IsPatch()) continue;
      const int32_t width =
          graph.tensor(graph.unit(stage.last_unit - 1).output).columns;
      while (stage.patch_cols < width) {
        const int32_t before = stage.patch_cols;
        stage.patch_cols = std::min(2 * before, width);
        if (arenas.Bytes(block) <= arena_bytes) continue;
        stage.patch_cols = before;
        break;
      }
    }
  }
}

}  // namespace msf
