// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Files that are refused, and the words they are refused with.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "import/tflite.h"
#include "tests/import/small_net.h"
#include "tests/import/wire_model.h"

namespace msf {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// SmallNet as a file, with short cuts to what tests spoil.
struct Spoiled {
  wire::ModelT model = ToWire(SmallNet());
  wire::SubGraphT& graph = *model.subgraphs[0];
  wire::TensorT& tensor(TensorId id) {
    return *graph.tensors[static_cast<size_t>(id)];
  }
  wire::QuantizationT& quant(TensorId id) { return *tensor(id).quantization; }
  wire::OperatorT& node(NodeId id) {
    return *graph.operators[static_cast<size_t>(id)];
  }
  wire::OperatorCodeT& code(NodeId id) {
    return *model.operator_codes[node(id).opcode_index];
  }
};

// What is said of SmallNet after `spoil`: "where: what", and a hint is there.
std::string Refusal(const std::function<void(Spoiled&)>& spoil) {
  Spoiled spoiled;
  spoil(spoiled);
  const auto file = ReadTflite("m", Pack(spoiled.model));
  if (!file) {
    EXPECT_EQ(file.error().kind, ErrorKind::kUser);
    EXPECT_NE(file.error().hint, "");
    return file.error().where + ": " + file.error().what;
  }
  // A node is unsupported: readable, but no graph to run.
  const auto graph = RequireSupported(*file);
  if (graph) return "<accepted>";
  const UnsupportedNode& node = graph.error().unsupported.at(0);
  return "node " + std::to_string(node.node) + " " + node.op + " '" +
         node.name + "': " + node.reason;
}

// --- The file as a whole ---------------------------------------------------

TEST(Refusal, AFileCutShort) {
  const std::vector<uint8_t> bytes = Pack(ToWire(SmallNet()));
  const std::vector<uint8_t> half(
      bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(bytes.size() / 2));
  const auto file = ReadTflite("m", half);
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().what.find("is damaged or cut short"),
            std::string::npos);
}

TEST(Refusal, AWrongIdentifier) {
  std::vector<uint8_t> bytes = Pack(ToWire(SmallNet()));
  bytes[7] = '2';
  EXPECT_EQ(ReadTflite("m", bytes).error().what,
            "does not have the identifier 'TFL3' of a .tflite");
  EXPECT_FALSE(ReadTflite("m", {}));
}

TEST(Refusal, AnotherSchemaVersion) {
  EXPECT_EQ(Refusal([](Spoiled& m) { m.model.version = 2; }),
            "m: has schema version 2, msfc reads version 3");
}

TEST(Refusal, NothingToRun) {
  EXPECT_EQ(Refusal([](Spoiled& m) { m.model.subgraphs.clear(); }),
            "m: has no subgraph");
  EXPECT_EQ(Refusal([](Spoiled& m) { m.graph.operators.clear(); }),
            "m: has no nodes");
  EXPECT_EQ(Refusal([](Spoiled& m) { m.graph.inputs.clear(); }),
            "m: has no inputs");
  EXPECT_EQ(Refusal([](Spoiled& m) { m.graph.outputs.clear(); }),
            "m: has no outputs");
}

// --- Indices ---------------------------------------------------------------

TEST(Refusal, IndicesThatLeadNowhere) {
  EXPECT_EQ(Refusal([](Spoiled& m) { m.node(2).inputs[0] = 14; }),
            "m: node 2 ADD: reads tensor 14, the file has 14");
  EXPECT_EQ(Refusal([](Spoiled& m) { m.node(2).inputs[0] = -2; }),
            "m: node 2 ADD: reads tensor -2, the file has 14");
  EXPECT_EQ(Refusal([](Spoiled& m) { m.node(2).outputs[0] = -1; }),
            "m: node 2 ADD: writes tensor -1, the file has 14");
  EXPECT_EQ(Refusal([](Spoiled& m) { m.node(2).opcode_index = 7; }),
            "m: node 2: names operator code 7, the file has 7");
  EXPECT_EQ(Refusal([](Spoiled& m) { m.graph.inputs[0] = 99; }),
            "m: input 0: is tensor 99, the file has 14");
  EXPECT_EQ(Refusal([](Spoiled& m) { m.graph.outputs[0] = -1; }),
            "m: output 0: is tensor -1, the file has 14");
  EXPECT_EQ(Refusal([](Spoiled& m) { m.tensor(kFcWeights).buffer = 77; }),
            "m: node 5 FULLY_CONNECTED: tensor 10 'fc/w' names buffer 77, the "
            "file has 7");
}

TEST(Refusal, NodesOutOfOrder) {
  EXPECT_EQ(Refusal([](Spoiled& m) { m.node(kDwNode).inputs[0] = kSum; }),
            "m: node 1: reads tensor 'sum' before any node has written it");
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.node(kDwNode).outputs[0] = kConv;
            }).substr(0, 34),
            "m: node 1: writes tensor 'conv', w");
}

TEST(Refusal, InputsThatAreConstantOrListedTwice) {
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.graph.inputs = {kInput, kInput};
            }),
            "m: has input 'image' twice");
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.graph.inputs = {kInput, kFcBias};
            }),
            "m: input 'fc/b' is a constant (tensor 11 'fc/b')");
}

// --- Tensors ---------------------------------------------------------------

TEST(Refusal, DimensionsThatAreNotPositive) {
  const std::string text = Refusal([](Spoiled& m) {
    m.tensor(kInput).shape = {-1, 6, 5, 2};
  });
  EXPECT_EQ(text,
            "node 0 CONV_2D 'conv': tensor 0 'input' has dimension -1 in "
            "shape -1x6x5x2; export the model with a fixed, non-empty input "
            "shape");
  EXPECT_NE(Refusal([](Spoiled& m) {
              m.tensor(kFc).shape = {1, 0};
            }).find("has dimension 0 in shape 1x0"),
            std::string::npos);
}

TEST(Refusal, TensorsAboveTwoGigabytes) {
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.tensor(kInput).shape = {1, 65536, 65536, 65536};
            }),
            "m: node 0 CONV_2D: tensor 0 'input' is larger than 2 GB (shape "
            "1x65536x65536x65536)");
}

TEST(Refusal, ConstantsOfTheWrongLength) {
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.model.buffers[m.tensor(kFcBias).buffer]->data.pop_back();
            }),
            "m: node 5 FULLY_CONNECTED: tensor 11 'fc/b' holds 15 bytes, its "
            "shape 4 of INT32 needs 16");
  EXPECT_NE(Refusal([](Spoiled& m) {
              m.model.buffers[m.tensor(kFcBias).buffer]->data.push_back(0);
            }).find("holds 17 bytes"),
            std::string::npos);
}

TEST(Refusal, TypesThatMsfcDoesNotHave) {
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.tensor(kInput).type = wire::TensorType_STRING;
            }),
            "node 0 CONV_2D 'conv': tensor 0 'input' has type STRING");
  EXPECT_NE(Refusal([](Spoiled& m) {
              m.tensor(kFcWeights).type = wire::TensorType_INT4;
            }).find("has type INT4"),
            std::string::npos);
  EXPECT_NE(Refusal([](Spoiled& m) {
              m.tensor(kFc).type = static_cast<wire::TensorType>(-7);
            }).find("has type number -7"),
            std::string::npos);
}

TEST(Refusal, SparseVariableAndExternalTensors) {
  EXPECT_NE(Refusal([](Spoiled& m) {
              m.tensor(kFcWeights).sparsity =
                  std::make_unique<wire::SparsityT>();
            }).find("tensor 10 'fc/w' is sparse"),
            std::string::npos);
  EXPECT_NE(Refusal([](Spoiled& m) {
              m.tensor(kConv).is_variable = true;
            }).find("tensor 3 'conv' is a variable"),
            std::string::npos);
  EXPECT_NE(Refusal([](Spoiled& m) {
              wire::BufferT& buffer =
                  *m.model.buffers[m.tensor(kFcWeights).buffer];
              buffer.data.clear();
              buffer.offset = 4096;
              buffer.size = 72;
            }).find("keeps its data outside of the flatbuffer"),
            std::string::npos);
}

// --- Quantization ----------------------------------------------------------

TEST(Refusal, ScalesThatAreNotPositiveNumbers) {
  EXPECT_EQ(Refusal([](Spoiled& m) { m.quant(kConv).scale = {0}; }),
            "m: node 0 CONV_2D: tensor 3 'conv' has scale 0, scales must be "
            "positive numbers");
  for (const float scale : {-0.5f, kInfinity, -kInfinity, std::nanf("")}) {
    EXPECT_NE(Refusal([&](Spoiled& m) {
                m.quant(kConv).scale = {scale};
              }).find("scales must be positive numbers"),
              std::string::npos);
  }
  for (const float scale : {0.0f, kInfinity, std::nanf("")}) {
    EXPECT_NE(Refusal([&](Spoiled& m) {
                m.quant(kConvWeights).scale[1] = scale;
              }).find("scales must be positive numbers"),
              std::string::npos);
  }
}

TEST(Refusal, ZeroPointsOutOfRange) {
  EXPECT_EQ(Refusal([](Spoiled& m) { m.quant(kConv).zero_point = {128}; }),
            "m: node 0 CONV_2D: tensor 3 'conv' has zero point 128, which "
            "does not fit INT8");
  EXPECT_NE(Refusal([](Spoiled& m) {
              m.quant(kConvBias).zero_point[0] = int64_t{1} << 40;
            }).find("does not fit INT32"),
            std::string::npos);
}

TEST(Refusal, NumbersOfScalesThatDoNotMatch) {
  EXPECT_EQ(Refusal([](Spoiled& m) { m.quant(kConv).zero_point.clear(); }),
            "m: node 0 CONV_2D: tensor 3 'conv' has 1 scales and 0 zero "
            "points");
  EXPECT_NE(Refusal([](Spoiled& m) {
              m.quant(kConvWeights).scale.push_back(1);
            }).find("has 4 scales and 3 zero points"),
            std::string::npos);
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.quant(kConvWeights).quantized_dimension = 3;
            }),
            "m: node 0 CONV_2D: tensor 1 'conv/w' has 3 scales along "
            "dimension 3 of shape 3x3x3x2");
  for (const int32_t axis : {-1, 4, INT32_MAX, INT32_MIN}) {
    EXPECT_NE(Refusal([&](Spoiled& m) {
                m.quant(kConvWeights).quantized_dimension = axis;
              }).find("is quantised along dimension"),
              std::string::npos);
  }
}

TEST(Refusal, AQuantizationOfItsOwnKind) {
  EXPECT_NE(Refusal([](Spoiled& m) {
              m.quant(kConv).details_type = 1;
            }).find("has a custom quantization"),
            std::string::npos);
}

// --- Nodes -----------------------------------------------------------------

TEST(Refusal, OperatorsThatMsfcDoesNotHave) {
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.code(kAddNode).builtin_code = wire::BuiltinOperator_GATHER;
            }),
            "node 2 GATHER 'sum': msfc has no operator GATHER");
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.code(kAddNode).deprecated_builtin_code = 127;
              m.code(kAddNode).builtin_code =
                  static_cast<wire::BuiltinOperator>(217);
            }),
            "node 2 BUILTIN_217 'sum': msfc has no operator BUILTIN_217");
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.code(kAddNode).deprecated_builtin_code = -3;
            }),
            "node 2 BUILTIN_-3 'sum': msfc has no operator BUILTIN_-3");
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.code(kAddNode).builtin_code = wire::BuiltinOperator_CUSTOM;
              m.code(kAddNode).custom_code = "my\nop";
            }),
            "node 2 CUSTOM 'my?op' 'sum': msfc has no operator CUSTOM "
            "'my?op'");
}

TEST(Refusal, NodesWithoutOneOutput) {
  EXPECT_EQ(Refusal([](Spoiled& m) { m.node(kAddNode).outputs.clear(); }),
            "node 2 ADD '': has 0 outputs, msfc expects one");
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.node(kSoftmaxNode).outputs = {kOutput, kFlat};
            }),
            "node 6 SOFTMAX 'softmax': has 2 outputs, msfc expects one");
}

TEST(Refusal, OptionsOfAnUnknownKind) {
  EXPECT_EQ(Refusal([](Spoiled& m) {
              m.node(kReshapeNode).builtin_options.type =
                  static_cast<wire::BuiltinOptions>(200);
            }),
            "node 4 RESHAPE 'flattened': has options of a kind that msfc does "
            "not know");
}

TEST(Refusal, AnOutputOfAnotherShapeThanTheNodeComputes) {
  const std::string text = Refusal([](Spoiled& m) {
    m.tensor(kPool).shape = {1, 2, 3, 3};
  });
  EXPECT_EQ(text.rfind("node 3 AVERAGE_POOL_2D 'pool': ", 0), 0u) << text;
  EXPECT_NE(text.find("3x2x3"), std::string::npos) << text;  // computed
  EXPECT_NE(text.find("2x3x3"), std::string::npos) << text;  // declared
}

TEST(Refusal, AllUnsupportedNodesAreListedAtOnce) {
  Spoiled m;
  m.code(kAddNode).builtin_code = wire::BuiltinOperator_GATHER;
  m.code(kFcNode).builtin_code = wire::BuiltinOperator_CUMSUM;
  const std::vector<uint8_t> bytes = Pack(m.model);
  const auto graph = ImportTflite("m", bytes);
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().where, "m");
  EXPECT_EQ(graph.error().what, "2 of 7 nodes are not supported");
  EXPECT_EQ(graph.error().hint, "see `msfc ops` for what is");
  ASSERT_EQ(graph.error().unsupported.size(), 2u);
  EXPECT_EQ(graph.error().unsupported[0].op, "GATHER");
  EXPECT_EQ(graph.error().unsupported[1].node, kFcNode);
  EXPECT_EQ(graph.error().unsupported[1].op, "CUMSUM");

  // Reports still see the rest of the file.
  const auto file = ReadTflite("m", bytes);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->graph.nodes.size(), 7u);
  EXPECT_EQ(file->graph.inputs.size(), 1u);
  EXPECT_TRUE(
      std::holds_alternative<std::monostate>(file->graph.node(kAddNode).attrs));
  EXPECT_TRUE(
      std::holds_alternative<Conv2DAttrs>(file->graph.node(kConvNode).attrs));
}

}  // namespace
}  // namespace msf
