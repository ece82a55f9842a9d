// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_softmax_s8.h"

#include "msf_kernels.h"
#include "msf_math.h"

// Fixed-point numbers are int32; Qi.f has i integer and f fraction bits,
// i + f == 31. The product of Qi and Qj is Q(i + j).
namespace {

// x * 2^exponent, saturated. exponent in [1, 30].
int32_t ShiftLeft(int32_t x, int32_t exponent) {
  const int32_t limit = ((int32_t)1 << (31 - exponent)) - 1;
  if (x > limit) return INT32_MAX;
  if (x < -limit) return INT32_MIN;
  return x * ((int32_t)1 << exponent);
}

// exp of x in [-1/4, 0), Q0.31 to Q0.31: the Taylor polynomial of degree 4
// around -1/8.
int32_t ExpOfQuarter(int32_t x) {
  const int32_t exp_of_minus_eighth = 1895147668;  // Q0.31
  const int32_t third = 715827883;
  const int32_t t = x + (1 << 28);
  const int32_t t2 = msf_doubling_high_mul(t, t);
  const int32_t t3 = msf_doubling_high_mul(t2, t);
  const int32_t t4 = msf_doubling_high_mul(t2, t2);
  const int32_t cubic = msf_rounding_shift_right(t4, 2) + t3;
  const int32_t tail =
      msf_rounding_shift_right(msf_doubling_high_mul(cubic, third) + t2, 1);
  return exp_of_minus_eighth +
         msf_doubling_high_mul(exp_of_minus_eighth, t + tail);
}

// exp of x <= 0, Q5.26 to Q0.31: x is a multiple of -1/4, whose set bits each
// multiply a constant in, plus a rest in [-1/4, 0).
int32_t Exp(int32_t x) {
  // exp(-2^k) in Q0.31 for k = -2 .. 4.
  static const int32_t kPowers[] = {
      1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (x == 0) return INT32_MAX;
  const int32_t quarter = (int32_t)1 << 24;
  const int32_t rest = (x & (quarter - 1)) - quarter;
  const int32_t multiple = rest - x;
  int32_t result = ExpOfQuarter(rest * 32);  // Q5.26 to Q0.31
  for (int32_t k = 0; k < 7; ++k) {
    if (multiple & (quarter << k)) {
      result = msf_doubling_high_mul(result, kPowers[k]);
    }
  }
  return result;
}

// 1 / (1 + x) for x in [0, 1), Q0.31 to Q0.31: three Newton steps towards
// the inverse of (1 + x) / 2, in Q2.29.
int32_t InverseOfOnePlus(int32_t x) {
  const int32_t half_sum = (int32_t)(((int64_t)x + INT32_MAX + 1) / 2);
  int32_t inverse = 1515870810 + msf_doubling_high_mul(
                                     half_sum, -1010580540);  // 48/17, 32/17
  for (int32_t i = 0; i < 3; ++i) {
    const int32_t error =
        ((int32_t)1 << 29) - msf_doubling_high_mul(half_sum, inverse);
    inverse += ShiftLeft(msf_doubling_high_mul(inverse, error), 2);
  }
  return ShiftLeft(inverse, 1);
}

// exp of a code's distance to the largest code, Q0.31.
int32_t ExpOfDiff(const msf_softmax_params *p, int32_t diff) {
  const int32_t shifted = (int32_t)((uint32_t)diff << p->left_shift);
  return Exp(msf_doubling_high_mul(shifted, p->multiplier));
}

void Pixel(const msf_softmax_params *p, const int8_t *in, int8_t *out) {
  int32_t max = -128;
  for (int32_t ch = 0; ch < p->c; ++ch) {
    if (in[ch] > max) max = in[ch];
  }
  int32_t sum = 0;  // Q12.19; at least 1, from the largest code itself
  for (int32_t ch = 0; ch < p->c; ++ch) {
    const int32_t diff = in[ch] - max;
    if (diff < p->diff_min) continue;
    sum += msf_rounding_shift_right(ExpOfDiff(p, diff), 12);
  }
  // sum = (1 + x) * 2^(12 - zeros) with x in [0, 1).
  int32_t zeros = 0;
  while (((uint32_t)sum << zeros) < 0x80000000u) ++zeros;
  const int32_t inverse =
      InverseOfOnePlus((int32_t)(((uint32_t)sum << zeros) - 0x80000000u));
  // TFLite stops where this exceeds 31 (a sum of 512 and more); the value is
  // below half a step then.
  const int32_t exponent = 35 - zeros;
  for (int32_t ch = 0; ch < p->c; ++ch) {
    const int32_t diff = in[ch] - max;
    int32_t code = -128;
    if (diff >= p->diff_min && exponent <= 31) {
      code += msf_rounding_shift_right(
          msf_doubling_high_mul(inverse, ExpOfDiff(p, diff)), exponent);
    }
    out[ch] = (int8_t)msf_clamp(code, -128, 127);
  }
}

}  // namespace

void msf_softmax_s8(const msf_call *call) {
  const msf_softmax_params *p =
      static_cast<const msf_softmax_params *>(call->params);
  const int8_t *in =
      reinterpret_cast<const int8_t *>(msf_row(&call->in[0], call->step));
  int8_t *out = reinterpret_cast<int8_t *>(msf_row(&call->out, call->step));
  for (int32_t x = 0; x < p->w; ++x) Pixel(p, in + x * p->c, out + x * p->c);
}
