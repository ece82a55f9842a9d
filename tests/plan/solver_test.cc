// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// SolveMinRam against all plans there are.
#include "plan/solver.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <map>

#include "plan/block_lives.h"
#include "tests/plan/random_units.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

constexpr Method kMethods[] = {Method::kFull, Method::kLineBuffer,
                               Method::kPlain, Method::kStreamNet};

bool IsLegal(Method method, const std::vector<BlockPlan>& blocks) {
  for (size_t b = 0; b < blocks.size(); ++b) {
    const bool single = blocks[b].last_unit - blocks[b].first_unit == 1;
    if (single) continue;
    if (method == Method::kPlain) return false;
    if (method == Method::kStreamNet && b > 0) return false;
  }
  return true;
}

// Fewest bytes of the block over all combinations of forms.
class AllForms {
 public:
  explicit AllForms(const UnitGraph& graph) : graph_(graph) {}

  int64_t Best(int32_t first, int32_t last) {
    const auto known = best_.find({first, last});
    if (known != best_.end()) return known->second;
    BlockPlan block{first, last, {}};
    int64_t best = std::numeric_limits<int64_t>::max();
    Try(block, best);
    return best_[{first, last}] = best;
  }

 private:
  void Try(BlockPlan& block, int64_t& best) {
    const auto next =
        block.first_unit + static_cast<int32_t>(block.stages.size());
    if (next == block.last_unit) {
      best = std::min(best,
                      BlockPeakBytes(graph_, TraceBlock(graph_, block)));
      return;
    }
    const auto forms = static_cast<int32_t>(graph_.unit(next).forms.size());
    for (int32_t f = 0; f < forms; ++f) {
      block.stages.push_back(SingleStage(next, f));
      Try(block, best);
      block.stages.pop_back();
    }
  }

  const UnitGraph& graph_;
  std::map<std::pair<int32_t, int32_t>, int64_t> best_;
};

// Every partition: bit u of `cuts` begins a block at unit u + 1.
int64_t BruteForce(const UnitGraph& graph, Method method) {
  AllForms forms(graph);
  const auto count = static_cast<int32_t>(graph.units.size());
  int64_t best = std::numeric_limits<int64_t>::max();
  for (uint32_t cuts = 0; cuts < (1u << (count - 1)); ++cuts) {
    std::vector<BlockPlan> blocks = {{0, 1, {}}};
    for (int32_t u = 1; u < count; ++u) {
      if ((cuts >> (u - 1)) & 1u) blocks.push_back({u, u, {}});
      blocks.back().last_unit = u + 1;
    }
    if (!IsLegal(method, blocks)) continue;
    int64_t peak = 0;
    for (const BlockPlan& block : blocks) {
      peak = std::max(peak, forms.Best(block.first_unit, block.last_unit));
    }
    best = std::min(best, peak);
  }
  return best;
}

int64_t PeakOf(const UnitGraph& graph, const Plan& plan) {
  int64_t peak = 0;
  for (const BlockPlan& block : plan.blocks) {
    peak =
        std::max(peak, BlockPeakBytes(graph, TraceBlock(graph, block)));
  }
  return peak;
}

void CheckSolution(const UnitGraph& graph, Method method) {
  const Solution solution = SolveMinRam(graph, {.method = method});
  SCOPED_TRACE(std::string(ToString(method)) + ": " + ToString(solution.plan) +
               " of\n" + Describe(graph));
  EXPECT_EQ(solution.peak_bytes, BruteForce(graph, method));
  EXPECT_EQ(solution.peak_bytes, PeakOf(graph, solution.plan));
  EXPECT_TRUE(IsLegal(method, solution.plan.blocks));
  EXPECT_EQ(solution.plan.input_mode, graph.input_mode);
  int32_t next = 0;
  for (const BlockPlan& block : solution.plan.blocks) {
    EXPECT_EQ(block.first_unit, next);
    next = block.last_unit;
  }
  EXPECT_EQ(next, static_cast<int32_t>(graph.units.size()));
  EXPECT_EQ(SolveMinRam(graph, {.method = method}).plan, solution.plan);
}

TEST(SolveMinRam, EqualsBruteForceOverAllPlansOfRandomNetworks) {
  int checked = 0;
  ForSeeds(700, [&](uint32_t seed) {
    const Graph graph = RandomGraph(seed, {.max_nodes = 7, .dead_code = false});
    SCOPED_TRACE(Dump(graph));
    for (InputMode mode :
         {InputMode::kStreamed, InputMode::kResident, InputMode::kExternal}) {
      const UnitGraph units = BuildUnitGraph(graph, mode);
      if (units.units.size() > 8) continue;
      ++checked;
      for (Method method : kMethods) CheckSolution(units, method);
    }
  });
  if (std::getenv("MSF_SEED") == nullptr) {
    EXPECT_GT(checked, 300);
  }
}

TEST(SolveMinRam, EqualsBruteForceOverAllPlansOfRandomUnits) {
  ForSeeds(700, [](uint32_t seed) {
    Dice dice(seed);
    const UnitGraph graph = RandomUnits(dice, 6, dice.Int(0, 3));
    for (Method method : kMethods) CheckSolution(graph, method);
  });
}

TEST(SolveMinRam, TakesTheFewestBlocksAmongTheBest) {
  // One tensor sets the peak; cutting elsewhere would be free, but needless.
  UnitMaker make;
  const TensorId in = make.Input(8, 4);
  const TensorId a = make.Row({{in, Rows(1)}}, 8, 4);
  const TensorId b = make.Row({{a, Rows(1)}}, 8, 4);
  make.Output(make.Row({{b, Rows(1)}}, 8, 100));
  const Solution solution = SolveMinRam(make.graph(), {});
  EXPECT_EQ(solution.plan.blocks.size(), 1u);
  // The last row: the line buffers of the input and of a are done.
  EXPECT_EQ(solution.peak_bytes, 800 + 4);
}

TEST(SolveMinRam, PlainMakesEveryUnitItsOwnBlock) {
  Dice dice(5);
  const UnitGraph graph = RandomUnits(dice, 7, 1);
  const Solution plain = SolveMinRam(graph, {.method = Method::kPlain});
  EXPECT_EQ(plain.plan.blocks.size(), graph.units.size());
}

TEST(SolveMinRam, StreamNetFusesTheHeadAlone) {
  ForSeeds(50, [](uint32_t seed) {
    Dice dice(seed);
    const UnitGraph graph = RandomUnits(dice, 7, 1);
    const auto solve = [&](Method method) {
      return SolveMinRam(graph, {.method = method});
    };
    const Solution head = solve(Method::kStreamNet);
    for (size_t b = 1; b < head.plan.blocks.size(); ++b) {
      int32_t stages = 0;
      for (const StagePlan& stage : head.plan.blocks[b].stages) {
        stages += graph.unit(stage.first_unit).IsFeed() ? 0 : 1;
      }
      EXPECT_LE(stages, 1) << "block " << b;
    }
    EXPECT_LE(head.peak_bytes, solve(Method::kPlain).peak_bytes);
    EXPECT_GE(head.peak_bytes, solve(Method::kFull).peak_bytes);
  });
}

TEST(SolveMinRam, ScratchTakesBytesInTheStepsOfItsStageAlone) {
  UnitMaker make(InputMode::kResident);
  const TensorId in = make.Input(16, 2);
  const TensorId a = make.Row({{in, Rows(1)}}, 16, 50, 300);
  const TensorId b = make.Row({{a, Rows(1)}}, 16, 2);
  const TensorId c = make.Whole(b, 16, 2);
  const TensorId d = make.Row({{c, Rows(1)}}, 16, 60);
  make.Output(make.Row({{d, Rows(1)}}, 16, 2, 4));
  // Rows of the input die as rows of b are made, and rows of c likewise. No row
  // of d is there while a runs, nor a row of a while its scratch is gone.
  EXPECT_EQ(SolveMinRam(make.graph(), {}).peak_bytes, 32 + 50 + 300);
  EXPECT_EQ(SolveMinRam(make.graph(), {.method = Method::kStreamNet}).peak_bytes,
            32 + 50 + 300);
}

TEST(ChooseForms, BeyondTheExhaustiveLimitIsNoWorseThanThePlainestForms) {
  ForSeeds(200, [](uint32_t seed) {
    Dice dice(seed);
    const UnitGraph graph = RandomUnits(dice, 12, 3);
    const auto count = static_cast<int32_t>(graph.units.size());
    const BlockPlan block = SingleStages(0, count);
    const FormChoice choice = ChooseForms(graph, 0, count);
    EXPECT_LE(choice.peak_bytes,
              BlockPeakBytes(graph, TraceBlock(graph, block)))
        << Describe(graph);
    EXPECT_EQ(choice.peak_bytes,
              BlockPeakBytes(graph, TraceBlock(graph, choice.block)));
  });
}

TEST(SolveMinRam, ReportsItsProgress) {
  Dice dice(8);
  const UnitGraph graph = RandomUnits(dice, 7, 1);
  int64_t last = -1;
  SolverOptions options;
  options.progress = [&](int64_t done, int64_t total) {
    EXPECT_GT(done, last);
    EXPECT_LE(done, total);
    last = done;
  };
  SolveMinRam(graph, options);
  EXPECT_GE(last, 0);
}

TEST(SolveMinRam, NetworkWithoutNodesNeedsItsResidentInput) {
  UnitMaker make(InputMode::kResident);
  make.Output(make.Input(4, 10));
  const Solution solution = SolveMinRam(make.graph(), {});
  EXPECT_EQ(solution.peak_bytes, 40);
  EXPECT_TRUE(solution.plan.blocks.empty());
}

}  // namespace
}  // namespace msf
