// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ir/graph.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/graph_maker.h"

namespace msf {
namespace {

TEST(CanonicalHwc, SeesEveryRankAsRows) {
  EXPECT_EQ(CanonicalHwc({}), (Hwc{1, 1, 1}));
  EXPECT_EQ(CanonicalHwc({7}), (Hwc{1, 1, 7}));
  EXPECT_EQ(CanonicalHwc({3, 7}), (Hwc{3, 1, 7}));
  EXPECT_EQ(CanonicalHwc({1, 3, 7}), (Hwc{3, 1, 7}));
  EXPECT_EQ(CanonicalHwc({2, 3, 7}), (Hwc{2, 3, 7}));
  EXPECT_EQ(CanonicalHwc({1, 5, 6, 7}), (Hwc{5, 6, 7}));
  EXPECT_EQ(CanonicalHwc({2, 5, 6, 7}), (Hwc{10, 6, 7}));
  EXPECT_EQ(CanonicalHwc({2, 3, 4, 5, 6}), (Hwc{120, 1, 6}));
}

TEST(CanonicalHwc, KeepsTheNumberOfElements) {
  for (const Shape& shape :
       {Shape{9}, Shape{4, 3}, Shape{1, 4, 3}, Shape{4, 3, 2},
        Shape{2, 3, 4, 5}, Shape{1, 2, 3, 4, 5, 6}}) {
    const Hwc hwc = CanonicalHwc(shape);
    int64_t elements = 1;
    for (int32_t dim : shape) elements *= dim;
    EXPECT_EQ(int64_t{hwc.h} * hwc.w * hwc.c, elements) << ToString(shape);
  }
}

TEST(ToString, WritesShapesAndTypes) {
  EXPECT_EQ(ToString(Shape{}), "scalar");
  EXPECT_EQ(ToString(Shape{1, 96, 96, 3}), "1x96x96x3");
  EXPECT_EQ(ToString(Hwc{96, 48, 3}), "96x48x3");
  EXPECT_STREQ(ToString(DType::kInt8), "INT8");
  EXPECT_STREQ(ToString(DType::kFloat32), "FLOAT32");
}

TEST(Tensor, CountsBytesByTypeAndRow) {
  Graph graph;
  const TensorId id = AddTensor(graph, DType::kFloat32, {1, 2, 3, 5});
  EXPECT_EQ(graph.tensor(id).elements(), 30);
  EXPECT_EQ(graph.tensor(id).row_bytes(), 60);
  EXPECT_EQ(graph.tensor(id).bytes(), 120);
}

// in -> conv -> + in -> out
Graph Residual() {
  GraphMaker make(1);
  const TensorId in = make.Input({1, 4, 5, 2});
  const TensorId x = make.Conv2D(in, {.kernel_h = 3, .kernel_w = 3}, 2);
  make.Output(make.Add(x, in));
  return make.graph();
}

TEST(Dump, HasOneLineForEachNodeAndPort) {
  const Graph graph = Residual();
  const std::string bias = graph.nodes[0].inputs[2] == kNoTensor
                               ? "-"
                               : "%" + std::to_string(graph.nodes[0].inputs[2]);
  const std::string conv = std::to_string(graph.nodes[0].outputs[0]);
  const std::string sum = std::to_string(graph.nodes[1].outputs[0]);
  EXPECT_EQ(Dump(graph),
            "%0 = input INT8 4x5x2 'in0'\n"
            "%" +
                conv + " = Conv2D(%0, %1, " + bias +
                ") INT8 4x5x2  # node 0\n"
                "%" +
                sum + " = Add(%" + conv +
                ", %0) INT8 4x5x2  # node 1\n"
                "output %" +
                sum + " 'out" + sum + "'\n");
}

TEST(Graph, KnowsProducersAndConsumers) {
  const Graph graph = Residual();
  const auto producers = Producers(graph);
  const auto consumers = Consumers(graph);
  const TensorId conv = graph.nodes[0].outputs[0];
  EXPECT_EQ(producers[0], -1);
  EXPECT_EQ(producers[static_cast<size_t>(conv)], 0);
  EXPECT_EQ(consumers[0], (std::vector<NodeId>{0, 1}));
  EXPECT_EQ(consumers[static_cast<size_t>(conv)], (std::vector<NodeId>{1}));
  EXPECT_EQ(ActivationInputs(graph, graph.nodes[0]),
            (std::vector<TensorId>{0}));
}

TEST(Graph, NodeThatReadsATensorTwiceIsOneConsumer) {
  GraphMaker make(2);
  const TensorId in = make.Input({1, 4});
  make.Output(make.Add(in, in));
  EXPECT_EQ(Consumers(make.graph())[0], (std::vector<NodeId>{0}));
}

TEST(Where, NamesFileNodeAndTensor) {
  Graph graph = Residual();
  graph.source = "m.tflite";
  graph.tensor(graph.nodes[0].outputs[0]).name = "conv1";
  EXPECT_EQ(Where(graph, graph.nodes[0], "CONV_2D"),
            "m.tflite: node 0 CONV_2D 'conv1'");
}

struct Damage {
  const char* reason;  // a part of what the diagnostic says
  std::function<void(Graph&)> inflict;
};

TEST(VerifyGraph, AcceptsAGoodGraph) {
  EXPECT_TRUE(VerifyGraph(Residual()).has_value());
}

TEST(VerifyGraph, RefusesDamageWithTheReason) {
  const auto set_shape = [](Tensor& tensor, Shape shape) {
    tensor.hwc = CanonicalHwc(shape);
    tensor.shape = std::move(shape);
  };
  const std::vector<Damage> damages = {
      {"input out of range", [](Graph& g) { g.nodes[1].inputs[0] = 99; }},
      {"input out of range", [](Graph& g) { g.nodes[1].inputs[0] = -2; }},
      {"output out of range", [](Graph& g) { g.nodes[1].outputs[0] = 99; }},
      {"output out of range",
       [](Graph& g) { g.nodes[1].outputs[0] = kNoTensor; }},
      {"input out of range", [](Graph& g) { g.inputs[0].tensor = 99; }},
      {"is written by no node", [](Graph& g) { g.outputs[0].tensor = 99; }},
      {"is written by no node", [](Graph& g) { g.nodes.pop_back(); }},
      {"before any node has written it",
       [](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); }},
      {"before any node has written it", [](Graph& g) { g.inputs.clear(); }},
      {"before any node has written it",
       [](Graph& g) { g.nodes[0].inputs[0] = g.nodes[1].outputs[0]; }},
      {"already written",
       [](Graph& g) { g.nodes[1].outputs[0] = g.nodes[0].outputs[0]; }},
      {"already written", [](Graph& g) { g.nodes[1].outputs[0] = 0; }},
      {"already written",
       [](Graph& g) { g.nodes[1].outputs[0] = g.nodes[0].inputs[1]; }},
      {"has dimension 0",
       [&](Graph& g) {
         set_shape(g.tensors[0], {1, 0, 5, 2});
       }},
      {"has dimension -4",
       [&](Graph& g) {
         set_shape(g.tensor(g.nodes[1].outputs[0]), {1, -4, 5, 2});
       }},
      {"larger than 2 GB",
       [&](Graph& g) {
         set_shape(g.tensors[0], {1, 65536, 65536, 2});
       }},
      {"do not hold shape", [](Graph& g) { g.tensors[0].hwc.h = 3; }},
      {"holds 54 bytes, its shape 2x3x3x3 needs",
       [&](Graph& g) {
         Tensor& weights = g.tensor(g.nodes[0].inputs[1]);
         weights.data = std::make_shared<const std::vector<uint8_t>>(54);
         set_shape(weights, {2, 3, 3, 3});
         weights.dtype = DType::kInt32;
       }},
  };
  for (const Damage& damage : damages) {
    Graph graph = Residual();
    damage.inflict(graph);
    const Result<void> result = VerifyGraph(graph);
    ASSERT_FALSE(result.has_value()) << damage.reason;
    EXPECT_NE(result.error().what.find(damage.reason), std::string::npos)
        << "wanted: " << damage.reason << "\ngot: " << result.error().what;
    EXPECT_FALSE(result.error().where.empty());
  }
}

TEST(VerifyGraph, LooksAtInputsThatNobodyReads) {
  Graph graph = Residual();
  const TensorId id = AddTensor(graph, DType::kInt8, {1, 4});
  graph.inputs.push_back({.tensor = id, .name = "unread"});
  EXPECT_TRUE(VerifyGraph(graph).has_value());
  graph.tensor(id).shape = {1, -4};
  graph.tensor(id).hwc = {1, 1, -4};
  const Result<void> result = VerifyGraph(graph);
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().what.find("has dimension -4"), std::string::npos)
      << result.error().what;
}

}  // namespace
}  // namespace msf
