// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/plan_front.h"

#include <algorithm>

#include "memory/arena.h"
#include "memory/smallest_plan.h"
#include "plan/patch.h"

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

int32_t DivideUp(int32_t a, int32_t b) { return (a + b - 1) / b; }

// Makes a patch sweep over `width` columns in as few positions as fit, with
// the fewest columns for so many. `cols` are those of its stage, which `fits`
// looks at.
template <typename Fits>
void WidenPatch(int32_t width, const Fits& fits, int32_t& cols) {
  int32_t fitting = DivideUp(width, cols);
  int32_t too_few = 0;  // positions
  const int32_t before = cols;
  while (fitting - too_few > 1) {
    const int32_t positions = (fitting + too_few) / 2;
    cols = DivideUp(width, positions);
    (fits() ? fitting : too_few) = positions;
  }
  cols = std::max(before, DivideUp(width, fitting));
}

// The same for passes over the channels of a patch's inner tensors: as few as
// fit, with tiles of whole words where there are several.
template <typename Fits>
void WidenTiles(const UnitGraph& graph, const Fits& fits, StagePlan& stage) {
  const std::optional<Patch> before = MakePatch(graph, stage);
  const auto fits_in = [&](int32_t passes) {
    const int32_t channels = before->tiled_channels;
    const int32_t words = DivideUp(DivideUp(channels, passes), 4);
    stage.channel_tile = 4 * words < channels ? 4 * words : 0;
    const std::optional<Patch> patch = MakePatch(graph, stage);
    return patch && patch->form.macs <= before->form.macs && fits();
  };
  int32_t best = stage.channel_tile;
  int32_t fitting = before->passes;
  for (int32_t too_few = 0; fitting - too_few > 1;) {
    const int32_t passes = (fitting + too_few) / 2;
    if (fits_in(passes)) {
      best = stage.channel_tile;
      fitting = passes;
    } else {
      too_few = passes;
    }
  }
  stage.channel_tile = best;
}

}  // namespace

std::vector<LaidOutPlan> FindFront(const UnitGraph& graph,
                                   const FrontOptions& options) {
  FrontOptions front_options = options;
  const bool simulates = graph.units.size() <= kMaxUnitsSimulated &&
                         LeavesSingleStages(options.method);
  SmallestPlan first;
  if (simulates) {
    first = FindSmallestPlan(graph, {.method = options.method});
    front_options.bound = std::min(options.bound, first.arena_bytes);
  }
  FrontSearch search(graph, front_options);
  if (simulates) search.Add(first.plan);
  const std::vector<FrontPoint> living = search.Front();
  const std::vector<FrontPoint> front =
      search.Front([&](const BlockPlan& block) {
        return BlockArenaBytes(graph, block, kQuickLayout);
      });
  std::vector<LaidOutPlan> plans;
  for (const FrontPoint& point : front) {
    LaidOutPlan plan{.plan = point.plan, .macs = point.work.macs};
    WidenPatches(graph, point.peak_bytes, plan.plan);
    plan.arena_bytes = AddMoves(graph, plan.plan);
    // What lives under plans that were never simulated is an estimate.
    plan.lower_bound_bytes =
        std::min(BoundFor(living, plan.macs), plan.arena_bytes);
    plans.push_back(std::move(plan));
  }
  KeepBest(plans);
  return plans;
}

void WidenPatches(const UnitGraph& graph, int64_t arena_bytes, Plan& plan) {
  for (BlockPlan& block : plan.blocks) {
    const auto fits = [&] {
      return BlockArenaBytes(graph, block, kQuickLayout) <= arena_bytes;
    };
    for (StagePlan& stage : block.stages) {
      if (!stage.IsPatch()) continue;
      const int32_t width =
          stage.strip_cols > 0
              ? stage.strip_cols
              : graph.tensor(graph.unit(stage.last_unit - 1).output).columns;
      WidenPatch(width, fits, stage.patch_cols);
      if (stage.channel_tile > 0) WidenTiles(graph, fits, stage);
    }
  }
}

}  // namespace msf
