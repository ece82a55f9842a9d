// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Patches in which depthwise convolutions make their inputs tap by tap.
#include <gtest/gtest.h>

#include "plan/patch.h"
#include "tests/exec/patch_check.h"
#include "tests/graph_maker.h"
#include "tests/patch_plan.h"

namespace msf {
namespace {

// Units [first, last) with what can be made tap by tap, in every size.
void CheckEveryPatchByTaps(const Subject& subject, int32_t first,
                           int32_t last) {
  const Tensor& output = OutputOf(subject, last - 1);
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

TEST(TapByTap, ManyInputChannelsGiveTheReferenceWhereTheyLie) {
  GraphMaker make(25);
  TensorId x = make.Conv2D(make.Input({1, 8, 7, 3}), kThree, 44);
  x = make.Conv2D(x, {.stride_h = 2, .stride_w = 2}, 22);
  make.Output(make.DepthwiseConv2D(x, kThree));
  const Subject subject = SubjectOf(make.graph(), InputMode::kResident);
  CheckEveryPatchByTaps(subject, 0, 3);
  CheckEveryPatchByTaps(subject, 1, 3);
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
  EXPECT_TRUE(CanMakeTaps(two({1, 8, 8, 39}, {}, 4, kThree)));
  EXPECT_TRUE(CanMakeTaps(two({1, 8, 8, 160}, {}, 4, kThree))) << "in place";
  EXPECT_FALSE(CanMakeTaps(two({1, 8, 8, 42}, {}, 4, kThree))) << "no words";
  EXPECT_FALSE(CanMakeTaps(two({1, 8, 8, 8}, kThree, 4, kThree))) << "filters";
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

}  // namespace
}  // namespace msf
