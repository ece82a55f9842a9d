// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/ops/one_node.h"

namespace msf {

extern const OpDef kRelu;
extern const OpDef kRelu6;

namespace {

OneNode MakeNode(const OpDef& op, const Shape& shape, const Quantization& in,
                 const Quantization& out) {
  OneNode node(op);
  node.Input(DType::kInt8, shape, in);
  node.Output(DType::kInt8, shape, out);
  return node;
}

TEST(Relu, RequantisesAndCutsAtTheZeroPoint) {
  OneNode node =
      MakeNode(kRelu, {1, 2, 1, 3}, Quant(0.5f, 10), Quant(0.25f, -128));
  // code = max(-128, (x - 10) * 2 - 128)
  //   11 -> -126, 10 -> -128, 9 -> cut, -128 -> cut, 127 -> 106, 60 -> -28
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({11, 10, 9, -128, 127, 60})}),
            (std::vector<int32_t>{-126, -128, -128, -128, 106, -28}));
}

TEST(Relu, SaturatesAtTheTop) {
  OneNode node = MakeNode(kRelu, {3}, Quant(4.0f, 0), Quant(0.5f, -100));
  // 28 * 8 - 100 = 124, 29 * 8 - 100 = 132 -> 127
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({28, 29, 127})}),
            (std::vector<int32_t>{124, 127, 127}));
}

TEST(Relu6, CopiesCodesBetweenZeroAndSixOfTheInput) {
  // Zero is -20, six is -20 + 6 / 0.1 = 40; the output's scale is ignored.
  OneNode node =
      MakeNode(kRelu6, {1, 1, 1, 5}, Quant(0.1f, -20), Quant(3.0f, 77));
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({-128, -21, -20, 39, 41})}),
            (std::vector<int32_t>{-20, -20, -20, 39, 40}));
}

TEST(Relu6, RoundsSixAwayFromZero) {
  // 6 / 4 = 1.5 -> 2
  OneNode node = MakeNode(kRelu6, {2}, Quant(4.0f, 0), Quant(4.0f, 0));
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({1, 100})}),
            (std::vector<int32_t>{1, 2}));
}

TEST(Relu6, HasNoUpperCutWhenSixIsBeyondInt8) {
  OneNode node = MakeNode(kRelu6, {2}, Quant(1e-12f, 0), Quant(1e-12f, 0));
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({-5, 127})}),
            (std::vector<int32_t>{0, 127}));
}

TEST(Relus, FormsAgreeWithTheReference) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Shape shape = {1, Pick(random, 1, 9), Pick(random, 1, 5),
                         Pick(random, 1, 7)};
    OneNode node =
        MakeNode(seed % 2 ? kRelu : kRelu6, shape,
                 Quant(PickScale(random, -9, 9), PickZeroPoint(random)),
                 Quant(PickScale(random, -9, 9), PickZeroPoint(random)));
    node.Parse().ExpectFormsAgree(random);
  }
}

TEST(Relus, RefuseOtherTypesAndBadScales) {
  const Quantization good = Quant(1.0f, 0);
  for (const OpDef* op : {&kRelu, &kRelu6}) {
    OneNode node = MakeNode(*op, {4}, good, good);
    node.input(0).dtype = DType::kFloat32;
    EXPECT_EQ(node.Refusal(), "the input is FLOAT32, only INT8 is supported");
    node = MakeNode(*op, {4}, good, good);
    node.output().dtype = DType::kUInt8;
    EXPECT_EQ(node.Refusal(), "the output is UINT8, only INT8 is supported");
    node = MakeNode(*op, {4}, {}, good);
    EXPECT_EQ(node.Refusal(), "the input has no quantisation scale");
    node = MakeNode(*op, {4}, Quant(0.0f, 0), good);
    EXPECT_EQ(node.Refusal(),
              "the input has quantisation scale 0.000000, which is not a "
              "positive number");
    node = MakeNode(*op, {4}, good, Quant(std::nanf(""), 0));
    EXPECT_NE(node.Refusal(), "");
    node = MakeNode(*op, {4}, good, Quant(INFINITY, 0));
    EXPECT_NE(node.Refusal(), "");
    node = MakeNode(*op, {4}, good, Quant(-1.0f, 0));
    EXPECT_NE(node.Refusal(), "");
    node = MakeNode(*op, {4}, Quant(1.0f, 128), good);
    EXPECT_EQ(node.Refusal(), "the input has zero point 128, outside of int8");
    node = MakeNode(*op, {4}, good, Quant(1.0f, -129));
    EXPECT_NE(node.Refusal(), "");
    node = MakeNode(*op, {4}, {.scales = {1.0f, 2.0f}, .zero_points = {0, 0}},
                    good);
    EXPECT_NE(node.Refusal().find("for each channel"), std::string::npos);
    node = MakeNode(*op, {4}, Quant(4194304.0f, 0), good);
    EXPECT_EQ(node.Refusal(),
              "the input scale is too large for the output scale");
  }
}

TEST(Relus, RefuseWrongNumbersOfTensors) {
  const Quantization quant = Quant(1.0f, 0);
  OneNode node = MakeNode(kRelu, {4}, quant, quant);
  node.Input(DType::kInt8, {4}, quant);
  EXPECT_EQ(node.Refusal(), "has 2 inputs, expected 1");
  node = MakeNode(kRelu, {4}, quant, quant);
  node.node().inputs.clear();
  EXPECT_EQ(node.Refusal(), "has 0 inputs, expected 1");
  node.node().inputs = {kNoTensor};
  EXPECT_EQ(node.Refusal(), "the input 0 is missing");
  node = MakeNode(kRelu, {4}, quant, quant);
  node.node().outputs.push_back(node.node().outputs[0]);
  EXPECT_EQ(node.Refusal(), "has 2 outputs, expected 1");
}

TEST(Relus, RefuseSizesThatDoNotMatch) {
  const Quantization quant = Quant(1.0f, 0);
  OneNode node(kRelu);
  node.Input(DType::kInt8, {4}, quant);
  node.Output(DType::kInt8, {5}, quant);
  EXPECT_EQ(node.Refusal(),
            "the output of shape 5 holds 5 elements, expected 4");
}

TEST(Relus, RefuseConstantsAndDimensionsOfZero) {
  const Quantization quant = Quant(1.0f, 0);
  OneNode node(kRelu);
  node.Constant<int8_t>(DType::kInt8, {2}, {1, 2}, quant);
  node.Output(DType::kInt8, {2}, quant);
  EXPECT_EQ(node.Refusal(), "the input is a constant");
  node = MakeNode(kRelu, {1, 0, 4}, quant, quant);
  EXPECT_EQ(node.Refusal(), "the input 0 has dimension 0");
  node = MakeNode(kRelu, {1, -3}, quant, quant);
  EXPECT_EQ(node.Refusal(), "the input 0 has dimension -3");
}

}  // namespace
}  // namespace msf
