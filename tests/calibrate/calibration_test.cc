// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "calibrate/calibration.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "calibrate/firmware.h"
#include "schedule/plan_features.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

const BenchCases& Cases() {
  static const BenchCases cases = MakeBenchCases({});
  return cases;
}

const KernelBody kBodies[] = {
    {.pair_words = 16, .pair_codes = true, .dot_codes = true},
    {.pair_words = 12, .helium = true},
    {.pair_words = 12}};

// Costs that no feature explains by accident.
CostModel AnyModel(uint32_t seed, const KernelBody& body) {
  Dice dice(seed);
  CostModel model{.body = body, .costs = {}};
  model.costs.resize(CostedKernels().size());
  for (size_t k = 0; k < model.costs.size(); ++k) {
    model.costs[k].fill(0);
    const CostedKernel& kernel = CostedKernels()[k];
    const FeatureSet& set = kernel.of(body);
    for (size_t f = 0; f < set.names.size(); ++f) {
      if (f + 1 == set.names.size() && ReadsConstants(set)) continue;
      model.costs[k][f] = dice.OneIn(4) ? 0 : 0.5 * dice.Int(1, 80);
    }
  }
  return model;
}

std::vector<double> CostsOf(const std::vector<PlanFeatures>& features,
                            const CostModel& model) {
  std::vector<double> costs;
  for (const PlanFeatures& f : features) costs.push_back(model.Predict(f));
  return costs;
}

TEST(BenchCases, CoverEveryKernel) {
  std::map<std::string, int> count;
  for (const KernelCase& bench : Cases().kernels) ++count[bench.call.kernel];
  for (const CostedKernel& kernel : CostedKernels()) {
    const std::string name = kernel.name;
    if (name == kPatch || name == kMachine) continue;
    EXPECT_GE(count[name], 25) << name;
  }
  EXPECT_GE(Cases().patches.size(), 100u);
  EXPECT_GE(Cases().networks.size(), 50u);
}

// How many of these have each feature, by kernel.
using Reached = std::vector<std::array<int, kMaxFeatures>>;
void Reach(const PlanFeatures& features, Reached& reached) {
  reached.resize(features.counts.size());
  for (size_t k = 0; k < reached.size(); ++k) {
    for (size_t f = 0; f < kMaxFeatures; ++f) {
      reached[k][f] += features.counts[k][f] > 0;
    }
  }
}

// What is not measured would cost nothing, and networks that do it be
// mispredicted.
TEST(BenchCases, MeasureAllThatRandomNetworksDo) {
  for (const KernelBody& body : kBodies) {
    Reached by_networks, by_cases;
    for (const PlanFeatures& f : FeaturesOf(Cases(), body)) Reach(f, by_cases);
    for (uint32_t seed = 1; seed <= 400; ++seed) {
      const Graph graph = RandomGraph(seed);
      const UnitGraph units = BuildUnitGraph(graph, InputMode::kStreamed);
      Dice dice(seed);
      const Result<Schedule> schedule =
          BuildSchedule(graph, units, RandomPlan(units, dice));
      ASSERT_TRUE(schedule.has_value());
      Reach(FeaturesOf(*schedule, body), by_networks);
    }
    for (size_t k = 0; k < by_networks.size(); ++k) {
      const CostedKernel& kernel = CostedKernels()[k];
      const auto names = kernel.of(body).names;
      for (size_t f = 0; f < names.size(); ++f) {
        if (by_networks[k][f] == 0) continue;
        EXPECT_GE(by_cases[k][f], 2) << kernel.name << " " << names[f];
      }
    }
  }
}

TEST(BenchCases, KeepWithinTheMemoriesTheyAreMadeFor) {
  const BenchSize size = BenchSizeFor(256 * 1024, 16 * 1024);
  const BenchCases cases = MakeBenchCases(size);
  EXPECT_LT(cases.size(), Cases().size());
  for (const KernelCase& bench : cases.kernels) {
    EXPECT_LE(RamBytes(bench), size.most_ram_bytes);
  }
  for (const PlanCase& bench : cases.networks) {
    EXPECT_LE(bench.schedule.arena_bytes, size.most_ram_bytes);
  }
}

TEST(BenchCases, AreTheSameEachTime) {
  EXPECT_EQ(EmitBenchTables(Cases()).hash,
            EmitBenchTables(MakeBenchCases({})).hash);
}

TEST(Fit, ExplainsCostsThatFeaturesMake) {
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    const KernelBody body{.pair_words = 16,
                          .pair_codes = seed == 1,
                          .dot_codes = seed == 1,
                          .helium = seed == 2};
    const std::vector<PlanFeatures> features = FeaturesOf(Cases(), body);
    const CostModel truth = AnyModel(seed, body);
    const std::vector<double> costs = CostsOf(features, truth);
    for (const FitOfKernel& fit : Fit(Cases(), body, costs).fits) {
      EXPECT_LT(fit.worst_error, 0.02) << fit.kernel << " seed " << seed;
      EXPECT_LT(std::abs(fit.total_error), 0.005) << fit.kernel;
    }
  }
}

TEST(Fit, RecoversCoefficientsThatCanBeToldApart) {
  const CostModel truth = AnyModel(5, {});
  const std::vector<double> costs = CostsOf(FeaturesOf(Cases(), {}), truth);
  const Calibration done = Fit(Cases(), {}, costs);
  for (const char* name : {"msf_copy", "msf_softmax_s8", "msf_transpose"}) {
    const auto k = static_cast<size_t>(FindCostedKernel(name));
    const CostedKernel& kernel = CostedKernels()[k];
    for (size_t f = 0; f < kernel.features.names.size(); ++f) {
      const auto& found = done.coefficients.at(name);
      const auto at = found.find(kernel.features.names[f]);
      EXPECT_NEAR(at == found.end() ? 0 : at->second, truth.costs[k][f], 0.05)
          << name << " " << kernel.features.names[f];
    }
  }
}

// --- What a board prints ---------------------------------------------------

std::string Log(int64_t cases, bool ends = true) {
  std::string text = fmt::format(
      "boot: ok\r\nmsf table 1f {:x}\r\nmsf body c\r\n"
      "msf calibration 100 200 3\r\n",
      cases);
  for (int64_t i = 0; i < cases; ++i) {
    text += fmt::format("msf bench {:x} {:x}\r\n", i, 1000 + i);
  }
  return text + (ends ? "msf end\r\n" : "");
}

TEST(BenchLog, IsReadAmongOtherLines) {
  const Result<BenchLog> log = ParseBenchLog(Log(20), "log");
  ASSERT_TRUE(log.has_value());
  EXPECT_EQ(log->hash, 0x1fu);
  EXPECT_EQ(log->body.pair_words, 12);
  EXPECT_EQ(log->nothing_ticks, 3);
  ASSERT_EQ(log->ticks.size(), 20u);
  EXPECT_EQ(log->ticks[19], 1019);
}

TEST(BenchLog, OfABoardThatStartedAgainCountsFromItsLastStart) {
  const Result<BenchLog> log = ParseBenchLog(Log(20, false) + Log(10), "log");
  ASSERT_TRUE(log.has_value());
  EXPECT_EQ(log->ticks.size(), 10u);
}

TEST(BenchLog, ThatIsNotCompleteIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("hello\n"), Log(5, false),
        Log(3) + "msf table 1 ffffffffffff\nmsf end\n",
        std::string("msf table 1 4\nmsf bench 9 9\nmsf end\n")}) {
    const Result<BenchLog> log = ParseBenchLog(text, "log");
    ASSERT_FALSE(log.has_value());
    EXPECT_EQ(log.error().where, "log");
    EXPECT_FALSE(log.error().hint.empty());
  }
}

}  // namespace
}  // namespace msf
