// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The features of a plan, which are found by looking at its tables, against
// those of the kernel calls that a run makes.
#include <gtest/gtest.h>

#include <algorithm>

#include "cost/machinery.h"
#include "exec/executor.h"
#include "passes/remove_dead_code.h"
#include "schedule/plan_features.h"
#include "support/random_bytes.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

CallRange RangeOf(const msf_call& call) {
  const msf_view& in = call.in[0];
  return {.step = call.step,
          .more_rows = call.more_rows,
          .x = call.x,
          .x_end = call.x_end,
          .in_rows = in.rows,
          // Of a tile and of its ring those that are there.
          .in_row_bytes = in.fresh_base == nullptr
                              ? in.row_bytes
                              : std::min<int32_t>(in.row_bytes,
                                                  in.fresh_row_bytes),
          .out_row_bytes = call.out.row_bytes};
}

// Kernels that patches called.
size_t CallsByPatches() {
  const auto names =
      CostedKernels()[static_cast<size_t>(FindCostedKernel(kPatch))]
          .features.names;
  return static_cast<size_t>(
      std::find(names.begin(), names.end(), std::string_view("kernels")) -
      names.begin());
}

// Looks at the pieces of a row that a feed with a kernel receives.
struct PieceSpy {
  const Schedule* schedule = nullptr;
  const KernelBody* body = nullptr;
  PlanFeatures* features = nullptr;
  msf_pull pull = nullptr;
  void* context = nullptr;

  static int Pull(void* context, int32_t input, int32_t r, int32_t first,
                  int32_t count, void* to) {
    const auto* spy = static_cast<const PieceSpy*>(context);
    for (const ScheduleBlock& block : spy->schedule->blocks) {
      for (const ScheduleStage& stage : block.stages) {
        if (stage.input != input || stage.node < 0) continue;
        const int32_t tensor =
            spy->schedule->inputs[static_cast<size_t>(input)];
        const CallRange range{
            .step = r,
            .x = first / stage.pixel_bytes,
            .x_end = (first + count) / stage.pixel_bytes,
            .in_rows = spy->schedule->tensors[static_cast<size_t>(tensor)].rows};
        spy->features->AddCall(ShapeOf(stage.call), range, *spy->body);
      }
    }
    return spy->pull(spy->context, input, r, first, count, to);
  }
};

// Runs one inference step by step and adds up what each kernel call costs.
PlanFeatures CountByRunning(const Graph& graph, const Schedule& schedule,
                            const std::vector<Bytes>& inputs,
                            const KernelBody& body) {
  PlanFeatures features;
  Executor executor(graph, schedule,
                    [&](const SchedulePatch& patch, size_t n, msf_kernel kernel,
                        const msf_call& call) {
                      features.AddCall(ShapeOf(patch.nodes[n].call),
                                       RangeOf(call), body);
                      features.of(kPatch)[CallsByPatches()] += 1;
                      kernel(&call);
                    });
  executor.Start(inputs);
  msf_machine& machine = executor.machine();
  PieceSpy spy{&schedule, &body, &features, machine.pull,
               machine.pull_context};
  machine.pull = &PieceSpy::Pull;
  machine.pull_context = &spy;
  const msf_network* network = executor.network();
  for (msf_status status = MSF_OK; status == MSF_OK;) {
    const msf_block& block = network->blocks[machine.block];
    const ScheduleBlock& planned =
        schedule.blocks[static_cast<size_t>(machine.block)];
    const int32_t s = msf_next_stage(&block, network->tensors, machine.done);
    if (s >= 0 && block.stages[s].kind != MSF_STAGE_FEED &&
        !planned.stages[static_cast<size_t>(s)].patch) {
      const ScheduleStage& stage = planned.stages[static_cast<size_t>(s)];
      CallRange range{.step = machine.done[s], .x_end = MSF_WHOLE_ROW};
      if (!stage.reads.empty()) {
        const msf_tensor& in = network->tensors[block.stages[s].reads[0].tensor];
        range.in_rows = in.rows;
        range.in_row_bytes = in.row_bytes;
      }
      range.out_row_bytes = network->tensors[block.stages[s].output].row_bytes;
      features.AddCall(ShapeOf(stage.call), range, body);
    }
    status = msf_step(&machine);
  }
  return features;
}

void CheckFeatures(const Graph& graph, const Schedule& schedule,
                   const std::vector<Bytes>& inputs, const KernelBody& body) {
  const PlanFeatures planned = FeaturesOf(schedule, body);
  const PlanFeatures counted = CountByRunning(graph, schedule, inputs, body);
  for (const CostedKernel& kernel : CostedKernels()) {
    if (kernel.name == std::string(kMachine)) continue;
    if (kernel.name == std::string(kPatch)) {
      EXPECT_EQ(planned.of(kernel.name)[CallsByPatches()],
                counted.of(kernel.name)[CallsByPatches()]);
      continue;
    }
    const auto names = kernel.of(body).names;
    for (size_t i = 0; i < names.size(); ++i) {
      EXPECT_EQ(planned.of(kernel.name)[i], counted.of(kernel.name)[i])
          << kernel.name << " " << names[i];
    }
  }
}

// As the kernels are made for an M4, for Helium and for others.
const KernelBody kBodies[] = {
    {.pair_words = 16, .pair_codes = true, .dot_codes = true},
    {.pair_words = 12, .helium = true},
    {.pair_words = 12}};

TEST(PlanFeatures, AreThoseOfTheCallsThatARunMakes) {
  ForSeeds(300, [](uint32_t seed) {
    Dice dice(seed);
    Graph graph = RandomGraph(seed);
    ASSERT_TRUE(RemoveDeadCode(graph).has_value());
    RandomBytes stream(seed);
    const std::vector<Bytes> inputs = RandomInputs(graph, stream);
    for (const InputMode mode : {InputMode::kStreamed, InputMode::kResident}) {
      const UnitGraph units = BuildUnitGraph(graph, mode);
      const Plan plan = RandomPlan(units, dice);
      SCOPED_TRACE("plan " + ToString(plan) + " of\n" + Dump(graph));
      const Result<Schedule> schedule = BuildSchedule(graph, units, plan);
      ASSERT_TRUE(schedule.has_value());
      CheckFeatures(graph, *schedule, inputs, kBodies[seed % 3]);
      if (testing::Test::HasFailure()) return;
    }
  });
}

TEST(PlanFeatures, CountStagesThatNobodyReadsNotAtAll) {
  ForSeeds(100, [](uint32_t seed) {
    Dice dice(seed);
    const Graph graph = RandomGraph(seed);
    RandomBytes stream(seed);
    const std::vector<Bytes> inputs = RandomInputs(graph, stream);
    const UnitGraph units = BuildUnitGraph(graph, InputMode::kStreamed);
    const Result<Schedule> schedule =
        BuildSchedule(graph, units, RandomPlan(units, dice));
    ASSERT_TRUE(schedule.has_value());
    CheckFeatures(graph, *schedule, inputs, kBodies[seed % 3]);
  });
}

}  // namespace
}  // namespace msf
