// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// FrontSearch against all plans there are.
#include "plan/front.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "plan/solver.h"
#include "tests/plan/all_plans.h"
#include "tests/plan/random_units.h"
#include "tests/plan/small_networks.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

// What the networks of a test had; tests that see too little say nothing.
struct Seen {
  int networks = 0;
  int with_patches = 0;
  int with_tiles = 0;
};

// Sanitizers look for other faults, and are slow: a few networks will do.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

// Calls `test` for networks of which every plan can be tried.
Seen ForSmallNetworks(
    uint32_t seeds,
    const std::function<void(const Subject&, const AllPlans&)>& test) {
  constexpr size_t kMostUnits = 7;
  constexpr int64_t kMostBlocks = 5000;
  Seen seen;
  if (kIsSanitized) seeds /= 20;
  ForSeeds(seeds, [&](uint32_t seed) {
    const Subject subject = SubjectFor(seed);
    if (subject.graph.units.size() > kMostUnits) return;
    AllPlans all(subject.graph, subject.all_sizes);
    if (all.CountBlocks() > kMostBlocks) return;
    all.Simulate();
    ++seen.networks;
    seen.with_patches += all.HasPatches();
    seen.with_tiles += all.HasTiles();
    SCOPED_TRACE(Describe(subject.graph) + subject.text);
    test(subject, all);
  });
  return seen;
}

FrontOptions OptionsFor(const Subject& subject, Method method,
                        const Pruning& pruning) {
  return {.method = method,
          .pruning = pruning,
          .stages = {.all_sizes = subject.all_sizes}};
}

Costs CostsOf(FrontSearch& search) {
  Costs costs;
  for (const FrontPoint& point : search.Front()) {
    costs.push_back({point.peak_bytes, point.work.macs});
  }
  // Points of equal MACs differ in kernel calls alone.
  return FrontOf(std::move(costs));
}

Costs FrontFor(const Subject& subject, Method method,
               const Pruning& pruning = {}) {
  FrontSearch search(subject.graph, OptionsFor(subject, method, pruning));
  return CostsOf(search);
}

// The full one within the bytes of a plan that recomputes nothing.
Costs BoundedFront(const Subject& subject) {
  FrontOptions options = OptionsFor(subject, Method::kFull, {});
  const Solution single = SolveMinRam(subject.graph, {});
  options.bound = single.peak_bytes;
  FrontSearch search(subject.graph, options);
  search.Add(single.plan);
  return CostsOf(search);
}

std::vector<Pruning> EachSwitchOff() {
  std::vector<Pruning> all(7);
  all[0].stage_dominance = false;
  all[1].label_dominance = false;
  all[2].ram_bound = false;
  all[3].rest_bound = false;
  all[4].most_labels = 0;
  all[5].spare_options = 0;
  all[6].few_labels = 10'000;
  // What the others leave is more than a few labels, and their comparison is
  // not exact.
  for (const size_t i : {0, 2, 3}) all[i].few_labels = 10'000;
  return all;
}

// Of those that need at most `bound` bytes.
Costs Within(int64_t bound, Costs costs) {
  std::erase_if(costs, [&](const Cost& cost) { return cost.bytes > bound; });
  return costs;
}

TEST(FrontSearch, EqualsBruteForceOverAllPlansForEveryMethod) {
  const Seen seen =
      ForSmallNetworks(1200, [](const Subject& subject, const AllPlans& all) {
        for (const Method method : kMethods) {
          EXPECT_EQ(FrontFor(subject, method), all.Front(method))
              << ToString(method);
        }
      });
  if (kIsSanitized || std::getenv("MSF_SEED") != nullptr) return;
  EXPECT_GE(seen.networks, 1000);
  EXPECT_GE(seen.with_patches, 800);
  EXPECT_GE(seen.with_tiles, 50);
}

// Any numbers, so that no rule of MACs helps: wide patches may cost more than
// narrow ones, fused units less than single ones.
int64_t AnyCost(uint32_t seed, const StagePlan& plan, const StageForm& form) {
  uint64_t hash = seed * 0x9e3779b97f4a7c15u + 1;
  for (const int32_t part :
       {plan.first_unit, plan.last_unit, plan.form, plan.patch_rows,
        plan.patch_cols, plan.strip_cols, plan.channel_tile,
        // Of rows that are kept; those that no band reads again do not count.
        static_cast<int32_t>(form.state_bytes)}) {
    hash = (hash ^ static_cast<uint32_t>(part)) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 32;
  }
  return 1 + static_cast<int64_t>(hash % 1000);
}

TEST(FrontSearch, EqualsBruteForceForCostsThatAreNoMacs) {
  int networks = 0;
  ForSeeds(kIsSanitized ? 30 : 1000, [&](uint32_t seed) {
    const Subject subject = SubjectFor(seed);
    if (!subject.all_sizes || subject.graph.units.size() > 5) return;
    const StageCost cost = [seed](const StagePlan& plan, const StageForm& form,
                                  const Patch*) {
      return AnyCost(seed, plan, form);
    };
    AllPlans all(subject.graph, true);
    if (all.CountBlocks() > 2000) return;
    all.SetCost(cost);
    all.Simulate();
    ++networks;
    FrontOptions options = OptionsFor(subject, Method::kFull, {});
    options.stages.cost = cost;
    FrontSearch search(subject.graph, options);
    Costs found;
    for (const FrontPoint& point : search.Front()) {
      found.push_back({point.peak_bytes, point.work.cost});
    }
    EXPECT_EQ(FrontOf(std::move(found)), all.Front(Method::kFull))
        << Describe(subject.graph) << subject.text;
  });
  if (!kIsSanitized && std::getenv("MSF_SEED") == nullptr) {
    EXPECT_GE(networks, 100);
  }
}

TEST(FrontSearch, StaysTheSameWithEachPruningSwitchOff) {
  ForSmallNetworks(1200, [](const Subject& subject, const AllPlans& all) {
    const Costs front = all.Front(Method::kFull);
    for (const Pruning& pruning : EachSwitchOff()) {
      EXPECT_EQ(FrontFor(subject, Method::kFull, pruning), front);
    }
  });
}

TEST(FrontSearch, WithABoundIsTheFrontWithinIt) {
  ForSmallNetworks(1200, [](const Subject& subject, const AllPlans& all) {
    const int64_t bound = SolveMinRam(subject.graph, {}).peak_bytes;
    EXPECT_EQ(Within(bound, BoundedFront(subject)),
              Within(bound, all.Front(Method::kFull)));
  });
}

// Comparing labels by what they hold drops some that would have become better;
// among few it is not done.
TEST(FrontSearch, ComparingFewLabelsMissesAPointInOneOfSixtyNetworksAtMost) {
  int missed = 0;
  Pruning eager;
  eager.few_labels = 0;
  const Seen seen =
      ForSmallNetworks(1200, [&](const Subject& subject, const AllPlans& all) {
        missed += FrontFor(subject, Method::kFull, eager) !=
                  all.Front(Method::kFull);
      });
  if (kIsSanitized || std::getenv("MSF_SEED") != nullptr) return;
  EXPECT_LE(missed * 60, seen.networks) << missed << " networks";
}

}  // namespace
}  // namespace msf
