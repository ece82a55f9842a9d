// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ops/quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "msf_math.h"
#include "ops/reference_math.h"
#include "tests/ops/test_graph.h"

namespace msf {
namespace {

TEST(QuantizeMultiplier, PowersOfTwoAreExact) {
  for (int exponent = -32; exponent < 30; ++exponent) {
    const QuantizedMultiplier wanted = {.multiplier = 1 << 30,
                                        .shift = exponent + 1};
    EXPECT_EQ(QuantizeMultiplier(std::ldexp(1.0, exponent)), wanted)
        << exponent;
  }
}

TEST(QuantizeMultiplier, RoundsToTheNearestOf2To31Steps) {
  // 0.75 * 2^31 = 1610612736.
  EXPECT_EQ(QuantizeMultiplier(0.75).multiplier, 1610612736);
  EXPECT_EQ(QuantizeMultiplier(0.75).shift, 0);
  // 1/3 = 0.666.. * 2^-1; 0.666.. * 2^31 = 1431655765.33.
  EXPECT_EQ(QuantizeMultiplier(1.0 / 3).multiplier, 1431655765);
  EXPECT_EQ(QuantizeMultiplier(1.0 / 3).shift, -1);
  // A half step goes up: (2^30 + 1/2) / 2^31.
  EXPECT_EQ(QuantizeMultiplier((1073741824.0 + 0.5) / 2147483648.0).multiplier,
            1073741825);
}

TEST(QuantizeMultiplier, WhatRoundsUpToOneBecomesAHalfWithTheNextShift) {
  const QuantizedMultiplier got = QuantizeMultiplier(1.0 - 1e-12);
  EXPECT_EQ(got.multiplier, 1 << 30);
  EXPECT_EQ(got.shift, 1);
}

TEST(QuantizeMultiplier, NegativeNumbersKeepTheirSign) {
  EXPECT_EQ(QuantizeMultiplier(-0.75), (QuantizedMultiplier{-1610612736, 0}));
  EXPECT_EQ(QuantizeMultiplier(-2.0), (QuantizedMultiplier{-(1 << 30), 2}));
  EXPECT_EQ(QuantizeMultiplier(-1e-300), (QuantizedMultiplier{0, 0}));
  // Unlike +1.0, -1.0 is a Q31 number, and TFLite keeps it.
  EXPECT_EQ(QuantizeMultiplier(-1.0 + 1e-12),
            (QuantizedMultiplier{INT32_MIN, 0}));
  EXPECT_EQ(QuantizeMultiplier(-1e300), (QuantizedMultiplier{INT32_MIN, 30}));
}

TEST(QuantizeMultiplier, ZeroAndTheTiniestAreZero) {
  EXPECT_EQ(QuantizeMultiplier(0.0), (QuantizedMultiplier{0, 0}));
  // Shift -31 is the last: [2^-32, 2^-31).
  EXPECT_EQ(QuantizeMultiplier(std::ldexp(1.0, -32)),
            (QuantizedMultiplier{1 << 30, -31}));
  EXPECT_EQ(QuantizeMultiplier(std::ldexp(0.999, -32)),
            (QuantizedMultiplier{0, 0}));
  EXPECT_EQ(QuantizeMultiplier(1e-300), (QuantizedMultiplier{0, 0}));
}

TEST(QuantizeMultiplier, TooLargeSaturatesAndNonsenseIsZero) {
  const QuantizedMultiplier largest = {.multiplier = INT32_MAX, .shift = 30};
  EXPECT_EQ(QuantizeMultiplier(kMultiplierLimit), largest);
  EXPECT_EQ(QuantizeMultiplier(1e300), largest);
  EXPECT_EQ(QuantizeMultiplier(kMultiplierLimit * 0.75),
            (QuantizedMultiplier{1610612736, 30}));
  EXPECT_EQ(QuantizeMultiplier(std::nan("")), (QuantizedMultiplier{0, 0}));
}

TEST(QuantizeMultiplier, RandomRealsComeBackWithinHalfAStep) {
  std::mt19937 engine(1);
  std::uniform_real_distribution<double> exponent(-30, 29);
  for (int i = 0; i < 100000; ++i) {
    const double real = std::exp2(exponent(engine));
    const QuantizedMultiplier got = QuantizeMultiplier(real);
    ASSERT_GE(got.multiplier, 1 << 30) << real;
    const double back = std::ldexp(got.multiplier, got.shift - 31);
    ASSERT_LE(std::abs(back - real), std::ldexp(0.5, got.shift - 31)) << real;
  }
}

TEST(ReferenceRequantize, EqualsTheRuntimes) {
  std::mt19937 engine(3);
  for (int i = 0; i < 300000; ++i) {
    const int32_t x = static_cast<int32_t>(engine()) >> (engine() % 31);
    auto multiplier =
        static_cast<int32_t>((1u << 30) + (engine() & 0x3fffffffu));
    if (engine() % 2 == 0) multiplier = -multiplier;
    const int32_t shift = static_cast<int32_t>(engine() % 62) - 31;
    ASSERT_EQ(ReferenceRequantize(x, multiplier, shift),
              msf_requantize(x, multiplier, shift))
        << x << " " << multiplier << " " << shift;
  }
}

TEST(ActivationRange, NoneIsAllOfInt8) {
  EXPECT_EQ(ActivationRange(Activation::kNone, Quant(0.1f, 3)),
            (ClampRange{-128, 127}));
}

TEST(ActivationRange, ReluStartsAtTheZeroPoint) {
  EXPECT_EQ(ActivationRange(Activation::kRelu, Quant(0.1f, 3)),
            (ClampRange{3, 127}));
  EXPECT_EQ(ActivationRange(Activation::kRelu, Quant(0.1f, -128)),
            (ClampRange{-128, 127}));
}

TEST(ActivationRange, Relu6EndsAtSixOrAt127) {
  // 6 / 0.1 = 60 above the zero point.
  EXPECT_EQ(ActivationRange(Activation::kRelu6, Quant(0.1f, 3)),
            (ClampRange{3, 63}));
  // 6 / 0.0235294122 = 255 -> clamped to 127.
  EXPECT_EQ(ActivationRange(Activation::kRelu6, Quant(0.0235294122f, -128)),
            (ClampRange{-128, 127}));
  // 6 / 0.04 = 150, -128 + 150 = 22.
  EXPECT_EQ(ActivationRange(Activation::kRelu6, Quant(0.04f, -128)),
            (ClampRange{-128, 22}));
}

TEST(ActivationRange, ReluN1To1IsSymmetricAndRoundsTiesAwayFromZero) {
  EXPECT_EQ(ActivationRange(Activation::kReluN1To1, Quant(0.1f, 3)),
            (ClampRange{-7, 13}));
  // 1 / 0.4 = 2.5 -> 3.
  EXPECT_EQ(ActivationRange(Activation::kReluN1To1, Quant(0.4f, 0)),
            (ClampRange{-3, 3}));
  EXPECT_EQ(ActivationRange(Activation::kReluN1To1, Quant(0.001f, 100)),
            (ClampRange{-128, 127}));
}

TEST(ActivationRange, TinyAndHugeScalesDoNotOverflow) {
  constexpr float kTiny = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(ActivationRange(Activation::kRelu6, Quant(kTiny, 5)),
            (ClampRange{5, 127}));
  EXPECT_EQ(ActivationRange(Activation::kReluN1To1, Quant(kTiny, 5)),
            (ClampRange{-128, 127}));
  EXPECT_EQ(ActivationRange(Activation::kRelu6, Quant(1e30f, 5)),
            (ClampRange{5, 5}));
}

}  // namespace
}  // namespace msf
