// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/tflite.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/import/model_builder.h"
#include "tests/import/small_net.h"
#include "tests/import/wire_model.h"

namespace msf {
namespace {

void ExpectSameTensor(const Tensor& a, const Tensor& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.source_index, b.source_index);
  EXPECT_EQ(a.dtype, b.dtype);
  EXPECT_EQ(a.shape, b.shape);
  EXPECT_EQ(a.hwc, b.hwc);
  EXPECT_EQ(a.quant, b.quant);
  ASSERT_EQ(a.IsConstant(), b.IsConstant());
  if (a.IsConstant()) {
    EXPECT_EQ(*a.data, *b.data);
  }
}

void ExpectSamePort(const Port& a, const Port& b) {
  EXPECT_EQ(a.tensor, b.tensor);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.dtype, b.dtype);
  EXPECT_EQ(a.shape, b.shape);
  EXPECT_EQ(a.quant, b.quant);
}

wire::TensorT& TensorOf(wire::ModelT& model, TensorId id) {
  return *model.subgraphs[0]->tensors[static_cast<size_t>(id)];
}

// The graph, or a failure that prints the diagnostic.
Graph Import(const wire::ModelT& model) {
  Result<Graph> graph = ImportTflite("m.tflite", Pack(model));
  EXPECT_TRUE(graph) << ToString(graph.error());
  return graph ? std::move(*graph) : Graph();
}

TEST(Tflite, AGraphComesBackAsItWasWritten) {
  const Graph graph = SmallNet();
  const Result<Graph> back = ImportTflite(graph.source, ToTflite(graph));
  ASSERT_TRUE(back) << ToString(back.error());
  EXPECT_EQ(Dump(*back), Dump(graph));
  EXPECT_EQ(back->source, graph.source);
  ASSERT_EQ(back->tensors.size(), graph.tensors.size());
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    SCOPED_TRACE(graph.tensors[i].name);
    ExpectSameTensor(back->tensors[i], graph.tensors[i]);
  }
  ASSERT_EQ(back->nodes.size(), graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    EXPECT_EQ(back->nodes[i].inputs, graph.nodes[i].inputs);
    EXPECT_EQ(back->nodes[i].outputs, graph.nodes[i].outputs);
    EXPECT_EQ(back->nodes[i].source_index, graph.nodes[i].source_index);
    EXPECT_EQ(back->nodes[i].attrs.index(), graph.nodes[i].attrs.index());
  }
  ASSERT_EQ(back->inputs.size(), 1u);
  ASSERT_EQ(back->outputs.size(), 1u);
  ExpectSamePort(back->inputs[0], graph.inputs[0]);
  ExpectSamePort(back->outputs[0], graph.outputs[0]);
}

TEST(Tflite, OptionsReachTheAttributesOfTheNode) {
  const Graph graph = Import(ToWire(SmallNet()));
  ASSERT_EQ(graph.nodes.size(), 7u);
  const auto* conv = std::get_if<Conv2DAttrs>(&graph.nodes[kConvNode].attrs);
  ASSERT_NE(conv, nullptr);
  EXPECT_EQ(conv->activation, Activation::kRelu6);
  EXPECT_EQ(conv->window.kernel_h, 3);
  EXPECT_EQ(conv->window.dilation_w, 1);
  EXPECT_EQ(conv->window.pad,
            (Padding{.top = 1, .bottom = 1, .left = 1, .right = 1}));
  const auto* pool =
      std::get_if<AveragePool2DAttrs>(&graph.nodes[kPoolNode].attrs);
  ASSERT_NE(pool, nullptr);
  EXPECT_EQ(pool->window.stride_w, 2);
  EXPECT_EQ(pool->window.kernel_w, 2);
  EXPECT_EQ(pool->window.pad, Padding{});
  const auto* softmax =
      std::get_if<SoftmaxAttrs>(&graph.nodes[kSoftmaxNode].attrs);
  ASSERT_NE(softmax, nullptr);
  EXPECT_EQ(softmax->beta, 1.0f);
}

TEST(Tflite, WithoutASignaturePortsAreNamedAfterTheirTensors) {
  wire::ModelT model = ToWire(SmallNet());
  model.signature_defs.clear();
  const Graph graph = Import(model);
  EXPECT_EQ(graph.inputs.at(0).name, "input");
  EXPECT_EQ(graph.outputs.at(0).name, "softmax");
}

TEST(Tflite, TheSignatureOfAnotherSubgraphIsNotUsed) {
  wire::ModelT model = ToWire(SmallNet());
  model.signature_defs[0]->subgraph_index = 1;
  EXPECT_EQ(Import(model).inputs.at(0).name, "input");
}

TEST(Tflite, OnlyTheFirstSubgraphIsRead) {
  wire::ModelT model = ToWire(SmallNet());
  model.subgraphs.push_back(std::make_unique<wire::SubGraphT>());
  model.subgraphs.back()->inputs = {99};
  EXPECT_EQ(Import(model).nodes.size(), 7u);
}

TEST(Tflite, OperatorCodesOfOldFilesAreInTheNarrowField) {
  wire::ModelT model = ToWire(SmallNet());
  for (auto& code : model.operator_codes) {
    code->builtin_code = wire::BuiltinOperator_ADD;  // not written: absent
  }
  EXPECT_EQ(Dump(Import(model)), Dump(SmallNet()));
}

TEST(Tflite, TensorsThatShareABufferShareTheCopy) {
  wire::ModelT model = ToWire(SmallNet());
  TensorOf(model, kDwWeights).shape = {1, 3, 6, 3};
  TensorOf(model, kDwWeights).buffer = TensorOf(model, kConvWeights).buffer;
  const auto file = ReadTflite("m.tflite", Pack(model));
  ASSERT_TRUE(file) << ToString(file.error());
  EXPECT_EQ(file->graph.tensor(kDwWeights).data,
            file->graph.tensor(kConvWeights).data);
}

TEST(Tflite, OneZeroPointServesAllChannels) {
  wire::ModelT model = ToWire(SmallNet());
  TensorOf(model, kConvWeights).quantization->zero_point = {0};
  EXPECT_EQ(Import(model).tensor(kConvWeights).quant.zero_points,
            (std::vector<int32_t>{0, 0, 0}));
}

TEST(Tflite, AStrayAxisOfASingleScaleIsForgotten) {
  wire::ModelT model = ToWire(SmallNet());
  TensorOf(model, kFcWeights).quantization->quantized_dimension = 3;
  EXPECT_EQ(Import(model).tensor(kFcWeights).quant.axis, 0);
}

TEST(Tflite, ABiasMayHaveAnyQuantization) {
  wire::ModelT model = ToWire(SmallNet());
  wire::QuantizationT& quant = *TensorOf(model, kConvBias).quantization;
  quant.quantized_dimension = 3;
  quant.scale = {0, -1};
  quant.zero_point = {5, 6, 7};
  EXPECT_EQ(Import(model).tensor(kConvBias).quant.axis, 0);
}

TEST(Tflite, AConstantMayHaveANegativeScale) {
  wire::ModelT model = ToWire(SmallNet());
  TensorOf(model, kConvWeights).quantization->scale[1] = -0.5f;
  const auto file = ReadTflite("m.tflite", Pack(model));
  ASSERT_TRUE(file) << ToString(file.error());
  EXPECT_TRUE(file->unsupported.empty());
  EXPECT_EQ(file->graph.tensor(kConvWeights).quant.scales[1], -0.5f);
}

TEST(Tflite, OddTensorsThatNothingUsesDoNoHarm) {
  wire::ModelT model = ToWire(SmallNet());
  auto& tensors = model.subgraphs[0]->tensors;
  const auto add = [&] {
    tensors.push_back(std::make_unique<wire::TensorT>());
    return tensors.back().get();
  };
  add()->type = wire::TensorType_STRING;
  add()->type = static_cast<wire::TensorType>(99);
  add()->shape = {-1, 1 << 30, 1 << 30};
  add()->buffer = 12345;
  add()->is_variable = true;
  wire::TensorT* short_one = add();
  short_one->shape = {1000};
  short_one->buffer = 1;
  EXPECT_EQ(Import(model).nodes.size(), 7u);
}

TEST(Tflite, ATensorWithoutAShapeIsAScalar) {
  wire::ModelT model = ToWire(SmallNet());
  auto scalar = std::make_unique<wire::TensorT>();
  scalar->type = wire::TensorType_INT8;
  model.subgraphs[0]->tensors.push_back(std::move(scalar));
  const Graph graph = Import(model);
  EXPECT_EQ(graph.tensors.back().shape, Shape());
  EXPECT_EQ(graph.tensors.back().hwc, (Hwc{1, 1, 1}));
}

TEST(Tflite, TheDataOfBufferZeroIsNoData) {
  wire::ModelT model = ToWire(SmallNet());
  model.buffers[0]->data = {1, 2, 3};
  EXPECT_FALSE(Import(model).tensor(kInput).IsConstant());
}

TEST(Tflite, OddPortsDoNoHarm) {
  wire::ModelT model = ToWire(SmallNet());
  // A node's result twice, an input and a constant as outputs.
  model.subgraphs[0]->outputs = {kOutput, kOutput, kInput, kFcWeights};
  EXPECT_EQ(Import(model).outputs.size(), 4u);
}

TEST(Tflite, NamesAreCleanedOfControlCharacters) {
  wire::ModelT model = ToWire(SmallNet());
  TensorOf(model, kConv).name = "a\x1b[31m\xff";
  EXPECT_EQ(Import(model).tensor(kConv).name, "a?[31m?");
}

}  // namespace
}  // namespace msf
