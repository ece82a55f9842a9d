// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Plans with patches over shadow memory: every byte of every tile is that of
// the reference, whatever the patch's size and whatever it keeps.
#include <gtest/gtest.h>

#include <cstdlib>

#include "exec/verify.h"
#include "passes/remove_dead_code.h"
#include "plan/patch.h"
#include "plan/stage.h"
#include "tests/exec/patch_check.h"
#include "tests/graph_maker.h"
#include "tests/patch_plan.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

// Units [first, last) as a patch of every size, rows kept or made again.
void CheckEveryPatch(const Subject& subject, int32_t first, int32_t last) {
  const Tensor& output = OutputOf(subject, last - 1);
  const uint32_t choices = 1u << (last - first - 1);
  for (uint32_t keeps = 0; keeps < choices; ++keeps) {
    for (int32_t rows = 1; rows <= output.hwc.h; ++rows) {
      for (int32_t columns = 1; columns <= output.hwc.w; ++columns) {
        const StagePlan patch = PatchOf(first, last, keeps, rows, columns);
        ASSERT_TRUE(MakePatch(subject.units, patch).has_value());
        CheckPlan(subject, PlanWithPatch(subject.units, patch));
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

TEST(PatchStage, ChainWithAStrideGivesTheReferenceAtEverySize) {
  GraphMaker make(1);
  TensorId x = make.Input({1, 11, 9, 2});
  x = make.Conv2D(x, kThree, 5);
  x = make.DepthwiseConv2D(x, kThreeByTwo);
  x = make.Conv2D(x, {}, 4);
  make.Output(x);
  CheckEveryPatch(SubjectOf(make.graph()), 1, 4);
}

TEST(PatchStage, ResidualBottleneckGivesTheReferenceAtEverySize) {
  GraphMaker make(2);
  const TensorId in = make.Input({1, 7, 6, 3});
  const TensorId start = make.Conv2D(in, {}, 4);
  TensorId x = make.Conv2D(start, {}, 9);
  x = make.DepthwiseConv2D(x, kThree);
  x = make.Conv2D(x, {}, 4);
  x = make.Add(x, start);
  make.Output(make.Conv2D(x, kThree, 2));
  const Subject subject = SubjectOf(make.graph());
  CheckEveryPatch(subject, 2, 6);  // the addition reads the patch's input
}

TEST(PatchStage, ResidualOfAnInnerTensorGivesTheReferenceAtEverySize) {
  GraphMaker make(4);
  const TensorId in = make.Input({1, 7, 6, 3});
  const TensorId start = make.Conv2D(in, kThree, 4);
  const TensorId x = make.DepthwiseConv2D(start, kThree);
  make.Output(make.Add(x, start));
  CheckEveryPatch(SubjectOf(make.graph()), 1, 4);
}

TEST(PatchStage, PoolsGiveTheReferenceAtEverySize) {
  GraphMaker make(5);
  TensorId x = make.Input({1, 12, 10, 3});
  x = make.MaxPool2D(x, kThreeByTwo);
  x = make.AveragePool2D(x, {.kernel_h = 3, .kernel_w = 2, .same = false});
  x = make.Conv2D(x, kThree, 3);
  make.Output(x);
  CheckEveryPatch(SubjectOf(make.graph()), 1, 4);
}

TEST(PatchStage, ReadsAWholeTensorOfAnEarlierBlock) {
  GraphMaker make(6);
  TensorId x = make.Input({1, 9, 8, 2});
  x = make.Conv2D(x, kThree, 3);
  x = make.Conv2D(x, kThree, 4);
  x = make.DepthwiseConv2D(x, kThreeByTwo);
  make.Output(x);
  const Subject subject = SubjectOf(make.graph(), InputMode::kResident);
  for (uint32_t keeps : {0u, 1u}) {
    const Plan plan{
        .input_mode = InputMode::kResident,
        .blocks = {SingleStages(0, 1),
                   {.first_unit = 1,
                    .last_unit = 3,
                    .stages = {PatchOf(1, 3, keeps, 2, 3)}}}};
    CheckPlan(subject, plan);
  }
}

TEST(PatchStage, AnyFusibleRangeOfAnyNetworkGivesTheReference) {
  int patches = 0;
  ForSeeds(400, [&](uint32_t seed) {
    Dice dice(seed);
    Graph graph = RandomGraph(seed);
    ASSERT_TRUE(RemoveDeadCode(graph).has_value());
    const Subject subject = SubjectOf(std::move(graph));
    if (subject.graph.nodes.size() < 2) return;
    const auto count = static_cast<int32_t>(subject.units.units.size());
    for (int tries = 0; tries < 6; ++tries) {
      const int32_t first = dice.Int(0, count - 2);
      const int32_t last = dice.Int(first + 2, count);
      const Tensor& output = OutputOf(subject, last - 1);
      const StagePlan patch =
          PatchOf(first, last, static_cast<uint32_t>(dice.Int(0, 255)),
                  dice.Int(1, output.hwc.h), dice.Int(1, output.hwc.w));
      if (!MakePatch(subject.units, patch)) continue;
      ++patches;
      CheckPlan(subject, PlanWithPatch(subject.units, patch), false);
      if (testing::Test::HasFailure()) return;
    }
  });
  if (std::getenv("MSF_SEED") == nullptr) {
    EXPECT_GT(patches, 100);
  }
}

// What the verifier is to catch inside a patch.
class BrokenPatch : public testing::Test {
 protected:
  void SetUp() override {
    GraphMaker make(7);
    TensorId x = make.Input({1, 9, 8, 2});
    first_ = make.Conv2D(x, kThree, 4);
    x = make.DepthwiseConv2D(first_, kThree);
    make.Output(x);
    subject_ = SubjectOf(make.graph());
    schedule_ = *BuildSchedule(
        subject_.graph, subject_.units,
        PlanWithPatch(subject_.units, PatchOf(1, 3, 1, 2, 3)));
    ASSERT_TRUE(Verify().equal);
  }
  VerifyReport Verify() const {
    return VerifyRun(subject_.graph, schedule_, subject_.inputs,
                     subject_.reference);
  }
  SchedulePatch& patch() { return *schedule_.blocks[0].stages[1].patch; }

  Subject subject_;
  Schedule schedule_;
  TensorId first_ = kNoTensor;
};

TEST_F(BrokenPatch, WrongConstantOfAnInnerNodeIsCaughtThere) {
  for (ParamField& field : patch().nodes[0].call.fields) {
    if (field.name == "output_zero_point") ++field.value;
  }
  const VerifyReport report = Verify();
  ASSERT_FALSE(report.equal);
  EXPECT_EQ(report.difference->tensor, subject_.graph.tensor(first_).name);
  EXPECT_EQ(report.difference->row, 0);
  EXPECT_EQ(report.difference->op, "CONV_2D");
}

TEST_F(BrokenPatch, TileWithOneRowTooFewIsCaughtAtItsReader) {
  --patch().nodes[0].table.tile_rows;
  const VerifyReport report = Verify();
  ASSERT_FALSE(report.equal);
  EXPECT_EQ(report.difference->op, "DEPTHWISE_CONV_2D");
  EXPECT_NE(report.difference->reason.find("from a tile"), std::string::npos);
}

TEST_F(BrokenPatch, KeptRingWithOneRowTooFewIsCaughtAtTheReader) {
  --patch().nodes[0].table.kept_rows;
  const VerifyReport report = Verify();
  ASSERT_FALSE(report.equal);
  EXPECT_EQ(report.difference->op, "DEPTHWISE_CONV_2D");
}

}  // namespace
}  // namespace msf
