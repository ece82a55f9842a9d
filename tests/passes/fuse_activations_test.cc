// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/fuse_activations.h"

#include "tests/passes/pass_test.h"

namespace msf {
namespace {

constexpr WindowChoice kThree = {.kernel_h = 3, .kernel_w = 3};

TEST(FuseActivations, MovesReluAndRelu6IntoTheNodeBefore) {
  GraphMaker make(1);
  const TensorId in = make.Input({1, 6, 7, 3});
  TensorId x = make.Relu6(make.Conv2D(in, kThree, 3));
  x = make.Relu(make.DepthwiseConv2D(x, kThree));
  x = make.Relu6(make.Add(x, in));
  x = make.Relu(make.AveragePool2D(x, kThree));
  x = make.Relu(make.MaxPool2D(x, kThree));
  x = make.Relu6(make.FullyConnected(x, 6 * 7 * 3, 5));
  make.Output(x);
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&FuseActivations, graph));
  EXPECT_EQ(OperatorsOf(graph),
            "Conv2D DepthwiseConv2D Add AveragePool2D MaxPool2D "
            "FullyConnected");
  EXPECT_EQ(std::get<Conv2DAttrs>(graph.nodes[0].attrs).activation,
            Activation::kRelu6);
  EXPECT_EQ(std::get<AddAttrs>(graph.nodes[2].attrs).activation,
            Activation::kRelu6);
  EXPECT_EQ(graph.outputs[0].tensor, x);
}

TEST(FuseActivations, SecondActivationStaysBehindTheFirst) {
  GraphMaker make(2);
  const TensorId in = make.Input({1, 4, 4, 2});
  make.Output(make.Relu(make.Relu6(make.Conv2D(in, kThree, 2))));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&FuseActivations, graph));
  EXPECT_EQ(OperatorsOf(graph), "Conv2D Relu");
}

void ExpectLeftAlone(GraphMaker& make) {
  Graph graph = make.graph();
  EXPECT_FALSE(Apply(&FuseActivations, graph));
}

TEST(FuseActivations, LeavesAReluThatChangesTheScale) {
  GraphMaker make(3);
  const TensorId in = make.Input({1, 4, 4, 2});
  make.Output(make.Relu(make.Conv2D(in, kThree, 2), false));
  ExpectLeftAlone(make);
}

TEST(FuseActivations, LeavesAResultThatSomebodyElseReads) {
  GraphMaker make(4);
  const TensorId in = make.Input({1, 4, 4, 2});
  const TensorId x = make.Conv2D(in, kThree, 2);
  make.Output(make.Add(make.Relu(x), x));
  ExpectLeftAlone(make);
}

TEST(FuseActivations, LeavesAResultThatIsANetworkOutput) {
  GraphMaker make(5);
  const TensorId in = make.Input({1, 4, 4, 2});
  const TensorId x = make.Conv2D(in, kThree, 2);
  make.Output(x);
  make.Output(make.Relu(x));
  ExpectLeftAlone(make);
}

TEST(FuseActivations, LeavesANodeThatHasAnActivation) {
  GraphMaker make(6);
  const TensorId in = make.Input({1, 4, 4, 2});
  WindowChoice clamped = kThree;
  clamped.activation = Activation::kReluN1To1;
  make.Output(make.Relu6(make.Conv2D(in, clamped, 2)));
  ExpectLeftAlone(make);
}

TEST(FuseActivations, LeavesNodesWithoutAClampAndTheNetworksInput) {
  GraphMaker make(7);
  const TensorId in = make.Input({1, 4, 4, 2});
  make.Output(make.Relu(make.Mean(make.Relu6(in), {1, 2}, {1, 2})));
  make.Output(make.Relu6(make.Pad(in, {0, 0, 1, 1, 0, 0, 0, 0})));
  ExpectLeftAlone(make);
}

}  // namespace
}  // namespace msf
