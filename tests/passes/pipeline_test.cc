// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/pipeline.h"

#include "passes/remove_dead_code.h"
#include "tests/passes/pass_test.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

TEST(RemoveDeadCode, RemovesChainsThatNobodyReads) {
  GraphMaker make(1);
  const TensorId in = make.Input({1, 4, 4, 2});
  const TensorId x = make.Relu(in);
  make.Relu6(make.Conv2D(x, {}, 3));
  make.Output(make.Add(x, in));
  Graph graph = make.graph();
  EXPECT_TRUE(Apply(&RemoveDeadCode, graph));
  EXPECT_EQ(OperatorsOf(graph), "Relu Add");
}

TEST(RemoveDeadCode, KeepsWhatOnlyAnOutputNames) {
  GraphMaker make(2);
  const TensorId in = make.Input({1, 4, 4, 2});
  const TensorId x = make.Relu(in);
  make.Output(make.Conv2D(x, {}, 3));
  make.Output(x);
  Graph graph = make.graph();
  EXPECT_FALSE(Apply(&RemoveDeadCode, graph));
}

TEST(RunPasses, PadConvolutionRelu6ReshapeDenseBecomesTwoNodes) {
  GraphMaker make(3);
  const TensorId in = make.Input({1, 60});
  TensorId x = make.Reshape(in, {1, 5, 4, 3});
  x = make.Pad(x, {0, 0, 1, 1, 1, 1, 0, 0});
  x = make.Conv2D(x, {.kernel_h = 3, .kernel_w = 3, .same = false}, 2);
  x = make.Reshape(make.Relu6(x), {1, 40});
  make.Output(make.FullyConnected(x, 40, 6));
  make.Softmax(x);  // nobody reads it
  Graph graph = make.graph();
  const std::vector<Bytes> outputs = OutputBytes(graph);
  std::string passes;
  PipelineOptions options;
  options.trace = [&](const std::string& pass, const Graph&) {
    passes += pass + " ";
  };
  ASSERT_TRUE(RunPasses(graph, options).has_value());
  EXPECT_EQ(OperatorsOf(graph), "Conv2D FullyConnected") << Dump(graph);
  EXPECT_EQ(OutputBytes(graph), outputs);
  EXPECT_EQ(passes,
            "RemoveDeadCode RemoveNoOps FoldPad FuseActivations "
            "RemoveDeadCode ");
}

TEST(RunPasses, KeepsTheBytesAndIsDoneAfterOnceOrTwice) {
  ForSeeds(1500, [](uint32_t seed) {
    const Graph file = RandomGraph(seed);
    const std::vector<Bytes> outputs = OutputBytes(file);
    Graph graph = file;
    std::string last = Dump(graph);
    // A pass may make room for an earlier one, but not for ever.
    int runs = 0;
    for (; runs < 4; ++runs) {
      const Result<void> passed = RunPasses(graph);
      ASSERT_TRUE(passed.has_value()) << ToString(passed.error());
      ASSERT_TRUE(VerifyGraph(graph).has_value());
      ASSERT_EQ(OutputBytes(graph), outputs) << "before:\n"
                                             << Dump(file) << "after:\n"
                                             << Dump(graph);
      if (Dump(graph) == last) break;
      last = Dump(graph);
    }
    EXPECT_LT(runs, 4) << Dump(file);
    ASSERT_EQ(graph.inputs.size(), file.inputs.size());
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      EXPECT_EQ(graph.inputs[i].shape, file.inputs[i].shape);
      EXPECT_EQ(graph.inputs[i].quant, file.inputs[i].quant);
    }
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      EXPECT_EQ(graph.outputs[i].shape, file.outputs[i].shape);
      EXPECT_EQ(graph.outputs[i].quant, file.outputs[i].quant);
    }
  });
}

// Every operator still infers the rows that its output has.
TEST(RunPasses, LeavesRowsThatOperatorsAgreeWith) {
  ForSeeds(1500, [](uint32_t seed) {
    Graph graph = RandomGraph(seed);
    const std::string before = Dump(graph);
    ASSERT_TRUE(RunPasses(graph).has_value());
    for (const Node& node : graph.nodes) {
      const Result<Hwc> inferred = OpDefOf(node).infer(graph, node);
      ASSERT_TRUE(inferred.has_value()) << Dump(graph);
      const Hwc& rows = graph.tensor(node.outputs[0]).hwc;
      const bool bytes_only =
          std::holds_alternative<ReshapeAttrs>(node.attrs) ||
          std::holds_alternative<TransposeAttrs>(node.attrs);
      if (bytes_only) continue;
      EXPECT_EQ(ToString(*inferred), ToString(rows))
          << "node " << node.source_index << "\nbefore:\n"
          << before << "after:\n"
          << Dump(graph);
    }
  });
}

}  // namespace
}  // namespace msf
