// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <limits>

#include "tests/ops/one_node.h"

namespace msf {

extern const OpDef kQuantize;
extern const OpDef kDequantize;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Bytes FloatBytes(const std::vector<float>& values) {
  Bytes bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

OneNode QuantizeFloats(const Shape& shape, const Quantization& quant) {
  OneNode node(kQuantize);
  node.Input(DType::kFloat32, shape);
  node.Output(DType::kInt8, shape, quant);
  return node;
}

TEST(Quantize, RoundsTiesAwayFromZero) {
  OneNode node = QuantizeFloats({1, 2, 2, 2}, Quant(0.5f, -3));
  // x / 0.5 - 3: 0.25 is half a step.
  EXPECT_EQ(node.Parse().Codes({FloatBytes(
                {0.0f, 0.25f, -0.25f, 0.24f, 0.75f, -0.75f, 1.0f, -1.25f})}),
            (std::vector<int32_t>{-3, -2, -4, -3, -1, -5, -1, -6}));
}

TEST(Quantize, SaturatesFarBeyondInt32AndTakesNanAsTheLeast) {
  OneNode node = QuantizeFloats({8}, Quant(1.0f, 5));
  EXPECT_EQ(
      node.Parse().Codes({FloatBytes({1e30f, -1e30f, kInfinity, -kInfinity,
                                      std::nanf(""), 122.4f, 122.5f, 1e-45f})}),
      (std::vector<int32_t>{127, -128, 127, -128, -128, 127, 127, 5}));
}

TEST(Quantize, RequantisesInt8) {
  OneNode node(kQuantize);
  node.Input(DType::kInt8, {1, 1, 1, 4}, Quant(0.5f, 1));
  node.Output(DType::kInt8, {1, 1, 1, 4}, Quant(2.0f, -1));
  // (x - 1) / 4 - 1, ties away from zero: 3 -> 0.5 -> 1 - 1; -1 -> -0.5 -> -2
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({3, -1, 127, 0})}),
            (std::vector<int32_t>{0, -2, 31, -1}));
}

TEST(Quantize, FormsAgreeWithTheReferenceOnFloats) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Shape shape = {1, Pick(random, 1, 9), Pick(random, 1, 5),
                         Pick(random, 1, 7)};
    const float scale = PickScale(random, -9, 9);
    OneNode node = QuantizeFloats(shape, Quant(scale, PickZeroPoint(random)));
    node.Parse();
    std::vector<float> values(static_cast<size_t>(node.input(0).elements()));
    for (float& value : values) {
      // Multiples of half a step, so that ties are frequent.
      value = scale * 0.5f * static_cast<float>(Pick(random, -600, 600));
    }
    node.ExpectFormsAgree({FloatBytes(values)});
    node.ExpectFormsAgree(random);  // any bits
  }
}

TEST(Quantize, FormsAgreeWithTheReferenceOnInt8) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Shape shape = {1, Pick(random, 1, 9), Pick(random, 1, 5),
                         Pick(random, 1, 7)};
    OneNode node(kQuantize);
    node.Input(DType::kInt8, shape,
               Quant(PickScale(random, -10, 11), PickZeroPoint(random)));
    node.Output(DType::kInt8, shape,
                Quant(PickScale(random, -10, 11), PickZeroPoint(random)));
    node.Parse().ExpectFormsAgree(random);
  }
}

TEST(Quantize, RefusesOtherTypes) {
  OneNode node = QuantizeFloats({4}, Quant(1.0f, 0));
  node.input(0).dtype = DType::kInt32;
  EXPECT_EQ(node.Refusal(),
            "the input is INT32, only FLOAT32 and INT8 are supported");
  node = QuantizeFloats({4}, Quant(1.0f, 0));
  node.output().dtype = DType::kUInt8;
  EXPECT_EQ(node.Refusal(), "the output is UINT8, only INT8 is supported");
  node = QuantizeFloats({4}, {});
  EXPECT_EQ(node.Refusal(), "the output has no quantisation scale");
}

TEST(Quantize, RefusesConstantsAndOtherSizes) {
  OneNode node(kQuantize);
  node.Constant<float>(DType::kFloat32, {1}, {1.0f});
  node.Output(DType::kInt8, {1}, Quant(1.0f, 0));
  EXPECT_EQ(node.Refusal(), "the input is a constant");
  node = OneNode(kQuantize);
  node.Input(DType::kFloat32, {2, 3});
  node.Output(DType::kInt8, {7}, Quant(1.0f, 0));
  EXPECT_EQ(node.Refusal(),
            "the output of shape 7 holds 7 elements, expected 6");
}

OneNode DequantizeCodes(const Shape& shape, const Quantization& quant) {
  OneNode node(kDequantize);
  node.Input(DType::kInt8, shape, quant);
  node.Output(DType::kFloat32, shape);
  return node;
}

TEST(Dequantize, MultipliesTheDistanceFromTheZeroPoint) {
  OneNode node = DequantizeCodes({4}, Quant(0.25f, -2));
  EXPECT_EQ(node.Parse().ExpectFormsAgree({Int8Bytes({-2, -1, 127, -128})}),
            FloatBytes({0.0f, 0.25f, 32.25f, -31.5f}));
}

TEST(Dequantize, RoundsTheDoubleProductOnceAndMayOverflow) {
  for (const float scale : {0.1f, 3.4e38f, 1.5e-45f, 0.0117647061f}) {
    OneNode node = DequantizeCodes({16, 16}, Quant(scale, 127));
    std::vector<int32_t> codes;
    for (int32_t code = -128; code < 128; ++code) codes.push_back(code);
    node.Parse().ExpectFormsAgree({Int8Bytes(codes)});
  }
}

TEST(Dequantize, FormsAgreeWithTheReference) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    OneNode node = DequantizeCodes(
        {1, Pick(random, 1, 9), Pick(random, 1, 5), Pick(random, 1, 7)},
        Quant(PickScale(random, -30, 30), PickZeroPoint(random)));
    node.Parse().ExpectFormsAgree(random);
  }
}

TEST(Dequantize, RefusesOtherTypes) {
  OneNode node = DequantizeCodes({4}, Quant(1.0f, 0));
  node.input(0).dtype = DType::kInt16;
  EXPECT_EQ(node.Refusal(), "the input is INT16, only INT8 is supported");
  node = DequantizeCodes({4}, Quant(1.0f, 0));
  node.output().dtype = DType::kInt8;
  EXPECT_EQ(node.Refusal(), "the output is INT8, only FLOAT32 is supported");
  node = DequantizeCodes({4}, {});
  EXPECT_EQ(node.Refusal(), "the input has no quantisation scale");
}

}  // namespace
}  // namespace msf
