// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/plan_front.h"

#include <algorithm>
#include <iterator>

#include "memory/smallest_plan.h"
#include "plan/patch.h"

namespace msf {
namespace {

// Beyond so many units the search for a first plan, which simulates every
// block, would take longer than the front.
constexpr size_t kMaxUnitsSimulated = 120;

// Methods whose plans take part in the full search: their patches may be
// longer than it makes them, and their layouts happen to be better.
constexpr Method kRestricted[] = {Method::kLineBuffer, Method::kMsfCnn,
                                  Method::kMcunetV2, Method::kStreamNet,
                                  Method::kPlain};

Work WorkOf(const UnitGraph& graph, const Plan& plan, const StageCost& cost) {
  Work sum;
  for (const BlockPlan& block : plan.blocks) {
    sum = sum + WorkOf(graph, block, cost);
  }
  return sum;
}

// By cost where there is one, else by MACs; ties are none.
bool WorksLess(const LaidOutPlan& a, const LaidOutPlan& b) {
  return a.cost != b.cost ? a.cost < b.cost : a.cost == 0 && a.macs < b.macs;
}

// Keeps what no other plan beats in both bytes and work, from the fewest bytes
// on: layouts may have changed the order.
void KeepBest(std::vector<LaidOutPlan>& plans) {
  std::stable_sort(plans.begin(), plans.end(),
                   [](const LaidOutPlan& a, const LaidOutPlan& b) {
                     return a.arena_bytes != b.arena_bytes
                                ? a.arena_bytes < b.arena_bytes
                                : WorksLess(a, b);
                   });
  std::vector<LaidOutPlan> best;
  for (LaidOutPlan& plan : plans) {
    if (best.empty() || WorksLess(plan, best.back())) {
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
// fit, with an even number of channels, as kernels make two at a time.
template <typename Fits>
void WidenTiles(const UnitGraph& graph, const Fits& fits, StagePlan& stage) {
  const std::optional<Patch> before = MakePatch(graph, stage);
  const auto fits_in = [&](int32_t passes) {
    const int32_t channels = before->tiled_channels;
    const int32_t twos = DivideUp(DivideUp(channels, passes), 2);
    stage.channel_tile = 2 * twos < channels ? 2 * twos : 0;
    stage.collects = before->collects && stage.channel_tile > 0;
    const std::optional<Patch> patch = MakePatch(graph, stage);
    return patch && patch->form.macs <= before->form.macs && fits();
  };
  int32_t best = stage.channel_tile;
  int32_t fitting = before->slices;
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
  stage.collects = before->collects && best > 0;
}

// Of plans that are known before the full search: those of no more cost are so
// near to the fastest that more bytes for less are not looked for.
int64_t EnoughCost(const std::vector<LaidOutPlan>& plans) {
  constexpr double kNear = 1.02;
  double least = 0;
  for (const LaidOutPlan& plan : plans) {
    const auto cost = static_cast<double>(plan.cost);
    if (least == 0 || cost < least) least = cost;
  }
  return static_cast<int64_t>(kNear * least);
}

int64_t CostOf(const LaidOutPlan& plan) {
  return plan.cost > 0 ? plan.cost : plan.macs;
}

// Plans that do little less work than the one before; not the last one.
void LeaveOut(double epsilon, std::vector<LaidOutPlan>& plans) {
  if (epsilon <= 0) return;
  std::vector<LaidOutPlan> kept;
  for (LaidOutPlan& plan : plans) {
    const bool is_last = &plan == &plans.back();
    if (kept.empty() || is_last ||
        static_cast<double>(CostOf(kept.back())) >
            (1 + epsilon) * static_cast<double>(CostOf(plan))) {
      kept.push_back(std::move(plan));
    }
  }
  plans = std::move(kept);
}

class FrontFinder {
 public:
  FrontFinder(const UnitGraph& graph, const FrontOptions& options)
      : graph_(graph), options_(options), arenas_(graph),
        least_macs_(DemandOf(graph).least_macs[0]) {}

  std::vector<LaidOutPlan> Find(Method method) {
    std::vector<LaidOutPlan> plans = FirstPlans(method);
    FrontOptions options = options_;
    options.method = method;
    const Watch watch = WatchOf(method);
    options.watch = watch.Part(0, kPercentOfSearch);
    // More bytes are no use, unless patches may leave out work at borders.
    const int64_t enough = EnoughCost(plans);
    for (const LaidOutPlan& plan : plans) {
      if (plan.cost > 0 ? plan.cost > enough : plan.macs > least_macs_) continue;
      options.bound = std::min(options.bound, plan.arena_bytes);
    }
    FrontSearch search(graph_, options);
    for (const LaidOutPlan& plan : plans) search.Add(plan.plan);
    living_ = search.Front();
    const std::vector<FrontPoint> front =
        search.Front([&](const BlockPlan& b) { return arenas_.Bytes(b); });
    const Watch layouts = watch.Part(kPercentOfSearch, 100);
    for (const FrontPoint& point : front) {
      Plan plan = point.plan;
      if (options_.watch.IsCancelled()) return {};
      layouts.Report(&point - front.data(), std::ssize(front));
      WidenPatches(arenas_, point.peak_bytes, plan);
      plans.push_back(LayOut(std::move(plan)));
    }
    if (options_.watch.IsCancelled()) return {};
    KeepBest(plans);
    return plans;
  }

  // Bytes that live under the best plan of the last method that works as
  // little.
  int64_t BoundFor(const LaidOutPlan& plan) const {
    for (const FrontPoint& point : living_) {  // work falls
      if (point.work.cost <= plan.cost &&
          (plan.cost > 0 || point.work.macs <= plan.macs)) {
        return point.peak_bytes;
      }
    }
    return INT64_MAX;
  }

 private:
  static constexpr int64_t kPercentOfPart = 4;    // of a full search
  static constexpr int64_t kPercentOfMacs = 10;   // before one by cost
  static constexpr int64_t kPercentOfSearch = 70;  // before plans are laid out

  Watch WatchOf(Method method) const {
    if (options_.method != Method::kFull) return options_.watch;
    const auto* at = std::find(std::begin(kRestricted), std::end(kRestricted),
                               method);  // the full search is the last
    const int64_t begin = kPercentOfPart * (at - std::begin(kRestricted));
    if (method != Method::kFull) {
      return options_.watch.Part(begin, begin + kPercentOfPart);
    }
    const int64_t by_macs = options_.stages.cost ? kPercentOfMacs : 0;
    return options_.watch.Part(begin + by_macs, 100);
  }

  // What is known before the search.
  std::vector<LaidOutPlan> FirstPlans(Method method) {
    std::vector<LaidOutPlan> plans;
    if (method == Method::kLineBuffer &&
        graph_.units.size() <= kMaxUnitsSimulated) {
      plans.push_back(
          LayOut(FindSmallestPlan(arenas_, {.method = method}).plan));
    }
    if (method != Method::kFull) return plans;
    for (const Method part : kRestricted) {
      std::vector<LaidOutPlan> found = Find(part);
      std::move(found.begin(), found.end(), std::back_inserter(plans));
    }
    if (options_.stages.cost) AddFrontByMacs(plans);
    return plans;
  }

  // The front by MACs, which takes less time than the one by cost: where labels
  // are left out, that one may miss what this one finds.
  void AddFrontByMacs(std::vector<LaidOutPlan>& plans) {
    FrontOptions options = options_;
    options.method = Method::kFull;
    options.stages.cost = nullptr;
    const int64_t begin = kPercentOfPart * std::ssize(kRestricted);
    options.watch = options_.watch.Part(begin, begin + kPercentOfMacs);
    FrontSearch search(graph_, options);
    for (FrontPoint& point :
         search.Front([&](const BlockPlan& b) { return arenas_.Bytes(b); })) {
      plans.push_back(LayOut(std::move(point.plan)));
    }
  }

  LaidOutPlan LayOut(Plan plan) {
    const Work work = WorkOf(graph_, plan, options_.stages.cost);
    LaidOutPlan result{.macs = work.macs, .cost = work.cost};
    result.arena_bytes = AddMoves(arenas_, plan);
    result.plan = std::move(plan);
    return result;
  }

  const UnitGraph& graph_;
  FrontOptions options_;
  BlockArenas arenas_;
  int64_t least_macs_;
  std::vector<FrontPoint> living_;
};

}  // namespace

std::vector<LaidOutPlan> FindFront(const UnitGraph& graph,
                                   const FrontOptions& options) {
  return FindFront(std::vector<UnitGraph>{graph}, options,
                   {options.stages.cost});
}

std::vector<LaidOutPlan> FindFront(const std::vector<UnitGraph>& orders,
                                   const FrontOptions& options,
                                   const std::vector<StageCost>& costs) {
  const auto count = static_cast<int64_t>(orders.size());
  std::vector<LaidOutPlan> plans;
  std::vector<FrontFinder> finders;
  for (int64_t o = 0; o < count; ++o) {
    FrontOptions part = options;
    part.watch = options.watch.Part(100 * o / count, 100 * (o + 1) / count);
    if (!costs.empty()) part.stages.cost = costs[static_cast<size_t>(o)];
    finders.emplace_back(orders[static_cast<size_t>(o)], part);
    for (LaidOutPlan& plan : finders.back().Find(options.method)) {
      plan.order = static_cast<size_t>(o);
      plans.push_back(std::move(plan));
    }
  }
  if (options.watch.IsCancelled()) return {};
  KeepBest(plans);
  for (LaidOutPlan& plan : plans) {
    plan.lower_bound_bytes = plan.arena_bytes;
    for (const FrontFinder& finder : finders) {
      plan.lower_bound_bytes =
          std::min(plan.lower_bound_bytes, finder.BoundFor(plan));
    }
  }
  LeaveOut(options.epsilon, plans);
  return plans;
}

void WidenPatches(BlockArenas& arenas, int64_t arena_bytes, Plan& plan) {
  const UnitGraph& graph = arenas.graph();
  for (BlockPlan& block : plan.blocks) {
    const auto fits = [&] {
      return arenas.Bytes(block) <= arena_bytes;
    };
    for (StagePlan& stage : block.stages) {
      if (!stage.IsPatch()) continue;
      const int32_t width =
          stage.strip_cols > 0
              ? stage.strip_cols
              : graph.output_of(stage.last_unit - 1).columns;
      WidenPatch(width, fits, stage.patch_cols);
      if (stage.channel_tile > 0) WidenTiles(graph, fits, stage);
    }
  }
}

}  // namespace msf
