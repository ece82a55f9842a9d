// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "tests/ops/one_node.h"

namespace msf {

extern const OpDef kSoftmax;

namespace {

const Quantization kOutput = Quant(1.0f / 256, -128);

OneNode SoftmaxOf(const Shape& shape, const Quantization& quant) {
  OneNode node(kSoftmax);
  node.Input(DType::kInt8, shape, quant);
  node.Output(DType::kInt8, shape, kOutput);
  return node;
}

FakeOptions Beta(float beta) { return FakeOptions().SetFloat("beta", beta); }

TEST(Softmax, SharesEquallyAmongEqualCodes) {
  // 256 / 4 - 128 and 256 / 1 - 128, cut to 127.
  OneNode node = SoftmaxOf({1, 4}, Quant(0.1f, 0));
  EXPECT_EQ(node.Parse(Beta(1.0f)).Codes({Int8Bytes({9, 9, 9, 9})}),
            (std::vector<int32_t>{-64, -64, -64, -64}));
  node = SoftmaxOf({1, 1}, Quant(0.1f, 0));
  EXPECT_EQ(node.Parse(Beta(1.0f)).Codes({Int8Bytes({9})}),
            std::vector<int32_t>{127});
}

TEST(Softmax, WeighsByTheExponential) {
  // exp(-1) = 0.3679: 256 / 1.3679 = 187.15 -> 59; 68.85 -> -59
  OneNode node = SoftmaxOf({1, 1, 1, 2}, Quant(0.25f, 50));
  EXPECT_EQ(node.Parse(Beta(1.0f)).Codes({Int8Bytes({3, -1})}),
            (std::vector<int32_t>{59, -59}));
  // beta = 2: exp(-2) = 0.1353: 225.48 -> 97 (225); 30.52 -> -97 (31)
  EXPECT_EQ(node.Parse(Beta(2.0f)).Codes({Int8Bytes({3, -1})}),
            (std::vector<int32_t>{97, -97}));
}

TEST(Softmax, StaysWithinAStepOfTheRealNumbers) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const int32_t classes = Pick(random, 1, 40);
    const float scale = PickScale(random, -9, 1);
    OneNode node = SoftmaxOf({classes}, Quant(scale, 0));
    const Bytes input = PickBytes(random, classes);
    const std::vector<int32_t> codes = node.Parse(Beta(1.0f)).Codes({input});
    int32_t max = -128;
    for (uint8_t x : input) max = std::max<int32_t>(max, int8_t(x));
    double sum = 0.0;
    for (uint8_t x : input) {
      sum += std::exp(double{scale} * (int8_t(x) - max));
    }
    for (size_t i = 0; i < codes.size(); ++i) {
      const double real =
          std::exp(double{scale} * (int8_t(input[i]) - max)) / sum;
      EXPECT_NEAR(codes[i], std::min(real * 256 - 128, 127.0), 0.51);
    }
  }
}

TEST(Softmax, FormsAgreeWithTheReference) {
  for (uint32_t seed = 0; seed < 600; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Shape shape(static_cast<size_t>(Pick(random, 1, 4)));
    for (int32_t& dim : shape) dim = Pick(random, 1, 5);
    shape.back() = Pick(random, 1, Pick(random, 0, 9) ? 20 : 300);
    OneNode node = SoftmaxOf(
        shape, Quant(PickScale(random, -20, 30), PickZeroPoint(random)));
    node.Parse(Beta(PickScale(random, 0, 3))).ExpectFormsAgree(random);
  }
}

TEST(Softmax, WritesZeroWhereTfliteStops) {
  // The sum of 512 equal exps needs a shift of 32: each is 1/512, half a step
  // short of half a step.
  for (int32_t classes : {511, 512, 1000, 4095}) {
    OneNode node = SoftmaxOf({1, classes}, Quant(1.0f, 0));
    const Bytes input(static_cast<size_t>(classes), 3);
    const std::vector<int32_t> codes = node.Parse(Beta(1.0f)).Codes({input});
    EXPECT_EQ(codes,
              std::vector<int32_t>(codes.size(), classes < 512 ? -127 : -128))
        << classes;
  }
}

TEST(Softmax, RefusesOtherQuantisationsOfTheOutput) {
  const char* reason =
      "the output of a softmax must have scale 1/256 and zero point -128";
  OneNode node = SoftmaxOf({1, 4}, Quant(0.1f, 0));
  node.output().quant = Quant(1.0f / 255, -128);
  EXPECT_EQ(node.Refusal(Beta(1.0f)), reason);
  node.output().quant = Quant(1.0f / 256, 0);
  EXPECT_EQ(node.Refusal(Beta(1.0f)), reason);
  node.output().quant = {};
  EXPECT_NE(node.Refusal(Beta(1.0f)), "");
}

TEST(Softmax, RefusesOtherTypesAndShapes) {
  OneNode node = SoftmaxOf({1, 4}, Quant(0.1f, 0));
  node.output().dtype = DType::kInt16;
  EXPECT_EQ(node.Refusal(Beta(1.0f)),
            "the output is INT16, only INT8 is supported");
  EXPECT_EQ(SoftmaxOf({}, Quant(0.1f, 0)).Refusal(Beta(1.0f)),
            "softmax over shape scalar: the last dimension must have 1 to "
            "4095 elements");
  EXPECT_NE(SoftmaxOf({1, 4096}, Quant(0.1f, 0)).Refusal(Beta(1.0f)), "");
  node = OneNode(kSoftmax);
  node.Input(DType::kInt8, {1, 4}, Quant(0.1f, 0));
  node.Output(DType::kInt8, {4, 1}, kOutput);
  EXPECT_EQ(node.Refusal(Beta(1.0f)),
            "the output of shape 4x1 has rows 4x1x1, expected 1x1x4");
}

TEST(Softmax, RefusesABetaThatTfliteAbortsOn) {
  for (float beta : {0.0f, -1.0f, 1e-12f, std::nanf(""), INFINITY}) {
    EXPECT_NE(SoftmaxOf({1, 4}, Quant(0.1f, 0)).Refusal(Beta(beta)), "");
  }
  EXPECT_NE(SoftmaxOf({1, 4}, Quant(0.1f, 0)).Refusal(), "");
}

}  // namespace
}  // namespace msf
