// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/fold_pad.h"

#include "passes/remove_dead_code.h"
#include "tests/passes/pass_test.h"

namespace msf {
namespace {

constexpr WindowChoice kValid = {.kernel_h = 3, .kernel_w = 3, .same = false};
const std::vector<int32_t> kBorder = {0, 0, 1, 2, 3, 1, 0, 0};

TEST(FoldPad, PadBeforeAConvolutionBecomesItsPadding) {
  GraphMaker make(1);
  const TensorId in = make.Input({1, 6, 7, 3});
  make.Output(make.Conv2D(make.Pad(in, kBorder), kValid, 4));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&FoldPad, graph));
  EXPECT_EQ(graph.nodes[1].inputs[0], in);
  const auto& window = std::get<Conv2DAttrs>(graph.nodes[1].attrs).window;
  EXPECT_EQ(window.pad,
            (Padding{.top = 1, .bottom = 2, .left = 3, .right = 1}));
  EXPECT_TRUE(Apply(&RemoveDeadCode, graph));
  EXPECT_EQ(OperatorsOf(graph), "Conv2D");
}

TEST(FoldPad, AddsToThePaddingThatTheConvolutionHas) {
  GraphMaker make(2);
  const TensorId in = make.Input({1, 6, 7, 3});
  const WindowChoice same = {.kernel_h = 3, .kernel_w = 3, .same = true};
  make.Output(make.DepthwiseConv2D(make.Pad(in, kBorder), same, 2));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&FoldPad, graph));
  const auto& window =
      std::get<DepthwiseConv2DAttrs>(graph.nodes[1].attrs).window;
  EXPECT_EQ(window.pad,
            (Padding{.top = 2, .bottom = 3, .left = 4, .right = 2}));
}

TEST(FoldPad, FoldsIntoEachConvolutionAndLeavesThePadToTheOthers) {
  GraphMaker make(3);
  const TensorId in = make.Input({1, 6, 7, 3});
  const TensorId pad = make.Pad(in, kBorder);
  make.Output(make.Conv2D(pad, kValid, 2));
  make.Output(make.Conv2D(pad, {}, 2));
  make.Output(make.MaxPool2D(pad, kValid));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&FoldPad, graph));
  EXPECT_FALSE(Apply(&RemoveDeadCode, graph));
  EXPECT_EQ(OperatorsOf(graph), "Pad Conv2D Conv2D MaxPool2D");
  EXPECT_EQ(graph.nodes[3].inputs[0], pad);
}

TEST(FoldPad, PadThatIsAnOutputStaysOne) {
  GraphMaker make(4);
  const TensorId in = make.Input({1, 4, 4, 2});
  const TensorId pad = make.Pad(in, kBorder);
  make.Output(pad);
  make.Output(make.Conv2D(pad, kValid, 2));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&FoldPad, graph));
  EXPECT_FALSE(Apply(&RemoveDeadCode, graph));
}

TEST(FoldPad, TwoPadsInARowFoldBoth) {
  GraphMaker make(5);
  const TensorId in = make.Input({1, 4, 5, 2});
  make.Output(make.Conv2D(make.Pad(make.Pad(in, kBorder), kBorder), kValid, 2));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&FoldPad, graph));
  EXPECT_TRUE(Apply(&RemoveDeadCode, graph));
  EXPECT_EQ(OperatorsOf(graph), "Conv2D");
}

void ExpectLeftAlone(GraphMaker& make) {
  Graph graph = make.graph();
  EXPECT_FALSE(Apply(&FoldPad, graph));
}

TEST(FoldPad, LeavesPaddingOfChannels) {
  GraphMaker make(6);
  const TensorId in = make.Input({1, 6, 7, 3});
  make.Output(make.Conv2D(make.Pad(in, {0, 0, 1, 1, 1, 1, 0, 2}), kValid, 2));
  ExpectLeftAlone(make);
}

TEST(FoldPad, LeavesAnotherPadValue) {
  GraphMaker make(7);
  const TensorId in = make.Input({1, 6, 7, 3});
  const int32_t zero_point = make.graph().tensor(in).quant.zero_point();
  const int32_t value = zero_point > 0 ? zero_point - 1 : zero_point + 1;
  make.Output(make.Conv2D(make.Pad(in, kBorder, true, value), kValid, 2));
  ExpectLeftAlone(make);
}

TEST(FoldPad, FoldsAPadValueThatIsTheZeroPoint) {
  GraphMaker make(8);
  const TensorId in = make.Input({1, 6, 7, 3});
  const int32_t zero_point = make.graph().tensor(in).quant.zero_point();
  make.Output(make.Conv2D(make.Pad(in, kBorder, true, zero_point), kValid, 2));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&FoldPad, graph));
}

TEST(FoldPad, LeavesAPadThatChangesTheScale) {
  GraphMaker make(9);
  const TensorId in = make.Input({1, 6, 7, 3});
  make.Output(make.Conv2D(make.Pad(in, kBorder, false), kValid, 2));
  ExpectLeftAlone(make);
}

TEST(FoldPad, LeavesPoolsWhichCountExplicitPadding) {
  GraphMaker make(10);
  const TensorId in = make.Input({1, 6, 7, 3});
  make.Output(make.AveragePool2D(make.Pad(in, kBorder), kValid));
  make.Output(make.MaxPool2D(make.Pad(in, kBorder), kValid));
  ExpectLeftAlone(make);
}

}  // namespace
}  // namespace msf
