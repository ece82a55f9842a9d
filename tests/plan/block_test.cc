// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Line buffers whose capacity can be told by hand.
#include "plan/block.h"

#include <gtest/gtest.h>

#include "plan/block_lives.h"
#include "tests/plan/unit_maker.h"

namespace msf {
namespace {

TEST(LineBuffer, ThreeByThreeKeepsThreeRows) {
  UnitMaker make;
  const TensorId in = make.Input(12, 8);
  const TensorId a = make.Row({{in, Same(3)}}, 12, 8);
  const TensorId b = make.Row({{a, Same(3)}}, 12, 8);
  make.Output(b);
  EXPECT_EQ(make.CapacityOf(in), 3);
  EXPECT_EQ(make.CapacityOf(a), 3);
  EXPECT_EQ(make.CapacityOf(b), 12);  // the output is whole
}

TEST(LineBuffer, PointwiseKeepsOneRow) {
  UnitMaker make;
  const TensorId in = make.Input(12, 8);
  const TensorId a = make.Row({{in, Rows(1)}}, 12, 8);
  make.Output(make.Row({{a, Rows(1)}}, 12, 8));
  EXPECT_EQ(make.CapacityOf(in), 1);
  EXPECT_EQ(make.CapacityOf(a), 1);
}

TEST(LineBuffer, NeverHoldsMoreRowsThanTheTensorHas) {
  UnitMaker make;
  const TensorId in = make.Input(2, 8);
  make.Output(make.Row({{in, Same(5)}}, 2, 8));
  EXPECT_EQ(make.CapacityOf(in), 2);
}

TEST(LineBuffer, ResidualAddHoldsItsSkipRowsUntilTheDepthwiseCatchesUp) {
  // in -> depthwise 3x3 -> + in: row r of the depthwise needs rows r - 1 to
  // r + 1 of `in`, of which the sum still needs row r. Three rows serve both.
  UnitMaker make;
  const TensorId in = make.Input(12, 8);
  const TensorId a = make.Row({{in, Same(3)}}, 12, 8);
  make.Output(make.Row({{in, Rows(1)}, {a, Rows(1)}}, 12, 8));
  EXPECT_EQ(make.CapacityOf(in), 3);
  EXPECT_EQ(make.CapacityOf(a), 1);
}

TEST(LineBuffer, ResidualAroundTwoConvolutionsHoldsTheReachOfBoth) {
  // Row r of b needs rows up to r + 1 of a, these rows up to r + 2 of `in`;
  // the sum then reads row r of `in`: r, r + 1, r + 2, and a itself reads r
  // as the first of its three for row r + 1.
  UnitMaker make;
  const TensorId in = make.Input(12, 8);
  const TensorId a = make.Row({{in, Same(3)}}, 12, 8);
  const TensorId b = make.Row({{a, Same(3)}}, 12, 8);
  make.Output(make.Row({{in, Rows(1)}, {b, Rows(1)}}, 12, 8));
  EXPECT_EQ(make.CapacityOf(in), 3);
  EXPECT_EQ(make.CapacityOf(a), 3);
}

TEST(LineBuffer, LongWayRoundHoldsTheSkipLonger) {
  // Four 3x3 after another reach 4 rows ahead: rows r to r + 4.
  UnitMaker make;
  const TensorId in = make.Input(20, 8);
  TensorId x = in;
  for (int i = 0; i < 4; ++i) x = make.Row({{x, Same(3)}}, 20, 8);
  make.Output(make.Row({{in, Rows(1)}, {x, Rows(1)}}, 20, 8));
  EXPECT_EQ(make.CapacityOf(in), 5);
}

TEST(LineBuffer, StrideTwoChainHoldsKernelsNotProducts) {
  // Line buffers hold each layer's own window; nothing multiplies.
  UnitMaker make;
  const TensorId in = make.Input(32, 8);
  const TensorId a = make.Row({{in, Rows(3, 2)}}, 15, 8);
  const TensorId b = make.Row({{a, Rows(3, 2)}}, 7, 8);
  make.Output(make.Row({{b, Rows(3, 2)}}, 3, 8));
  EXPECT_EQ(make.CapacityOf(in), 3);
  EXPECT_EQ(make.CapacityOf(a), 3);
  EXPECT_EQ(make.CapacityOf(b), 3);
}

TEST(LineBuffer, StrideLargerThanTheKernelSkipsRowsAtOnce) {
  UnitMaker make;
  const TensorId in = make.Input(12, 8);
  make.Output(make.Row({{in, Rows(1, 3)}}, 4, 8));
  EXPECT_EQ(make.CapacityOf(in), 1);
}

TEST(LineBuffer, TwoConsumersAtDifferentDistanceHoldTheSlowerOnesRows) {
  // One goal reads row r, the other rows up to r + 4: both are served in turn.
  UnitMaker make;
  const TensorId in = make.Input(16, 8);
  const TensorId near = make.Row({{in, Rows(1)}}, 16, 8);
  const TensorId far = make.Row({{in, Rows(5)}}, 12, 8);
  make.Output(make.Row({{near, Rows(1, 1, 0)}, {far, Rows(1, 1, 4)}}, 16, 8));
  // Row r of the sum reads row r of near and row r - 4 of far, which reads
  // rows r - 4 to r of `in`.
  EXPECT_EQ(make.CapacityOf(in), 5);
  EXPECT_EQ(make.CapacityOf(near), 1);
  EXPECT_EQ(make.CapacityOf(far), 1);
}

TEST(LineBuffer, BranchThatIsReadLaterWaits) {
  // The sum reads row r of a and row r + 3 of b.
  UnitMaker make;
  const TensorId in = make.Input(16, 8);
  const TensorId a = make.Row({{in, Rows(1)}}, 16, 8);
  const TensorId b = make.Row({{in, Rows(1)}}, 16, 8);
  make.Output(make.Row({{a, Rows(1)}, {b, Rows(1, 1, -3)}}, 13, 8));
  // a runs one row for each of the sum; b needs rows 0 to 3 of `in` before
  // that, so `in` holds what a has not read yet.
  EXPECT_EQ(make.CapacityOf(a), 1);
  EXPECT_EQ(make.CapacityOf(b), 1);
  EXPECT_EQ(make.CapacityOf(in), 3);
}

TEST(LineBuffer, DilatedKernelHoldsItsWholeSpan) {
  UnitMaker make;
  const TensorId in = make.Input(16, 8);
  make.Output(make.Row({{in, Rows(3, 1, 4, 4)}}, 16, 8));  // 9 rows
  EXPECT_EQ(make.CapacityOf(in), 9);
}

TEST(LineBuffer, WholeFormHoldsEverythingAccumulateHoldsOneRow) {
  UnitMaker make;
  const TensorId in = make.Input(10, 8);
  const TensorId a = make.Row({{in, Same(3)}}, 10, 8);
  make.Output(make.Whole(a, 1, 4, 16));
  EXPECT_EQ(make.CapacityOf(a, 0), 10);
  EXPECT_EQ(make.CapacityOf(a, 1), 1);
  EXPECT_EQ(make.CapacityOf(in, 1), 3);
}

TEST(LineBuffer, GateHoldsItsInputUntilTheMeanIsThere) {
  // x -> mean -> + x: nothing can be added before the last row came.
  UnitMaker make;
  const TensorId in = make.Input(10, 8);
  const TensorId mean = make.Whole(in, 1, 8, 32);
  make.Output(make.Row({{in, Rows(1)}, {mean, Rows(1, 0)}}, 10, 8));
  EXPECT_EQ(make.CapacityOf(in, 1), 10);
  EXPECT_EQ(make.CapacityOf(mean, 1), 1);
}

TEST(LineBuffer, ExplicitPadHoldsOneRowAndRunsWithoutInputAtTheBorder) {
  UnitMaker make;
  const TensorId in = make.Input(6, 8);
  const TensorId pad = make.Row({{in, Rows(1, 1, 2)}}, 10, 8);
  make.Output(make.Row({{pad, Rows(3)}}, 8, 8));
  EXPECT_EQ(make.CapacityOf(in), 1);
  EXPECT_EQ(make.CapacityOf(pad), 3);
  const BlockTrace trace = TraceBlock(make.graph(), make.OneBlock());
  ASSERT_GE(trace.order.size(), 3u);
  EXPECT_EQ(trace.order[0], 1);  // two rows of border before any input
  EXPECT_EQ(trace.order[1], 1);
  EXPECT_EQ(trace.order[2], 0);
}

TEST(LineBuffer, TwoGoalsOfDifferentHeightAdvanceTogether) {
  // 12 rows and 6 rows from one input: one row of the small goal after every
  // second of the large one.
  UnitMaker make;
  const TensorId in = make.Input(12, 8);
  make.Output(make.Row({{in, Rows(1)}}, 12, 8));
  make.Output(make.Row({{in, Rows(2, 2)}}, 6, 8));
  EXPECT_EQ(make.CapacityOf(in), 2);
}

TEST(LineBuffer, FeedRunsToItsEndThoughNobodyReadsTheLastRows) {
  UnitMaker make;
  const TensorId in = make.Input(7, 8);
  make.Output(make.Row({{in, Rows(2, 2)}}, 2, 8));  // rows 0 to 3
  const BlockTrace trace = TraceBlock(make.graph(), make.OneBlock());
  EXPECT_EQ(trace.steps, 7 + 2);
  EXPECT_EQ(trace.stages[0].active.last, 9);
  EXPECT_EQ(trace.stages[0].capacity, 2);
}

TEST(LineBuffer, StageThatOnlyFeedsPaddingNeverRuns) {
  UnitMaker make(InputMode::kResident);
  const TensorId in = make.Input(4, 8);
  const TensorId a = make.Row({{in, Rows(1)}}, 4, 8);
  const TensorId pad = make.Row({{a, Rows(1, 1, 3)}}, 10, 8);
  make.Output(make.Row({{pad, Rows(1, 9)}}, 1, 8));  // row 0: border
  const BlockTrace trace = TraceBlock(make.graph(), make.OneBlock());
  EXPECT_EQ(trace.order, (std::vector<int32_t>{1, 2}));
  // The input is there all the same, in step 0; a has no bytes at all.
  EXPECT_EQ(BlockPeakBytes(make.graph(), trace), 4 * 8 + 8);
}

TEST(BlockPeak, IsTheBusiestStepToTheByte) {
  UnitMaker make;
  const TensorId in = make.Input(6, 10);
  const TensorId a = make.Row({{in, Same(3)}}, 6, 7, 5);  // scratch 5
  make.Output(make.Whole(a, 1, 3, 13));
  const UnitGraph& graph = make.graph();
  const auto peak = [&](int32_t form) {
    const BlockPlan block = make.OneBlock(form);
    return BlockPeakBytes(graph, TraceBlock(graph, block));
  };
  // Whole: while row 5 of a is made: 3 rows of in, 6 rows of a, the scratch.
  EXPECT_EQ(peak(0), 3 * 10 + 6 * 7 + 5);
  // Accumulated: one row of a, and the state.
  EXPECT_EQ(peak(1), 3 * 10 + 7 + 13 + 5);
}

TEST(BlockPeak, CountsTensorsThatMerelyLiveAcross) {
  UnitMaker make(InputMode::kResident);
  const TensorId in = make.Input(4, 10);
  const TensorId a = make.Row({{in, Rows(1)}}, 4, 20);
  const TensorId b = make.Row({{a, Rows(1)}}, 4, 30);
  const TensorId c = make.Row({{b, Rows(1)}}, 4, 40);
  make.Output(make.Row({{a, Rows(1)}, {c, Rows(1)}}, 4, 5));
  const auto peak = [&](int32_t unit) {
    const BlockPlan block = SingleStages(unit, unit + 1);
    return BlockPeakBytes(make.graph(), TraceBlock(make.graph(), block));
  };
  // Rows of an input that nobody needs any more die as they are read.
  EXPECT_EQ(peak(0), 10 + 80);            // the last row of in, all of a
  EXPECT_EQ(peak(1), 80 + 120);           // in is gone, a and b live on
  EXPECT_EQ(peak(2), 80 + 30 + 160);      // a lives across
  EXPECT_EQ(peak(3), 80 + 160 + 5);       // the first row
}

TEST(BlockPeak, ExternalInputCostsNothingAndOutputsLiveOn) {
  UnitMaker make(InputMode::kExternal);
  const TensorId in = make.Input(4, 100);
  const TensorId a = make.Row({{in, Rows(1)}}, 4, 20);
  make.Output(a);
  make.Output(make.Row({{in, Rows(1)}}, 4, 30));
  const BlockPlan second = SingleStages(1, 2);
  EXPECT_EQ(
      BlockPeakBytes(make.graph(), TraceBlock(make.graph(), second)),
      80 + 120);
}

TEST(BlockPeak, ResidentInputsCountFromTheFirstStepOn) {
  UnitMaker make(InputMode::kResident);
  const TensorId in = make.Input(4, 10);
  make.Input(4, 25);  // never read, but written by the caller
  const TensorId late = make.Input(4, 3);
  const TensorId a = make.Row({{in, Rows(1)}}, 4, 1);
  make.Output(make.Row({{a, Rows(1)}, {late, Rows(1)}}, 4, 1));
  const BlockPlan first = SingleStages(0, 1);
  EXPECT_EQ(
      BlockPeakBytes(make.graph(), TraceBlock(make.graph(), first)),
      40 + 100 + 12 + 1);  // the first step: one row of a
}

}  // namespace
}  // namespace msf
