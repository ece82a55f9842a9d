// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/remove_noops.h"

#include "tests/passes/pass_test.h"

namespace msf {
namespace {

constexpr WindowChoice kThree = {.kernel_h = 3, .kernel_w = 3};

// What is left of the nodes.
std::string Left(GraphMaker& make) {
  Graph graph = make.graph();
  Apply(&RemoveNoOps, graph);
  return OperatorsOf(graph);
}

TEST(RemoveNoOps, DropsAPadByNothing) {
  GraphMaker make(1);
  const TensorId in = make.Input({1, 4, 5, 2});
  const TensorId pad = make.Pad(in, {0, 0, 0, 0, 0, 0, 0, 0});
  make.Output(make.Conv2D(pad, kThree, 2));
  EXPECT_EQ(Left(make), "Conv2D");
}

TEST(RemoveNoOps, KeepsAPadByNothingThatChangesTheScale) {
  GraphMaker make(2);
  const TensorId in = make.Input({1, 4, 5, 2});
  const TensorId pad = make.Pad(in, {0, 0, 0, 0, 0, 0, 0, 0}, false);
  make.Output(make.Conv2D(pad, kThree, 2));
  EXPECT_EQ(Left(make), "Pad Conv2D");
}

TEST(RemoveNoOps, DropsAReshapeBeforeADenseLayerOfOneVector) {
  GraphMaker make(3);
  const TensorId in = make.Input({1, 4, 5, 2});
  const TensorId x = make.Conv2D(in, kThree, 3);
  make.Output(make.FullyConnected(make.Reshape(x, {1, 60}), 60, 4));
  EXPECT_EQ(Left(make), "Conv2D FullyConnected");
}

TEST(RemoveNoOps, KeepsAReshapeBeforeADenseLayerOfSeveralVectors) {
  GraphMaker make(4);
  const TensorId in = make.Input({1, 4, 5, 2});
  const TensorId x = make.Conv2D(in, kThree, 3);
  make.Output(make.FullyConnected(make.Reshape(x, {20, 3}), 3, 4));
  EXPECT_EQ(Left(make), "Conv2D Reshape FullyConnected");
}

TEST(RemoveNoOps, KeepsAReshapeThatChangesTheScaleInTheMiddle) {
  GraphMaker make(5);
  const TensorId in = make.Input({1, 4, 5, 2});
  const TensorId x = make.Conv2D(in, kThree, 3);
  make.Output(make.FullyConnected(make.Reshape(x, {1, 60}, false), 60, 4));
  EXPECT_EQ(Left(make), "Conv2D Reshape FullyConnected");
}

TEST(RemoveNoOps, DropsALastReshapeWhateverItsScale) {
  GraphMaker make(6);
  const TensorId in = make.Input({1, 4, 5, 2});
  const TensorId x = make.Conv2D(in, kThree, 3);
  make.Output(make.Reshape(x, {60}, false));
  Graph graph = make.graph();
  const Port port = graph.outputs[0];
  EXPECT_TRUE(Apply(&RemoveNoOps, graph));
  EXPECT_EQ(OperatorsOf(graph), "Conv2D");
  EXPECT_EQ(graph.outputs[0].tensor, x);
  EXPECT_EQ(graph.outputs[0].shape, port.shape);  // as the user sees it
  EXPECT_EQ(graph.outputs[0].quant, port.quant);
}

TEST(RemoveNoOps, InputTakesTheRowsOfItsOnlyReshape) {
  GraphMaker make(7);
  const TensorId in = make.Input({1, 40});
  const TensorId x = make.Reshape(in, {1, 4, 5, 2});
  make.Output(make.Conv2D(x, kThree, 3));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&RemoveNoOps, graph));
  EXPECT_EQ(OperatorsOf(graph), "Conv2D");
  EXPECT_EQ(graph.tensor(in).hwc, (Hwc{4, 5, 2}));
  EXPECT_EQ(graph.inputs[0].shape, (Shape{1, 40}));
}

TEST(RemoveNoOps, InputThatIsReadTwiceKeepsItsRows) {
  GraphMaker make(8);
  const TensorId in = make.Input({1, 40});
  make.Output(make.Conv2D(make.Reshape(in, {1, 4, 5, 2}), kThree, 3));
  make.Output(make.Conv2D(make.Reshape(in, {1, 5, 4, 2}), kThree, 3));
  EXPECT_EQ(Left(make), "Reshape Conv2D Reshape Conv2D");
}

TEST(RemoveNoOps, DropsATransposeThatMovesNoByte) {
  GraphMaker make(9);
  const TensorId in = make.Input({1, 6, 1, 3});
  const TensorId x = make.Conv2D(in, kThree, 3);
  make.Output(make.Softmax(make.Transpose(x, {0, 2, 1, 3})));
  // Softmax sees rows of 1 x 6 x 3 where there were 6 x 1 x 3.
  EXPECT_EQ(Left(make), "Conv2D Transpose Softmax");
  GraphMaker same(10);
  const TensorId y = same.Conv2D(same.Input({1, 6, 5, 3}), kThree, 3);
  same.Output(same.Softmax(same.Transpose(y, {0, 1, 2, 3})));
  EXPECT_EQ(Left(same), "Conv2D Softmax");
}

TEST(RemoveNoOps, KeepsATransposeThatMovesBytes) {
  GraphMaker make(11);
  const TensorId in = make.Input({1, 6, 5, 3});
  make.Output(make.Transpose(in, {0, 2, 1, 3}));
  EXPECT_EQ(Left(make), "Transpose");
}

TEST(RemoveNoOps, DropsAQuantizeToTheSameScaleOnly) {
  GraphMaker make(12);
  const TensorId in = make.Input({1, 4, 5, 2});
  const TensorId same = make.Quantize(make.Conv2D(in, kThree, 2), true);
  make.Output(make.Conv2D(make.Quantize(same, false), kThree, 2));
  EXPECT_EQ(Left(make), "Conv2D Quantize Conv2D");
}

TEST(RemoveNoOps, ChainOfReshapesCollapses) {
  GraphMaker make(13);
  const TensorId in = make.Input({1, 4, 5, 2});
  TensorId x = make.Conv2D(in, kThree, 3);
  x = make.Reshape(make.Reshape(make.Reshape(x, {60}), {3, 20}), {1, 60});
  make.Output(make.FullyConnected(x, 60, 4));
  EXPECT_EQ(Left(make), "Conv2D FullyConnected");
}

// The rows are the same, the dimensions are not: [1, 4, 6] and [4, 6].
TEST(RemoveNoOps, KeepsAReshapeWhoseDimensionsATransposePermutes) {
  GraphMaker make(14);
  const TensorId in = make.Input({1, 4, 6});
  const TensorId x = make.Relu(in);
  make.Output(make.Transpose(make.Reshape(x, {4, 6}), {1, 0}));
  EXPECT_EQ(Left(make), "Relu Reshape Transpose");
}

TEST(RemoveNoOps, KeepsAReshapeWhoseDimensionsAnAddBroadcasts) {
  GraphMaker make(15);
  const TensorId in = make.Input({4, 6});
  const TensorId gate = make.Input({1, 4, 1});
  const TensorId x = make.Relu(in);
  make.Output(make.Add(x, make.Reshape(make.Relu(gate), {4, 1})));
  EXPECT_EQ(Left(make), "Relu Relu Reshape Add");
}

TEST(RemoveNoOps, DropsAReshapeOfEqualRowsBeforeAnEvenAdd) {
  GraphMaker make(16);
  const TensorId in = make.Input({4, 6});
  const TensorId other = make.Input({1, 4, 6});
  const TensorId x = make.Relu(in);
  make.Output(make.Add(x, make.Reshape(make.Relu(other), {4, 6})));
  EXPECT_EQ(Left(make), "Relu Relu Add");
}

}  // namespace
}  // namespace msf
