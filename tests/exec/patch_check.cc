// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/exec/patch_check.h"

#include <gtest/gtest.h>

#include "exec/executor.h"
#include "exec/verify.h"
#include "plan/patch.h"
#include "schedule/schedule.h"
#include "support/random_bytes.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

// Nodes whose outputs are nowhere to be compared.
int32_t NodesByTaps(const UnitGraph& units, const Plan& plan) {
  int32_t count = 0;
  for (const BlockPlan& block : plan.blocks) {
    for (const StagePlan& stage : block.stages) {
      if (!stage.by_taps) continue;
      const Patch patch = *MakePatch(units, stage);
      for (const PatchUnit& unit : patch.units) count += unit.by_taps;
    }
  }
  return count;
}

}  // namespace

Subject SubjectOf(Graph graph, InputMode mode) {
  Subject subject{std::move(graph), {}, {}, {}};
  RandomBytes stream(3);
  subject.inputs = RandomInputs(subject.graph, stream);
  subject.reference = RunReference(subject.graph, subject.inputs);
  subject.units = BuildUnitGraph(subject.graph, mode);
  return subject;
}

const Tensor& OutputOf(const Subject& subject, int32_t unit) {
  return subject.graph.tensor(subject.units.unit(unit).output);
}

void CheckPlan(const Subject& subject, const Plan& plan,
               bool every_node_runs) {
  SCOPED_TRACE("plan " + ToString(plan) + " of\n" + Dump(subject.graph));
  const Result<Schedule> schedule =
      BuildSchedule(subject.graph, subject.units, plan);
  ASSERT_TRUE(schedule.has_value()) << ToString(schedule.error());
  const VerifyReport report = VerifyRun(subject.graph, *schedule,
                                        subject.inputs, subject.reference);
  ASSERT_TRUE(report.equal)
      << report.difference->op << " '" << report.difference->tensor << "' row "
      << report.difference->row << " byte " << report.difference->byte << ": "
      << report.difference->reason;
  const auto nodes = static_cast<int32_t>(subject.graph.nodes.size());
  if (every_node_runs) {
    EXPECT_EQ(report.nodes_compared, nodes - NodesByTaps(subject.units, plan));
  }
  Executor executor(subject.graph, *schedule);
  const std::vector<Bytes> outputs =
      OutputsOf(subject.graph, subject.reference);
  EXPECT_EQ(executor.Run(subject.inputs), outputs);
  if (plan.input_mode == InputMode::kStreamed) {
    EXPECT_EQ(executor.RunPushed(subject.inputs, 2), outputs);
  }
  EXPECT_EQ(executor.touched_bytes(), schedule->arena_bytes);
}

StagePlan PatchOf(int32_t first, int32_t last, uint32_t keeps, int32_t rows,
                  int32_t columns) {
  StagePlan patch{.first_unit = first,
                  .last_unit = last,
                  .patch_rows = rows,
                  .patch_cols = columns,
                  .keeps_rows = {}};
  for (int32_t i = 0; i + 1 < last - first; ++i) {
    patch.keeps_rows.push_back(((keeps >> i) & 1u) != 0);
  }
  return patch;
}

}  // namespace msf
