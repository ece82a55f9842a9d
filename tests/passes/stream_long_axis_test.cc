// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/stream_long_axis.h"

#include "tests/passes/pass_test.h"

namespace msf {
namespace {

TEST(StreamLongAxis, OneRowBecomesManyAndWindowsSwap) {
  GraphMaker make(1);
  const TensorId in = make.Input({1, 1, 20, 2});
  const WindowChoice window = {.kernel_h = 1,
                               .kernel_w = 5,
                               .stride_w = 2,
                               .dilation_w = 1,
                               .activation = Activation::kRelu};
  const TensorId x = make.Conv2D(in, window, 3);
  make.Output(make.MaxPool2D(x, {.kernel_w = 3, .stride_w = 2}));
  Graph graph = make.graph();
  const Shape weights = graph.tensor(graph.nodes[0].inputs[1]).shape;
  EXPECT_EQ(weights, (Shape{3, 1, 5, 2}));
  EXPECT_TRUE(Apply(&StreamLongAxis, graph));
  EXPECT_EQ(graph.tensor(in).hwc, (Hwc{20, 1, 2}));
  EXPECT_EQ(graph.tensor(x).hwc, (Hwc{10, 1, 3}));
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[1]).shape, (Shape{3, 5, 1, 2}));
  const auto& swapped = std::get<Conv2DAttrs>(graph.nodes[0].attrs).window;
  EXPECT_EQ(swapped.kernel_h, 5);
  EXPECT_EQ(swapped.stride_h, 2);
  EXPECT_EQ(swapped.pad, (Padding{.top = 1, .bottom = 2}));  // SAME: 3 in all
  // The user's view is that of the file.
  EXPECT_EQ(graph.inputs[0].shape, (Shape{1, 1, 20, 2}));
}

TEST(StreamLongAxis, TallKernelOverOneRowSwapsItsWeights) {
  GraphMaker make(2);
  const TensorId in = make.Input({1, 1, 9, 3});
  const TensorId x =
      make.DepthwiseConv2D(in, {.kernel_h = 3, .kernel_w = 4}, 2);
  make.Output(make.Conv2D(x, {.kernel_h = 2, .kernel_w = 3}, 2));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&StreamLongAxis, graph));
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[1]).shape, (Shape{1, 4, 3, 6}));
}

TEST(StreamLongAxis, SharedWeightsSwapForTheNodeThatSwapsAlone) {
  GraphMaker make(3);
  const TensorId line = make.Input({1, 1, 9, 2});
  const TensorId picture = make.Input({1, 6, 9, 2});
  const WindowChoice window = {.kernel_h = 2, .kernel_w = 3};
  make.Output(make.Conv2D(line, window, 3));
  make.Output(make.Conv2D(picture, window, 3));
  Graph graph = make.graph();
  graph.nodes[0].inputs = {line, graph.nodes[1].inputs[1], kNoTensor};
  const TensorId shared = graph.nodes[1].inputs[1];
  EXPECT_TRUE(Apply(&StreamLongAxis, graph));
  EXPECT_EQ(graph.nodes[1].inputs[1], shared);
  EXPECT_NE(graph.nodes[0].inputs[1], shared);
  EXPECT_EQ(graph.tensor(picture).hwc, (Hwc{6, 9, 2}));
  EXPECT_EQ(graph.tensor(line).hwc, (Hwc{9, 1, 2}));
}

TEST(StreamLongAxis, AddsSwapWithTheirConstantsAndBroadcasts) {
  GraphMaker make(4);
  const TensorId in = make.Input({1, 1, 8, 3});
  TensorId x = make.AddTo(in, {1, 1, 8, 3});
  x = make.AddTo(x, {3});
  x = make.AddTo(x, {1, 1, 8, 1});
  const TensorId mean = make.Mean(x, {1, 2}, {1, 1, 1, 3});
  make.Output(make.Add(x, mean));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&StreamLongAxis, graph));
  EXPECT_EQ(graph.tensor(x).hwc, (Hwc{8, 1, 3}));
  EXPECT_TRUE(std::get<MeanAttrs>(graph.nodes[3].attrs).reduce_h);
}

TEST(StreamLongAxis, PadsAndPoolsSwap) {
  GraphMaker make(5);
  const TensorId in = make.Input({1, 1, 8, 3});
  const TensorId x = make.Pad(in, {0, 0, 0, 0, 3, 1, 1, 0});
  make.Output(make.AveragePool2D(x, {.kernel_w = 4, .stride_w = 3}));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&StreamLongAxis, graph));
  EXPECT_EQ(graph.tensor(x).hwc, (Hwc{12, 1, 4}));
}

void ExpectLeftAlone(GraphMaker& make) {
  Graph graph = make.graph();
  EXPECT_FALSE(Apply(&StreamLongAxis, graph));
}

TEST(StreamLongAxis, LeavesPictures) {
  GraphMaker make(6);
  const TensorId in = make.Input({1, 4, 9, 2});
  make.Output(make.Conv2D(in, {.kernel_h = 3, .kernel_w = 3}, 2));
  ExpectLeftAlone(make);
}

TEST(StreamLongAxis, LeavesOneRowThatGrowsIntoSeveral) {
  GraphMaker make(7);
  const TensorId in = make.Input({1, 1, 9, 2});
  const TensorId x = make.Conv2D(in, {.kernel_w = 3}, 2);
  make.Output(make.Pad(x, {0, 0, 1, 1, 0, 0, 0, 0}));
  ExpectLeftAlone(make);  // the Pad holds its whole region back
}

TEST(StreamLongAxis, LeavesOneRowThatIsMadeOfSeveral) {
  GraphMaker make(8);
  const TensorId in = make.Input({1, 5, 9, 2});
  const TensorId x =
      make.Conv2D(in, {.kernel_h = 5, .kernel_w = 3, .same = false}, 2);
  make.Output(make.Conv2D(x, {.kernel_w = 3}, 2));
  ExpectLeftAlone(make);
}

TEST(StreamLongAxis, SwapsTheRegionOnOneSideOfAReshapeOnly) {
  GraphMaker make(9);
  const TensorId in = make.Input({1, 1, 12, 2});
  const TensorId x = make.Conv2D(in, {.kernel_w = 3}, 2);
  const TensorId picture = make.Reshape(x, {1, 3, 4, 2});
  make.Output(make.Conv2D(picture, {.kernel_h = 3, .kernel_w = 3}, 2));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&StreamLongAxis, graph));
  EXPECT_EQ(graph.tensor(x).hwc, (Hwc{12, 1, 2}));
  EXPECT_EQ(graph.tensor(picture).hwc, (Hwc{3, 4, 2}));
}

TEST(StreamLongAxis, DenseLayersAndTransposesSeeBytesNotAxes) {
  GraphMaker make(10);
  const TensorId in = make.Input({1, 1, 12, 2});
  const TensorId x = make.Conv2D(in, {.kernel_w = 3}, 4);
  make.Output(make.FullyConnected(x, 48, 5));
  make.Output(make.FullyConnected(x, 4, 5));
  make.Output(make.Transpose(x, {0, 3, 1, 2}));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&StreamLongAxis, graph));
  EXPECT_EQ(graph.tensor(x).hwc, (Hwc{12, 1, 4}));
}

TEST(StreamLongAxis, RandomLineNetworksKeepTheirBytes) {
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    GraphMaker make(seed);
    Dice& dice = make.dice();
    TensorId x = make.Input({1, 1, dice.Int(2, 30), dice.Int(1, 4)});
    for (int32_t n = dice.Int(1, 6); n > 0; --n) {
      const WindowChoice window = {.kernel_h = dice.Int(1, 3),
                                   .kernel_w = dice.Int(1, 5),
                                   .stride_w = dice.Int(1, 2),
                                   .activation = Activation::kRelu6};
      const int32_t c = make.shape(x)[3];
      switch (dice.Int(0, 7)) {
        case 0:
        case 1:
          x = make.Conv2D(x, window, dice.Int(1, 4));
          break;
        case 2:
          x = make.DepthwiseConv2D(x, window, dice.Int(1, 2));
          break;
        case 3:
          x = make.AveragePool2D(x, window);
          break;
        case 4:
          x = make.MaxPool2D(x, window);
          break;
        case 5:
          x = make.Add(x, make.Conv2D(x, {.kernel_w = 3}, c));
          break;
        case 6:
          x = make.Add(x, make.Mean(x, {2}, {1, 1, 1, c}));
          break;
        default:
          x = make.Pad(x, {0, 0, 0, 0, dice.Int(0, 2), dice.Int(0, 3), 0, 0});
      }
    }
    make.Output(x);
    SCOPED_TRACE("seed " + std::to_string(seed));
    Graph graph = make.graph();
    Apply(&StreamLongAxis, graph);
    for (const Node& node : graph.nodes) {
      EXPECT_EQ(graph.tensor(node.outputs[0]).hwc.w, 1);
    }
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace msf
