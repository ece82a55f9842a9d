// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Patches that make some channels of their inner tensors at a time.
#include <gtest/gtest.h>

#include "exec/verify.h"
#include "plan/patch.h"
#include "tests/exec/patch_check.h"
#include "tests/graph_maker.h"
#include "tests/patch_plan.h"

namespace msf {
namespace {

// Units [first, last) in tiles of any number of channels, in any size.
void CheckEveryTile(const Subject& subject, int32_t first, int32_t last,
                    bool collects = false) {
  const Tensor& inner = OutputOf(subject, first);
  const Tensor& output = OutputOf(subject, last - 1);
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

}  // namespace
}  // namespace msf
