// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// msf_math.h against the definitions of gemmlowp and TFLite, in wide integers.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "msf_math.h"

namespace {

// gemmlowp: (2ab + nudge) / 2^32 in effect; division truncates.
int32_t DoublingHighMul(int64_t a, int64_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  const int64_t product = a * b;
  const int64_t nudge =
      product >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

// To nearest, ties away from zero.
int32_t ShiftRight(int64_t x, int exponent) {
  const int64_t divisor = int64_t{1} << exponent;
  const int64_t sign = x < 0 ? -1 : 1;
  return static_cast<int32_t>(sign * ((sign * x + divisor / 2) / divisor));
}

std::vector<int32_t> Edges() {
  std::vector<int32_t> values = {0, INT32_MIN, INT32_MIN + 1, INT32_MAX};
  for (int bit = 0; bit < 31; ++bit) {
    for (int delta = -1; delta <= 1; ++delta) {
      const int32_t value = (1 << bit) + (bit == 30 && delta > 0 ? 0 : delta);
      values.push_back(value);
      values.push_back(-value);
      // Halves of larger powers: the ties.
      values.push_back(value | (value >> 1));
    }
  }
  return values;
}

class Random {
 public:
  // Of every magnitude alike.
  int32_t Next() {
    const auto bits = static_cast<int32_t>(engine_());
    return bits >> (engine_() % 31);
  }

 private:
  std::mt19937 engine_{2025};
};

TEST(Math, DoublingHighMulIsGemmlowpsAtTheEdges) {
  const std::vector<int32_t> edges = Edges();
  for (int32_t a : edges) {
    for (int32_t b : edges) {
      ASSERT_EQ(msf_doubling_high_mul(a, b), DoublingHighMul(a, b))
          << a << " * " << b;
    }
  }
}

TEST(Math, DoublingHighMulIsGemmlowpsAtRandom) {
  Random random;
  for (int i = 0; i < 1000000; ++i) {
    const int32_t a = random.Next();
    const int32_t b = random.Next();
    ASSERT_EQ(msf_doubling_high_mul(a, b), DoublingHighMul(a, b))
        << a << " * " << b;
  }
}

TEST(Math, TheHighWordByHalvesIsThatOfTheWholeProduct) {
  const auto expect = [](int32_t a, int32_t b) {
    ASSERT_EQ(msf_high_mul_by_halves(a, b), msf_high_mul(a, b))
        << a << " * " << b;
  };
  for (int32_t a : Edges()) {
    for (int32_t b : Edges()) expect(a, b);
  }
  Random random;
  for (int i = 0; i < 1000000; ++i) expect(random.Next(), random.Next());
}

TEST(Math, DoublingHighMulRoundsExactTiesUp) {
  // b = 2^30 halves: 3 / 2 = 1.5 -> 2, -3 / 2 = -1.5 -> -1.
  EXPECT_EQ(msf_doubling_high_mul(3, 1 << 30), 2);
  EXPECT_EQ(msf_doubling_high_mul(-3, 1 << 30), -1);
  EXPECT_EQ(msf_doubling_high_mul(1, 1 << 30), 1);
  EXPECT_EQ(msf_doubling_high_mul(-1, 1 << 30), 0);
  EXPECT_EQ(msf_doubling_high_mul(INT32_MIN, INT32_MIN), INT32_MAX);
}

TEST(Math, RoundingShiftRightRoundsTiesAwayFromZero) {
  EXPECT_EQ(msf_rounding_shift_right(3, 1), 2);
  EXPECT_EQ(msf_rounding_shift_right(-3, 1), -2);
  EXPECT_EQ(msf_rounding_shift_right(-5, 2), -1);
  EXPECT_EQ(msf_rounding_shift_right(7, 0), 7);
  Random random;
  std::vector<int32_t> values = Edges();
  for (int i = 0; i < 100000; ++i) values.push_back(random.Next());
  for (int32_t x : values) {
    for (int exponent = 0; exponent <= 31; ++exponent) {
      ASSERT_EQ(msf_rounding_shift_right(x, exponent), ShiftRight(x, exponent))
          << x << " >> " << exponent;
    }
  }
}

TEST(Math, RequantizeRoundsTwiceAndWrapsItsLeftShift) {
  Random random;
  std::vector<int32_t> values = Edges();
  for (int i = 0; i < 3000; ++i) values.push_back(random.Next());
  std::mt19937 engine(7);
  for (int32_t x : values) {
    for (int shift = -31; shift <= 30; ++shift) {
      const auto random_multiplier =
          static_cast<int32_t>((1u << 30) + (engine() & 0x3fffffffu));
      const int left = shift > 0 ? shift : 0;
      const auto shifted = static_cast<int32_t>(
          static_cast<uint32_t>(static_cast<uint64_t>(int64_t{x}) << left));
      for (int32_t multiplier : {random_multiplier, 1 << 30, INT32_MAX}) {
        const int32_t wanted =
            ShiftRight(DoublingHighMul(shifted, multiplier), left - shift);
        ASSERT_EQ(msf_requantize(x, multiplier, shift), wanted)
            << x << " * " << multiplier << " * 2^" << shift - 31;
      }
      ASSERT_EQ(msf_requantize(x, 0, shift), 0);
    }
  }
}

TEST(Math, DoubleRoundingIsNotSingleRounding) {
  // 5 * 0.5 * 2^-1 = 1.25: first 2.5 -> 3, then 1.5 -> 2. One rounding of 1.25
  // would give 1.
  EXPECT_EQ(msf_requantize(5, 1 << 30, -1), 2);
}

TEST(Math, SimpleRequantizeIsRequantizePlusTheZeroPoint) {
  std::vector<int32_t> sums = Edges();
  Random random;
  for (int i = 0; i < 20000; ++i) sums.push_back(random.Next());
  for (const int32_t sum : sums) {
    if (sum <= -(1 << 30) || sum >= 1 << 30) continue;
    for (int32_t shift = -22; shift <= -1; ++shift) {
      for (const int32_t multiplier :
           {0, 1 << 30, INT32_MAX, -(1 << 30), INT32_MIN + 1, random.Next()}) {
        for (const int32_t zero_point : {-128, 0, 127}) {
          ASSERT_EQ(
              msf_simple_requantize(sum, multiplier, shift, 2 * zero_point + 1),
              msf_requantize(sum, multiplier, shift) + zero_point)
              << sum << " * " << multiplier << " * 2^" << shift - 31;
        }
      }
    }
  }
}

TEST(Math, FinishAddsTheZeroPointAndClamps) {
  // 1.0 is 2^30 * 2^(1 - 31).
  EXPECT_EQ(msf_finish_s8(20, 1 << 30, 1, 5, -128, 127), 25);
  EXPECT_EQ(msf_finish_s8(200, 1 << 30, 1, 5, -128, 127), 127);
  EXPECT_EQ(msf_finish_s8(-200, 1 << 30, 1, 5, -128, 127), -128);
  EXPECT_EQ(msf_finish_s8(-20, 1 << 30, 1, 5, 5, 127), 5);
  EXPECT_EQ(msf_add_wrap(INT32_MAX, 1), INT32_MIN);
}

}  // namespace
