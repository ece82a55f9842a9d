// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Random networks under random plans: every byte of every row is that of the
// reference, however the network is cut, fed and laid out.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "exec/executor.h"
#include "exec/verify.h"
#include "memory/allocator.h"
#include "ops/op_def.h"
#include "passes/pipeline.h"
#include "passes/remove_dead_code.h"
#include "plan/block_lives.h"
#include "plan/patch.h"
#include "plan/solver.h"
#include "support/random_bytes.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

constexpr InputMode kModes[] = {InputMode::kStreamed, InputMode::kResident,
                                InputMode::kExternal};

std::string Describe(const Difference& d) {
  return d.op + " '" + d.tensor + "' row " + std::to_string(d.row) + " byte " +
         std::to_string(d.byte) + ": " + d.reason + ", expected " +
         std::to_string(d.expected) + ", got " + std::to_string(d.got);
}

// A network with what it must compute.
struct Subject {
  Graph graph;
  std::vector<Bytes> inputs;
  std::vector<Bytes> reference;  // of every tensor
  std::vector<Bytes> outputs;
};

Subject SubjectOf(Graph graph, std::vector<Bytes> inputs) {
  Subject subject{std::move(graph), std::move(inputs), {}, {}};
  subject.reference = RunReference(subject.graph, subject.inputs);
  subject.outputs = OutputsOf(subject.graph, subject.reference);
  return subject;
}

void CheckRuns(const Subject& subject, const Schedule& schedule) {
  Executor executor(subject.graph, schedule);
  EXPECT_EQ(executor.Run(subject.inputs), subject.outputs);
  for (int32_t rows : {1, 3, 1 << 20}) {
    EXPECT_EQ(executor.RunPushed(subject.inputs, rows), subject.outputs)
        << "pushed " << rows << " rows at a time";
  }
  EXPECT_EQ(executor.touched_bytes(), schedule.arena_bytes);
}

// The planner's peak is the most that lives at once in the arena's problem.
void CheckPeak(const UnitGraph& units, const Schedule& schedule) {
  int64_t peak = 0;
  for (const UnitTensor& tensor : units.tensors) {
    if (tensor.is_resident_input) peak += tensor.bytes();
  }
  for (const BlockPlan& block : schedule.plan.blocks) {
    peak =
        std::max(peak, BlockPeakBytes(units, TraceBlock(units, block)));
  }
  EXPECT_EQ(peak, PeakLiveBytes(schedule.memory));
  EXPECT_GE(schedule.arena_bytes, peak);
}

int32_t NodesThatRun(const Patch& patch) {
  int32_t nodes = 0;
  for (const PatchUnit& unit : patch.units) {
    if (unit.rows_made > 0 && unit.columns_made > 0) ++nodes;
  }
  return nodes;
}

// All nodes, but for those of which no row is demanded: before an explicit Pad
// of which a pool reads the border alone.
int32_t NodesThatRun(const UnitGraph& units, const Plan& plan) {
  int32_t nodes = 0;
  for (const BlockPlan& block : plan.blocks) {
    const BlockTrace trace = TraceBlock(units, block);
    const std::set<int32_t> stages(trace.order.begin(), trace.order.end());
    for (int32_t s : stages) {
      const StagePlan& stage = block.stages[static_cast<size_t>(s)];
      nodes += stage.IsPatch() ? NodesThatRun(*MakePatch(units, stage))
               : units.unit(stage.first_unit).node >= 0 ? 1
                                                        : 0;
    }
  }
  return nodes;
}

// Patches may make rows again, or leave some that nobody reads.
bool HasPatches(const Plan& plan) {
  for (const BlockPlan& block : plan.blocks) {
    for (const StagePlan& stage : block.stages) {
      if (stage.IsPatch()) return true;
    }
  }
  return false;
}

void CheckPlan(const Subject& subject, const UnitGraph& units,
               const Plan& plan) {
  SCOPED_TRACE("plan " + ToString(plan) + " of\n" + Dump(subject.graph));
  const Result<Schedule> schedule = BuildSchedule(subject.graph, units, plan);
  ASSERT_TRUE(schedule.has_value()) << ToString(schedule.error());
  if (!HasPatches(plan)) {
    EXPECT_EQ(schedule->macs, schedule->plain_macs);
  }
  CheckPeak(units, *schedule);
  const VerifyReport report =
      VerifyRun(subject.graph, *schedule, subject.inputs, subject.reference);
  ASSERT_TRUE(report.equal) << Describe(*report.difference);
  EXPECT_EQ(report.outputs, subject.outputs);
  EXPECT_EQ(report.nodes_compared, NodesThatRun(units, plan));
  CheckRuns(subject, *schedule);
}

// Any order in which the nodes may run.
NodeOrder RandomOrder(const Graph& graph, Dice& dice) {
  NodeOrder order;
  std::set<TensorId> missing;
  for (const Node& node : graph.nodes) missing.insert(node.outputs[0]);
  std::vector<NodeId> left(graph.nodes.size());
  std::iota(left.begin(), left.end(), 0);
  while (!left.empty()) {
    const auto at = left.begin() +
                    dice.Int(0, static_cast<int32_t>(left.size()) - 1);
    const Node& node = graph.node(*at);
    const std::vector<TensorId> reads = ActivationInputs(graph, node);
    if (std::any_of(reads.begin(), reads.end(),
                    [&](TensorId id) { return missing.count(id) > 0; })) {
      continue;
    }
    missing.erase(node.outputs[0]);
    order.push_back(*at);
    left.erase(at);
  }
  return order;
}

void CheckPlans(const Subject& subject, Dice& dice, int plans) {
  for (InputMode mode : kModes) {
    for (int p = 0; p < plans; ++p) {
      const NodeOrder order =
          dice.OneIn(2) ? NodeOrder{} : RandomOrder(subject.graph, dice);
      const UnitGraph units = BuildUnitGraph(subject.graph, mode, order);
      CheckPlan(subject, units, RandomPlan(units, dice));
      if (testing::Test::HasFailure()) return;
    }
  }
}

std::vector<Bytes> InputsFor(const Graph& graph, uint32_t seed) {
  RandomBytes stream(seed);
  return RandomInputs(graph, stream);
}

TEST(RandomPlans, AnyPlanOfAnyNetworkGivesTheBytesOfTheReference) {
  ForSeeds(1000, [](uint32_t seed) {
    Dice dice(seed);
    Graph graph = RandomGraph(seed);
    ASSERT_TRUE(VerifyGraph(graph).has_value()) << Dump(graph);
    // Stages that nobody demands do not run; see the test below.
    ASSERT_TRUE(RemoveDeadCode(graph).has_value());
    const Subject subject = SubjectOf(graph, InputsFor(graph, seed));
    CheckPlans(subject, dice, 2);
  });
}

TEST(RandomPlans, SolvedPlansNeedWhatTheSolverSays) {
  ForSeeds(300, [](uint32_t seed) {
    Graph graph = RandomGraph(seed, {.max_nodes = 8});
    ASSERT_TRUE(RunPasses(graph).has_value());
    const Subject subject = SubjectOf(graph, InputsFor(graph, seed));
    for (InputMode mode : kModes) {
      const UnitGraph units = BuildUnitGraph(graph, mode);
      for (Method method :
           {Method::kFull, Method::kPlain, Method::kStreamNet}) {
        const Solution solution = SolveMinRam(units, {.method = method});
        CheckPlan(subject, units, solution.plan);
        const Result<Schedule> schedule =
            BuildSchedule(graph, units, solution.plan);
        ASSERT_TRUE(schedule.has_value());
        EXPECT_EQ(PeakLiveBytes(schedule->memory), solution.peak_bytes)
            << ToString(solution.plan) << "\n"
            << Dump(graph);
      }
    }
  });
}

TEST(RandomPlans, PassesChangeNoOutputByteUnderAnyPlan) {
  ForSeeds(1000, [](uint32_t seed) {
    Dice dice(seed + 1'000'000);
    const Graph file = RandomGraph(seed);
    const std::vector<Bytes> inputs = InputsFor(file, seed);
    const std::vector<Bytes> outputs =
        OutputsOf(file, RunReference(file, inputs));
    Graph graph = file;
    const Result<void> passed = RunPasses(graph);
    SCOPED_TRACE("before the passes:\n" + Dump(file));
    ASSERT_TRUE(passed.has_value()) << ToString(passed.error());
    const Subject subject = SubjectOf(graph, inputs);
    ASSERT_EQ(subject.outputs, outputs) << "after:\n" << Dump(graph);
    CheckPlans(subject, dice, 1);
  });
}

// Without RemoveDeadCode a plan may hold stages that never run. Their bytes
// stay untouched, so the arena may be larger than what is written, but all
// outputs are right.
TEST(RandomPlans, StagesThatNobodyReadsDoNoHarm) {
  ForSeeds(150, [](uint32_t seed) {
    Dice dice(seed);
    const Graph graph = RandomGraph(seed);
    const Subject subject = SubjectOf(graph, InputsFor(graph, seed));
    for (InputMode mode : kModes) {
      const UnitGraph units = BuildUnitGraph(graph, mode);
      const Plan plan = RandomPlan(units, dice);
      SCOPED_TRACE("plan " + ToString(plan) + " of\n" + Dump(graph));
      const Result<Schedule> schedule = BuildSchedule(graph, units, plan);
      ASSERT_TRUE(schedule.has_value()) << ToString(schedule.error());
      const VerifyReport report =
          VerifyRun(graph, *schedule, subject.inputs, subject.reference);
      ASSERT_TRUE(report.equal) << Describe(*report.difference);
      Executor executor(graph, *schedule);
      EXPECT_EQ(executor.Run(subject.inputs), subject.outputs);
      EXPECT_LE(executor.touched_bytes(), schedule->arena_bytes);
    }
  });
}

// Seeds that found a bug, whatever the generator makes of them today.
TEST(RandomPlans, NetworksThatOnceFailedPass) {
  for (uint32_t seed : {70u, 98u, 104u, 497u, 595u, 2251u, 3775u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Graph graph = RandomGraph(seed);
    const std::vector<Bytes> inputs = InputsFor(graph, seed);
    const std::vector<Bytes> outputs =
        OutputsOf(graph, RunReference(graph, inputs));
    for (bool passes : {false, true}) {
      ASSERT_TRUE(passes ? RunPasses(graph).has_value()
                         : RemoveDeadCode(graph).has_value());
      const Subject subject = SubjectOf(graph, inputs);
      EXPECT_EQ(subject.outputs, outputs);
      Dice dice(seed);
      CheckPlans(subject, dice, 20);
    }
  }
}

// The generators are worth something only if they reach everything.
TEST(RandomPlans, HavePatchesThatKeepRowsAndSomeInChannelTiles) {
  int keeping = 0, tiled = 0, collected = 0, with_a_smaller_last_tile = 0;
  int by_taps = 0;
  for (uint32_t seed = 1; seed <= 1000; ++seed) {
    Dice dice(seed);
    Graph graph = RandomGraph(seed);
    ASSERT_TRUE(RemoveDeadCode(graph).has_value());
    const UnitGraph units = BuildUnitGraph(graph, InputMode::kStreamed);
    for (const BlockPlan& block : RandomPlan(units, dice).blocks) {
      for (const StagePlan& stage : block.stages) {
        if (!stage.IsPatch()) continue;
        const Patch patch = *MakePatch(units, stage);
        keeping += patch.form.state_bytes > 0;
        tiled += patch.slices > 1;
        collected += patch.collects;
        by_taps += stage.by_taps;
        with_a_smaller_last_tile +=
            patch.slices > 1 && patch.tiled_channels % stage.channel_tile != 0;
      }
    }
  }
  EXPECT_GT(keeping, 100);
  EXPECT_GT(tiled, 30);
  EXPECT_GT(collected, 15);
  EXPECT_GT(by_taps, 30);
  EXPECT_GT(with_a_smaller_last_tile, 15);
}

TEST(RandomGraphs, HaveEveryOperatorAndFormAndVariedValues) {
  std::set<std::string> operators;
  std::set<std::string> kernels;
  int64_t bytes = 0;
  int64_t at_an_end = 0;
  int forks = 0, many_outputs = 0, many_inputs = 0;
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    const Graph graph = RandomGraph(seed);
    const auto tensors = RunReference(graph, InputsFor(graph, seed));
    for (const Node& node : graph.nodes) {
      const OpDef& op = OpDefOf(node);
      operators.insert(op.name);
      for (const StageForm& form : op.forms(graph, node)) {
        kernels.insert(op.kernel(graph, node, form).kernel);
      }
      const TensorId out = node.outputs[0];
      if (graph.tensor(out).dtype != DType::kInt8) continue;
      // The zero of a clamp at -128 does not count.
      const int32_t zero_point = graph.tensor(out).quant.zero_point();
      for (uint8_t byte : tensors[static_cast<size_t>(out)]) {
        const int32_t code = static_cast<int8_t>(byte);
        ++bytes;
        at_an_end += (code == -128 || code == 127) && code != zero_point;
      }
    }
    for (const auto& readers : Consumers(graph)) forks += readers.size() > 1;
    many_outputs += graph.outputs.size() > 1;
    many_inputs += graph.inputs.size() > 1;
  }
  EXPECT_EQ(operators.size(), AllOps().size());
  for (const char* kernel : {
#define MSF_KERNEL(name) #name,
#include "kernels.def"
#undef MSF_KERNEL
       }) {
    const std::string name = kernel;
    // What patches are made of; see patch_stage_test.cc.
    if (name == "msf_patch" || name == "msf_conv2d_part_s8" ||
        name == "msf_conv2d_depthwise_s8") {
      continue;
    }
    EXPECT_EQ(kernels.count(kernel), 1u) << kernel;
  }
  EXPECT_LT(at_an_end * 4, bytes) << "too many values saturate";
  EXPECT_GT(forks, 100);
  EXPECT_GT(many_outputs, 50);
  EXPECT_GT(many_inputs, 50);
}

}  // namespace
}  // namespace msf
