// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What FindFront promises of the plans that it lays out.
#include "memory/plan_front.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "memory/allocator.h"
#include "tests/plan/all_plans.h"
#include "tests/plan/random_units.h"
#include "tests/plan/small_networks.h"

namespace msf {
namespace {

std::vector<LaidOutPlan> FrontOf(const Subject& subject, Method method) {
  return FindFront(subject.graph,
                   {.method = method,
                    .stages = {.all_sizes = subject.all_sizes}});
}

bool Reaches(const std::vector<LaidOutPlan>& front, int64_t bytes,
             int64_t macs) {
  return std::any_of(front.begin(), front.end(), [&](const LaidOutPlan& p) {
    return p.arena_bytes <= bytes && p.macs <= macs;
  });
}

int64_t MacsOf(const UnitGraph& graph, const Plan& plan) {
  int64_t macs = 0;
  for (const BlockPlan& block : plan.blocks) {
    for (const Stage& stage : StagesOf(graph, block)) macs += stage.form.macs;
  }
  return macs;
}

void ExpectAFront(const UnitGraph& graph,
                  const std::vector<LaidOutPlan>& front) {
  ASSERT_FALSE(front.empty());
  for (size_t p = 0; p < front.size(); ++p) {
    EXPECT_EQ(front[p].arena_bytes,
              ArenaBytes(graph, front[p].plan, kQuickLayout));
    EXPECT_EQ(front[p].macs, MacsOf(graph, front[p].plan));
    EXPECT_LE(front[p].lower_bound_bytes, front[p].arena_bytes);
    if (p == 0) continue;
    EXPECT_LT(front[p - 1].arena_bytes, front[p].arena_bytes);
    EXPECT_GT(front[p - 1].macs, front[p].macs);
  }
}

// Networks and units that need not make sense as one.
void ForSubjects(uint32_t seeds,
                 const std::function<void(const Subject&)>& test) {
  ForSeeds(seeds, [&](uint32_t seed) {
    Subject subject = SubjectFor(seed);
    if (seed % 4 == 1) {
      Dice dice(seed);
      subject = {RandomUnits(dice, 7, 1), false, ""};
    }
    SCOPED_TRACE(Describe(subject.graph) + subject.text);
    test(subject);
  });
}

TEST(FindFront, IsAFrontOfPlansThatNeedWhatItSays) {
  ForSubjects(300, [](const Subject& subject) {
    for (const Method method : kMethods) {
      ExpectAFront(subject.graph, FrontOf(subject, method));
    }
  });
}

TEST(FindFront, IsNeverWorseThanThatOfAnyMethod) {
  ForSubjects(600, [](const Subject& subject) {
    const std::vector<LaidOutPlan> full = FrontOf(subject, Method::kFull);
    for (const Method method : kMethods) {
      for (const LaidOutPlan& plan : FrontOf(subject, method)) {
        EXPECT_TRUE(Reaches(full, plan.arena_bytes, plan.macs))
            << ToString(method) << ": " << plan.arena_bytes << " bytes, "
            << plan.macs << " MACs";
      }
    }
  });
}

// Every order of the nodes, every plan of each.
TEST(FindFront, OverOrdersOfNodesIsTheBestOfAllOfThem) {
  int with_several = 0;
  int better = 0;
  int missed = 0;
  ForSeeds(1500, [&](uint32_t seed) {
    const Graph graph = RandomGraph(
        seed, {.max_nodes = 5, .max_side = 5, .dead_code = false});
    std::vector<UnitGraph> orders;
    Costs all;
    const std::vector<NodeOrder> node_orders = NodeOrders(graph);
    if (graph.nodes.size() > 6 || node_orders.size() == 1) return;
    for (const NodeOrder& order : node_orders) {
      orders.push_back(BuildUnitGraph(graph, InputMode::kStreamed, order));
      if (orders.back().units.size() > 8) return;
    }
    for (const UnitGraph& units : orders) {
      AllPlans plans(units, false);
      if (plans.CountBlocks() > 1000) return;
      BlockArenas arenas(units);
      plans.Simulate([&](const BlockPlan& b) { return arenas.Bytes(b); });
      const Costs costs = plans.Front(Method::kFull);
      all.insert(all.end(), costs.begin(), costs.end());
    }
    ++with_several;
    const std::vector<LaidOutPlan> front = FindFront(orders, {});
    const Costs best = FrontOf(all);
    missed += !std::all_of(best.begin(), best.end(), [&](const Cost& cost) {
      return Reaches(front, cost.bytes, cost.macs);
    });
    const std::vector<LaidOutPlan> file = FindFront(orders[0], {});
    for (const LaidOutPlan& plan : file) {
      EXPECT_TRUE(Reaches(front, plan.arena_bytes, plan.macs));
    }
    better += front.front().arena_bytes < file.front().arena_bytes;
    for (const LaidOutPlan& plan : front) {
      EXPECT_EQ(plan.arena_bytes,
                ArenaBytes(orders[plan.order], plan.plan, kQuickLayout));
    }
  });
  if (std::getenv("MSF_SEED") != nullptr) return;
  EXPECT_GT(with_several, 200);
  EXPECT_GT(better, 0);
  EXPECT_LE(missed * 100, with_several) << missed << " networks";
}

// A factor in the bytes that live, and one in MACs. Layouts may need a little
// more than what lives.
TEST(FindFront, WithAnEpsilonIsWithinThatFactor) {
  constexpr double kEpsilon = 0.2;
  int points = 0;
  int fewer = 0;
  ForSubjects(300, [&](const Subject& subject) {
    const std::vector<LaidOutPlan> front = FrontOf(subject, Method::kFull);
    const std::vector<LaidOutPlan> near = FindFront(
        subject.graph, {.stages = {.all_sizes = subject.all_sizes},
                        .epsilon = kEpsilon});
    points += static_cast<int>(front.size());
    fewer += static_cast<int>(front.size()) - static_cast<int>(near.size());
    for (const LaidOutPlan& plan : front) {
      const auto most = [&](int64_t n) {
        return static_cast<int64_t>((1 + kEpsilon) * static_cast<double>(n));
      };
      EXPECT_TRUE(Reaches(near, most(plan.arena_bytes) + 4, most(plan.macs)))
          << plan.arena_bytes << " bytes, " << plan.macs << " MACs";
    }
  });
  if (std::getenv("MSF_SEED") != nullptr) return;
  EXPECT_GT(fewer, 0) << "of " << points;
}

TEST(FindFront, ReportsProgressThatNeverGoesBack) {
  ForSubjects(50, [](const Subject& subject) {
    double before = 0;
    FrontOptions options;
    options.watch.progress = [&](int64_t done, int64_t total) {
      ASSERT_GT(total, 0);
      const double now = static_cast<double>(done) / static_cast<double>(total);
      EXPECT_GE(now, before);
      EXPECT_LE(now, 1);
      before = now;
    };
    FindFront(subject.graph, options);
    EXPECT_GT(before, 0);
  });
}

TEST(FindFront, FindsNothingOnceItIsCancelled) {
  ForSubjects(50, [](const Subject& subject) {
    // Whenever that happens.
    for (int calls = 0; calls < 100; calls += 7) {
      int left = calls;
      FrontOptions options;
      options.watch.is_cancelled = [&] { return --left < 0; };
      const bool found = !FindFront(subject.graph, options).empty();
      EXPECT_EQ(found, left >= 0) << "after " << calls << " calls";
    }
  });
}

// A network that begins with what `first` makes of its input.
template <typename First>
std::vector<LaidOutPlan> FrontOfMcunetV2(DType dtype, First first) {
  GraphMaker make(1);
  TensorId x = first(make, make.Input({1, 16, 16, 1}, dtype));
  for (const int32_t stride : {1, 1, 2}) {
    x = make.Conv2D(x,
                    {.kernel_h = 3,
                     .kernel_w = 3,
                     .stride_h = stride,
                     .stride_w = stride},
                    8);
  }
  make.Output(x);
  const UnitGraph graph = BuildUnitGraph(make.graph(), InputMode::kStreamed);
  return FindFront(graph, {.method = Method::kMcunetV2});
}

TEST(FindFront, RecomputesAHeadBehindAFloatInput) {
  const auto front =
      FrontOfMcunetV2(DType::kFloat32, [](GraphMaker& make, TensorId x) {
        return make.Quantize(x);
      });
  EXPECT_GT(front.size(), 1u) << "work for RAM";
  EXPECT_EQ(front.front().plan.blocks.back().first_unit, 0)
      << "with the feed, which quantises";
}

TEST(FindFront, RecomputesAHeadBehindWhatCannotBeInOne) {
  const auto front =
      FrontOfMcunetV2(DType::kInt8, [](GraphMaker& make, TensorId x) {
        return make.Transpose(x, {0, 2, 1, 3});
      });
  EXPECT_GT(front.size(), 1u) << "work for RAM";
  EXPECT_EQ(front.front().plan.blocks.back().first_unit, 2)
      << "behind the feed and the TRANSPOSE";
}

// Labels go by what lives at once, and what they give up for that may happen
// to be laid out better.
TEST(FindFront, MissesAPointOfAllPlansLaidOutInOneOfHundredNetworksAtMost) {
  int networks = 0;
  int missed = 0;
  ForSeeds(1100, [&](uint32_t seed) {
    const Subject subject = SubjectFor(seed);
    if (subject.graph.units.size() > 6) return;
    AllPlans all(subject.graph, subject.all_sizes);
    if (all.CountBlocks() > 1000) return;
    BlockArenas arenas(subject.graph);
    all.Simulate([&](const BlockPlan& block) { return arenas.Bytes(block); });
    ++networks;
    const Costs costs = all.Front(Method::kFull);
    const std::vector<LaidOutPlan> front = FrontOf(subject, Method::kFull);
    missed += !std::all_of(costs.begin(), costs.end(), [&](const Cost& cost) {
      return Reaches(front, cost.bytes, cost.macs);
    });
  });
  if (std::getenv("MSF_SEED") != nullptr) return;
  EXPECT_GE(networks, 800);
  EXPECT_LE(missed * 100, networks) << missed << " networks";
}

}  // namespace
}  // namespace msf
