// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/smallest_plan.h"

#include <gtest/gtest.h>

#include <functional>

#include "memory/allocator.h"
#include "memory/lifespans.h"
#include "memory/validator.h"
#include "plan/block.h"
#include "tests/plan/random_units.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

MemoryProblem ProblemOf(const UnitGraph& graph, const Plan& plan) {
  std::vector<BlockTrace> traces;
  for (const BlockPlan& block : plan.blocks) {
    traces.push_back(TraceBlock(graph, block));
  }
  const std::vector<std::string> names(graph.tensors.size(), "t");
  return CollectBuffers(graph, plan, traces, names).problem;
}

// Calls `visit` with every partition and every combination of forms.
void ForAllPlans(const UnitGraph& graph,
                 const std::function<void(const Plan&)>& visit) {
  const auto count = static_cast<int32_t>(graph.units.size());
  Plan plan{.input_mode = graph.input_mode, .blocks = {}};
  const std::function<void(int32_t)> extend = [&](int32_t u) {
    if (u == count) {
      visit(plan);
      return;
    }
    const auto forms = static_cast<int32_t>(graph.unit(u).forms.size());
    for (int32_t form = 0; form < forms; ++form) {
      plan.blocks.push_back({u, u + 1, {SingleStage(u, form)}});
      extend(u + 1);
      plan.blocks.pop_back();
      if (u == 0) continue;
      ++plan.blocks.back().last_unit;
      plan.blocks.back().stages.push_back(SingleStage(u, form));
      extend(u + 1);
      --plan.blocks.back().last_unit;
      plan.blocks.back().stages.pop_back();
    }
  };
  extend(0);
}

void CheckBounds(const UnitGraph& graph, const SmallestPlan& smallest) {
  const MemoryProblem problem = ProblemOf(graph, smallest.plan);
  const MemoryLayout layout = Allocate(problem);
  const Result<void> valid = ValidateLayout(problem, layout);
  EXPECT_TRUE(valid.has_value()) << ToString(valid.error());
  EXPECT_LE(layout.arena_bytes, smallest.arena_bytes);
  EXPECT_GE(layout.arena_bytes, smallest.lower_bound_bytes);
  EXPECT_EQ(smallest.lower_bound_bytes, SolveMinRam(graph, {}).peak_bytes);
}

TEST(FindSmallestPlan, IsMostlyTheSmallestOfAllPlansLaidOut) {
  int checked = 0;
  int larger = 0;
  ForSeeds(250, [&](uint32_t seed) {
    Dice dice(seed);
    const UnitGraph graph = RandomUnits(dice, 5, 1);
    SCOPED_TRACE(Describe(graph));
    const SmallestPlan smallest = FindSmallestPlan(graph, {});
    CheckBounds(graph, smallest);
    int64_t best = smallest.arena_bytes;
    ForAllPlans(graph, [&](const Plan& plan) {
      const MemoryProblem problem = ProblemOf(graph, plan);
      // No plan needs less than the bound says.
      EXPECT_GE(PeakLiveBytes(problem), smallest.lower_bound_bytes)
          << ToString(plan);
      if (PeakLiveBytes(problem) >= best) return;
      const AllocatorOptions quick{.max_moves = 50, .max_placements = 300};
      best = std::min(best, Allocate(problem, quick).arena_bytes);
    });
    ++checked;
    larger += smallest.arena_bytes > best;
  });
  // The search lays out few plans; odd row lengths now and then leave a gap
  // that another plan has not.
  EXPECT_LE(larger * 10, checked) << larger << " of " << checked;
}

TEST(FindSmallestPlan, KeepsItsBoundsOnRandomNetworks) {
  ForSeeds(150, [](uint32_t seed) {
    const Graph graph = RandomGraph(seed, {.max_nodes = 9, .dead_code = false});
    SCOPED_TRACE(Dump(graph));
    for (InputMode mode : {InputMode::kStreamed, InputMode::kResident}) {
      const UnitGraph units = BuildUnitGraph(graph, mode);
      CheckBounds(units, FindSmallestPlan(units, {}));
    }
  });
}

}  // namespace
}  // namespace msf
