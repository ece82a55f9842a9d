// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/ops/add_case.h"

namespace msf {

namespace {

const Quantization kUnit = Quant(1.0f, 0);

OneNode AddOf(const Shape& a, const Shape& b, const Shape& out) {
  OneNode node(kAdd);
  node.Input(DType::kInt8, a, kUnit);
  node.Input(DType::kInt8, b, kUnit);
  node.Output(DType::kInt8, out, kUnit);
  return node;
}

TEST(Add, AddsDistancesFromTheZeroPoints) {
  OneNode node(kAdd);
  node.Input(DType::kInt8, {1, 2, 1, 2}, Quant(0.5f, 10));
  node.Input(DType::kInt8, {1, 2, 1, 2}, Quant(0.25f, -20));
  node.Output(DType::kInt8, {1, 2, 1, 2}, Quant(0.5f, 3));
  // ((a - 10) / 2 + (b + 20) / 4) * 2 + 3
  //   12, -16: (1 + 1) * 2 + 3 = 7;     10, -19: 0.25 * 2 + 3 = 3.5 -> 4
  //   10, -21: -0.5 + 3 -> -1 + 3 = 2;  127, 127: 117 + 73.5 + 3 -> 127
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({12, 10, 10, 127}),
                                Int8Bytes({-16, -19, -21, 127})}),
            (std::vector<int32_t>{7, 4, 2, 127}));
}

TEST(Add, ClampsToTheFusedActivation) {
  const std::vector<Bytes> inputs = {Int8Bytes({-50, -1, 0, 4, 9}),
                                     Int8Bytes({-50, -1, 1, 1, 9})};
  // Sums: -100, -2, 1, 5, 18.
  const std::vector<std::vector<int32_t>> expected = {{-100, -2, 1, 5, 18},
                                                      {0, 0, 1, 5, 18},
                                                      {-1, -1, 1, 1, 1},
                                                      {0, 0, 1, 5, 6}};
  for (int64_t activation = 0; activation < 4; ++activation) {
    OneNode node = AddOf({5}, {5}, {5});
    node.Parse(FakeOptions({{"fused_activation_function", activation}}));
    EXPECT_EQ(node.Codes(inputs), expected[static_cast<size_t>(activation)]);
  }
}

TEST(Add, AddsATensorToItself) {
  OneNode node(kAdd);
  const TensorId x = node.Input(DType::kInt8, {1, 3, 1, 2}, kUnit);
  node.node().inputs.push_back(x);
  node.Output(DType::kInt8, {1, 3, 1, 2}, kUnit);
  node.Parse();
  EXPECT_EQ(node.Forms()[0].needs.size(), 2u);
  const Bytes bytes = Int8Bytes({1, -2, 3, -4, 100, -100});
  EXPECT_EQ(node.Codes({bytes, bytes}),
            (std::vector<int32_t>{2, -4, 6, -8, 127, -128}));
}

TEST(Add, RepeatsAVectorOfChannels) {
  OneNode node(kAdd);
  node.Constant<int8_t>(DType::kInt8, {3}, {1, 10, 100}, kUnit);
  node.Input(DType::kInt8, {1, 2, 1, 3}, kUnit);
  node.Output(DType::kInt8, {1, 2, 1, 3}, kUnit);
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({0, 1, 2, 3, 4, 5})}),
            (std::vector<int32_t>{1, 11, 102, 4, 14, 105}));
}

TEST(Add, ReadsRowZeroOfAnActivationThatRepeatsOverRows) {
  OneNode node = AddOf({1, 3, 2, 2}, {1, 1, 1, 2}, {1, 3, 2, 2});
  node.Parse();
  const std::vector<StageForm> forms = node.Forms();
  EXPECT_EQ(forms[0].needs[0],
            (RowNeed{.stride = 1, .offset = 0, .extent = 1, .in_place = true}));
  EXPECT_EQ(forms[0].needs[1],
            (RowNeed{.stride = 0, .offset = 0, .extent = 1}));
  EXPECT_EQ(
      node.Codes({Int8Bytes({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}),
                  Int8Bytes({20, 40})}),
      (std::vector<int32_t>{20, 41, 22, 43, 24, 45, 26, 47, 28, 49, 30, 51}));
}

TEST(Add, RepeatsBothOperands) {
  OneNode node = AddOf({1, 2, 1, 1}, {1, 1, 3, 1}, {1, 2, 3, 1});
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({0, 10}), Int8Bytes({1, 2, 3})}),
            (std::vector<int32_t>{1, 2, 3, 11, 12, 13}));
}

TEST(Add, AcceptsAMissingBatchDimensionOfAConstant) {
  OneNode node(kAdd);
  node.Input(DType::kInt8, {1, 2, 2, 2}, kUnit);
  node.Constant<int8_t>(DType::kInt8, {2, 2}, {1, 2, 3, 4}, kUnit);
  node.Output(DType::kInt8, {1, 2, 2, 2}, kUnit);
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({0, 0, 0, 0, 10, 10, 10, 10})}),
            (std::vector<int32_t>{1, 2, 3, 4, 11, 12, 13, 14}));
}

TEST(Add, StillFindsItsConstantsWhenAPassStreamsTheLongAxis) {
  // A row of 3 columns becomes 3 rows of one column.
  const std::vector<std::pair<Shape, std::vector<int8_t>>> constants = {
      {{1, 1, 3, 2}, {1, 2, 3, 4, 5, 6}},
      {{3, 1}, {1, 3, 5}},
      {{1, 2}, {1, 2}},
      {{}, {7}}};
  for (const auto& [shape, values] : constants) {
    OneNode node(kAdd);
    node.Input(DType::kInt8, {1, 1, 3, 2}, kUnit);
    node.Constant<int8_t>(DType::kInt8, shape, values, kUnit);
    node.Output(DType::kInt8, {1, 1, 3, 2}, kUnit);
    const Bytes x = Int8Bytes({10, 20, 30, 40, 50, 60});
    const Bytes before = node.Parse().ExpectFormsAgree({x});
    node.input(0).hwc = node.output().hwc = {3, 1, 2};
    std::swap(node.input(1).hwc.h, node.input(1).hwc.w);
    EXPECT_EQ(node.ExpectFormsAgree({x}), before) << ToString(shape);
  }
}

TEST(Add, FormsAgreeWithTheReference) {
  for (uint32_t seed = 0; seed < 800; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    RandomAdd(random).ExpectFormsAgree(random);
  }
}

TEST(Add, RefusesShapesThatDoNotFit) {
  EXPECT_EQ(AddOf({1, 2, 2, 3}, {1, 2, 2, 2}, {1, 2, 2, 3}).Refusal(),
            "inputs of shape 1x2x2x3 and 1x2x2x2 do not add up to shape "
            "1x2x2x3");
  EXPECT_NE(AddOf({4}, {4}, {2, 2}).Refusal(), "");
  EXPECT_NE(AddOf({4}, {1}, {1}).Refusal(), "");
  // Rows of [2, 3] are 2, but each row of the sum wants all 6 values.
  EXPECT_EQ(AddOf({1, 4, 2, 3}, {2, 3}, {1, 4, 2, 3}).Refusal(),
            "an input of shape 2x3 does not repeat row by row in shape "
            "1x4x2x3");
  // The batch dimension repeats, the rows do not.
  EXPECT_NE(AddOf({2, 3, 1, 4}, {1, 3, 1, 4}, {2, 3, 1, 4}).Refusal(), "");
}

TEST(Add, RefusesWhatIsNotInt8) {
  OneNode node = AddOf({4}, {4}, {4});
  node.input(1).dtype = DType::kInt16;
  EXPECT_EQ(node.Refusal(), "the input is INT16, only INT8 is supported");
  node = AddOf({4}, {4}, {4});
  node.output().quant = {};
  EXPECT_EQ(node.Refusal(), "the output has no quantisation scale");
}

TEST(Add, RefusesScalesThatTfliteAbortsOn) {
  OneNode node = AddOf({4}, {4}, {4});
  // 2 * 524288 / (2^20 * 1) = 1
  node.input(0).quant = Quant(524288.0f, 0);
  EXPECT_EQ(node.Refusal(),
            "the input scales are too large for the output scale");
  node.input(0).quant = Quant(524287.0f, 0);
  EXPECT_EQ(node.Refusal(), "");
}

TEST(Add, RefusesTwoConstants) {
  OneNode node(kAdd);
  node.Constant<int8_t>(DType::kInt8, {1}, {1}, kUnit);
  node.Constant<int8_t>(DType::kInt8, {1}, {1}, kUnit);
  node.Output(DType::kInt8, {1}, kUnit);
  EXPECT_EQ(node.Refusal(), "both inputs are constants");
}

TEST(Add, RefusesAConstantShorterThanItsShape) {
  OneNode node(kAdd);
  node.Input(DType::kInt8, {4}, kUnit);
  node.Constant<int8_t>(DType::kInt8, {4}, {1, 2, 3}, kUnit);
  node.Output(DType::kInt8, {4}, kUnit);
  EXPECT_EQ(node.Refusal(), "the input 1 holds 3 bytes, its shape 4 needs 4");
}

TEST(Add, RefusesOtherActivationsAndNumbersOfInputs) {
  for (int64_t activation : {-1, 4, 5, 1000}) {
    EXPECT_NE(
        AddOf({4}, {4}, {4})
            .Refusal(FakeOptions({{"fused_activation_function", activation}})),
        "");
  }
  OneNode node = AddOf({4}, {4}, {4});
  node.node().inputs.pop_back();
  EXPECT_EQ(node.Refusal(), "has 1 inputs, expected 2");
}

}  // namespace
}  // namespace msf
