// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Plans with patches over shadow memory: every byte of every tile is that of
// the reference, whatever the patch's size and whatever it keeps.
#include <gtest/gtest.h>

#include <cstdlib>

#include "exec/executor.h"
#include "exec/verify.h"
#include "passes/remove_dead_code.h"
#include "plan/patch.h"
#include "plan/stage.h"
#include "support/random_bytes.h"
#include "tests/graph_maker.h"
#include "tests/patch_plan.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

constexpr WindowChoice kThree = {.kernel_h = 3, .kernel_w = 3};
constexpr WindowChoice kThreeByTwo = {
    .kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2};

struct Subject {
  Graph graph;
  UnitGraph units;
  std::vector<Bytes> inputs;
  std::vector<Bytes> reference;
};

Subject SubjectOf(Graph graph, InputMode mode = InputMode::kStreamed) {
  Subject subject{std::move(graph), {}, {}, {}};
  RandomBytes stream(3);
  subject.inputs = RandomInputs(subject.graph, stream);
  subject.reference = RunReference(subject.graph, subject.inputs);
  subject.units = BuildUnitGraph(subject.graph, mode);
  return subject;
}

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

// A node need not run if all that is read of it is the border that a Pad adds.
void CheckPlan(const Subject& subject, const Plan& plan,
               bool every_node_runs = true) {
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

// Which inner tensors keep rows: bit i stands for unit i of the patch.
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

// Units [first, last) as a patch of every size, rows kept or made again.
void CheckEveryPatch(const Subject& subject, int32_t first, int32_t last) {
  const Tensor& output = subject.graph.tensor(subject.units.unit(last - 1).output);
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

// Units [first, last) in tiles of any number of channels, in any size.
void CheckEveryTile(const Subject& subject, int32_t first, int32_t last,
                    bool collects = false) {
  const Tensor& inner = subject.graph.tensor(subject.units.unit(first).output);
  const Tensor& output =
      subject.graph.tensor(subject.units.unit(last - 1).output);
  for (int32_t tile = 1; tile < inner.hwc.c; ++tile) {
    for (int32_t rows = 1; rows <= output.hwc.h; ++rows) {
      for (int32_t columns = 1; columns <= output.hwc.w; ++columns) {
        StagePlan patch = PatchOf(first, last, 0, rows, columns);
        patch.channel_tile = tile;
        patch.collects = collects;
        patch.strip_cols = tile % (output.hwc.w + 1);
        if (patch.strip_cols < columns) patch.strip_cols = 0;
        if (patch.strip_cols == output.hwc.w) patch.strip_cols = 0;
        const auto made = MakePatch(subject.units, patch);
        ASSERT_TRUE(made.has_value());
        EXPECT_EQ(made->slices, (inner.hwc.c + tile - 1) / tile);
        CheckPlan(subject, PlanWithPatch(subject.units, patch));
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

TEST(ChannelTiles, OfABottleneckGiveTheReferenceAtEverySize) {
  GraphMaker make(8);
  const TensorId in = make.Input({1, 6, 5, 3});
  TensorId x = make.Conv2D(in, {.activation = Activation::kRelu6}, 7);
  x = make.DepthwiseConv2D(x, kThree);
  x = make.Conv2D(x, {}, 3);
  make.Output(make.Add(x, in));
  CheckEveryTile(SubjectOf(make.graph()), 1, 4);
}

TEST(ChannelTiles, OfABottleneckWithAStrideGiveTheReferenceAtEverySize) {
  GraphMaker make(9);
  TensorId x = make.Input({1, 7, 8, 2});
  x = make.Conv2D(x, {}, 9);
  x = make.DepthwiseConv2D(x, kThreeByTwo);
  make.Output(make.Conv2D(x, {.activation = Activation::kRelu}, 6));
  CheckEveryTile(SubjectOf(make.graph(), InputMode::kResident), 0, 3);
}

TEST(ChannelTiles, OfAConvolutionAndAProjectionGiveTheReference) {
  GraphMaker make(10);
  TensorId x = make.Input({1, 5, 5, 2});
  x = make.Conv2D(x, kThreeByTwo, 6);
  make.Output(make.Conv2D(x, {}, 4));
  CheckEveryTile(SubjectOf(make.graph()), 1, 3);
}

TEST(ChannelTiles, OfTwoDepthwiseConvolutionsGiveTheReference) {
  GraphMaker make(11);
  TensorId x = make.Input({1, 5, 6, 3});
  x = make.Conv2D(x, {}, 5);
  x = make.DepthwiseConv2D(x, kThree);
  x = make.DepthwiseConv2D(x, kThree);
  make.Output(make.Conv2D(x, {}, 4));
  CheckEveryTile(SubjectOf(make.graph()), 1, 5);
}

TEST(CollectedTiles, OfABottleneckGiveTheReferenceAtEverySize) {
  GraphMaker make(15);
  TensorId x = make.Input({1, 7, 8, 2});
  x = make.Conv2D(x, {.activation = Activation::kRelu6}, 9);
  x = make.DepthwiseConv2D(
      x, {.kernel_h = 3, .kernel_w = 3, .activation = Activation::kRelu6});
  make.Output(make.Conv2D(x, {}, 6));
  CheckEveryTile(SubjectOf(make.graph(), InputMode::kResident), 0, 3, true);
}

TEST(CollectedTiles, AreReadByAnyWindow) {
  GraphMaker make(16);
  TensorId x = make.Input({1, 6, 7, 3});
  x = make.Conv2D(x, {}, 6);
  x = make.DepthwiseConv2D(x, kThreeByTwo);
  x = make.DepthwiseConv2D(x, kThree);
  make.Output(make.Conv2D(x, kThree, 4));
  CheckEveryTile(SubjectOf(make.graph()), 1, 5, true);
}

TEST(CollectedTiles, HaveAnyNodeBehindThem) {
  GraphMaker make(17);
  TensorId x = make.Input({1, 6, 5, 3});
  x = make.Conv2D(x, {}, 5);
  x = make.DepthwiseConv2D(x, kThree);
  make.Output(make.DepthwiseConv2D(x, kThree, 2));
  CheckEveryTile(SubjectOf(make.graph()), 1, 4, true);
}

TEST(ChannelTiles, CountNoMacTwiceWhenABandIsTheWholeOutput) {
  GraphMaker make(12);
  TensorId x = make.Input({1, 6, 5, 3});
  x = make.Conv2D(x, {}, 8);
  x = make.DepthwiseConv2D(x, kThree);
  make.Output(make.Conv2D(x, {}, 3));
  const Subject subject = SubjectOf(make.graph());
  StagePlan patch = PatchOf(1, 4, 0, 6, 1);
  patch.channel_tile = 2;
  EXPECT_EQ(MakePatch(subject.units, patch)->form.macs, Macs(subject.graph));
}

// A tile of `channels` of units [1, 4) after the input.
bool CanTile(Graph graph, int32_t channels, uint32_t keeps = 0,
             bool collects = false) {
  StagePlan patch = PatchOf(1, 4, keeps, 2, 2);
  patch.channel_tile = channels;
  patch.collects = collects;
  return MakePatch(BuildUnitGraph(graph, InputMode::kStreamed), patch)
      .has_value();
}

TEST(ChannelTiles, AreRefusedWhereChannelsDoNotStayApart) {
  const auto bottleneck = [](const auto& middle, const WindowChoice& last) {
    GraphMaker make(13);
    const TensorId x = make.Conv2D(make.Input({1, 6, 6, 3}), {}, 4);
    make.Output(make.Conv2D(middle(make, x), last, 5));
    return make.graph();
  };
  const auto depthwise = [](GraphMaker& make, TensorId x) {
    return make.DepthwiseConv2D(x, kThree);
  };
  EXPECT_TRUE(CanTile(bottleneck(depthwise, {}), 2));
  EXPECT_FALSE(CanTile(bottleneck(depthwise, kThree), 2)) << "of 3x3";
  EXPECT_TRUE(CanTile(bottleneck(depthwise, kThree), 2, 0, true));
  EXPECT_FALSE(CanTile(bottleneck(depthwise, {}), 4, 0, true)) << "all in one";
  EXPECT_FALSE(CanTile(bottleneck(depthwise, {}), 4)) << "all in one tile";
  EXPECT_FALSE(CanTile(bottleneck(depthwise, {}), 2, 1)) << "rows are kept";
  EXPECT_FALSE(CanTile(bottleneck(depthwise, kThree), 2));
  EXPECT_FALSE(CanTile(bottleneck(depthwise, {.stride_h = 2}), 2));
  EXPECT_FALSE(CanTile(bottleneck(
                           [](GraphMaker& make, TensorId x) {
                             return make.DepthwiseConv2D(x, kThree, 2);
                           },
                           {}),
                       2))
      << "a channel becomes two";
  EXPECT_FALSE(CanTile(bottleneck(
                           [](GraphMaker& make, TensorId x) {
                             return make.Conv2D(x, {}, 4);
                           },
                           {}),
                       2))
      << "every channel reads all";
}

// Units [first, last) with what can be made tap by tap, in every size.
void CheckEveryPatchByTaps(const Subject& subject, int32_t first,
                           int32_t last) {
  const Tensor& output =
      subject.graph.tensor(subject.units.unit(last - 1).output);
  for (int32_t rows = 1; rows <= output.hwc.h; ++rows) {
    for (int32_t columns = 1; columns <= output.hwc.w; ++columns) {
      StagePlan patch = PatchOf(first, last, 0, rows, columns);
      patch.by_taps = true;
      ASSERT_TRUE(MakePatch(subject.units, patch).has_value());
      CheckPlan(subject, PlanWithPatch(subject.units, patch));
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(TapByTap, ABottleneckGivesTheReferenceAtEverySize) {
  GraphMaker make(18);
  TensorId x = make.Conv2D(make.Input({1, 7, 8, 5}), {}, 18);
  make.Output(make.Conv2D(make.DepthwiseConv2D(x, kThreeByTwo), {}, 6));
  CheckEveryPatchByTaps(SubjectOf(make.graph(), InputMode::kResident), 0, 3);
}

TEST(TapByTap, AConvolutionWithItsOwnWindowGivesTheReference) {
  GraphMaker make(19);
  TensorId x = make.Conv2D(make.Input({1, 9, 10, 3}), kThreeByTwo, 8);
  make.Output(make.DepthwiseConv2D(x, kThree));
  CheckEveryPatchByTaps(SubjectOf(make.graph()), 1, 3);
}

TEST(TapByTap, OneChannelOfAPictureGivesTheReference) {
  GraphMaker make(20);
  TensorId x = make.Conv2D(make.Input({1, 8, 9, 1}), kThree, 6);
  x = make.DepthwiseConv2D(x, {.kernel_h = 5, .kernel_w = 5});
  make.Output(x);
  CheckEveryPatchByTaps(SubjectOf(make.graph(), InputMode::kResident), 0, 2);
}

TEST(TapByTap, TwoBottlenecksWithAnAdditionGiveTheReference) {
  GraphMaker make(21);
  TensorId x = make.Conv2D(make.Input({1, 6, 6, 4}), {}, 4);
  TensorId y = make.DepthwiseConv2D(make.Conv2D(x, {}, 10), kThree);
  y = make.Add(make.Conv2D(y, {}, 4), x);
  y = make.DepthwiseConv2D(make.Conv2D(y, {}, 12), kThree);
  make.Output(make.Conv2D(y, {}, 3));
  CheckEveryPatchByTaps(SubjectOf(make.graph(), InputMode::kResident), 0, 8);
}

// The MACs that a patch by taps does, against all windows one by one.
TEST(TapByTap, CountsEachTapOfEachWindowOnce) {
  GraphMaker make(22);
  TensorId x = make.Conv2D(make.Input({1, 5, 6, 3}), {}, 4);
  make.Output(make.DepthwiseConv2D(x, kThree));
  const Subject subject = SubjectOf(make.graph(), InputMode::kResident);
  StagePlan patch = PatchOf(0, 2, 0, 1, 1);
  patch.by_taps = true;
  // Of 3 taps in a row 5 windows have 3 but the first and the last, which have
  // 2: 13 rows of taps, and likewise 16 columns.
  const int64_t taps = 13 * 16;
  const int64_t depthwise = 5 * 6 * 9 * 4;
  EXPECT_EQ(MakePatch(subject.units, patch)->form.macs,
            taps * 3 * 4 + depthwise);
}

bool CanMakeTaps(Graph graph) {
  StagePlan patch = PatchOf(0, 2, 0, 1, 1);
  patch.by_taps = true;
  return MakePatch(BuildUnitGraph(graph, InputMode::kResident), patch)
      .has_value();
}

TEST(TapByTap, IsRefusedWhereTheOutputIsNeededOrTheKernelDoesNotServe) {
  const auto two = [](const Shape& in, const WindowChoice& first,
                      int32_t channels, const WindowChoice& second) {
    GraphMaker make(23);
    TensorId x = make.Conv2D(make.Input(in), first, channels);
    make.Output(make.DepthwiseConv2D(x, second));
    return make.graph();
  };
  EXPECT_TRUE(CanMakeTaps(two({1, 8, 8, 4}, {}, 4, kThree)));
  EXPECT_TRUE(CanMakeTaps(two({1, 8, 8, 36}, {}, 4, kThree)));
  EXPECT_FALSE(CanMakeTaps(two({1, 8, 8, 40}, {}, 4, kThree))) << "filters";
  EXPECT_FALSE(CanMakeTaps(two({1, 8, 8, 4}, {}, 5, kThree))) << "odd";
  EXPECT_FALSE(CanMakeTaps(two({1, 8, 8, 4}, {}, 4,
                               {.kernel_h = 3, .kernel_w = 3, .dilation_w = 2})))
      << "dilated";
  GraphMaker make(24);
  TensorId x = make.Conv2D(make.Input({1, 8, 8, 4}), {}, 4);
  make.Output(make.DepthwiseConv2D(x, kThree));
  make.Output(x);
  EXPECT_FALSE(CanMakeTaps(make.graph())) << "it is an output";
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
      const Tensor& output =
          subject.graph.tensor(subject.units.unit(last - 1).output);
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

TEST(ChannelTiles, WrongConstantOfOnePassIsCaughtInItsChannels) {
  GraphMaker make(14);
  TensorId x = make.Input({1, 6, 5, 3});
  const TensorId expanded = make.Conv2D(x, {}, 8);
  x = make.DepthwiseConv2D(expanded, kThree);
  make.Output(make.Conv2D(x, {}, 3));
  const Subject subject = SubjectOf(make.graph());
  StagePlan patch = PatchOf(1, 4, 0, 2, 3);
  patch.channel_tile = 3;
  Schedule schedule = *BuildSchedule(subject.graph, subject.units,
                                     PlanWithPatch(subject.units, patch));
  // The expansion of channels 6 and 7.
  SchedulePatchNode& node = schedule.blocks[0].stages[1].patch->nodes[6];
  ASSERT_EQ(node.first_channel, 6);
  for (ParamField& field : node.call.fields) {
    if (field.name == "output_zero_point") ++field.value;
  }
  const VerifyReport report = VerifyRun(subject.graph, schedule,
                                        subject.inputs, subject.reference);
  ASSERT_FALSE(report.equal);
  EXPECT_EQ(report.difference->tensor, subject.graph.tensor(expanded).name);
  EXPECT_GE(report.difference->byte % 8, 6);
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
