/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_ADD_ROW_H_
#define MSF_ADD_ROW_H_

#include <stdint.h>

#include "kernels/msf_scale.h"
#include "msf_math.h"

/* The operands are moved up by 20 bits so that the halving of their scales
 * costs no precision: |x - zero point| <= 255, so neither they nor their sum
 * leave int32. */

/* Operands whose elements lie one after the other, and whose scales differ,
 * though not by a factor of 32: that of `large`, which is exactly halved, is
 * the larger one. */
typedef struct msf_add_run {
  const int8_t *small;
  const int8_t *large;
  int32_t small_zero_point;
  /* Its zero point takes in that of `large`, halved: one subtraction less, and
   * the loop fits into the registers of an M4. */
  msf_scale small_scale;
  msf_scale scale; /* of the sum */
} msf_add_run;

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_add_body.h"
#else
#include "kernels/msf_add_body.h"
#endif

/* Whether these scales are what msf_add_elements() asks for; 2^30 and shift 0
 * is one half. */
static inline bool msf_add_is_plain(int32_t small_shift,
                                    int32_t large_multiplier,
                                    int32_t large_shift) {
  return small_shift >= -4 && small_shift <= -1 &&
         large_multiplier == (1 << 30) && large_shift == 0;
}

/* Tries to add columns [x, x_end) by msf_add_elements(). */
template <typename Params>
inline bool msf_add_run_of_row(const Params *p, const int8_t *a,
                               const int8_t *b, int32_t x, int32_t x_end,
                               int8_t *out) {
  const int32_t c = p->c;
  const int32_t strides = p->channel_stride_1 & p->channel_stride_2;
  if (strides != 1 || p->column_stride_1 != c || p->column_stride_2 != c ||
      !msf_has_scale(p->shift)) {
    return false;
  }
  msf_add_run run;
  if (msf_add_is_plain(p->shift_1, p->multiplier_2, p->shift_2)) {
    run.small = a + x * c;
    run.large = b + x * c;
    run.small_zero_point = p->zero_point_1;
    run.small_scale =
        msf_scale_of(p->multiplier_1, p->shift_1, -p->zero_point_2 * (1 << 19));
  } else if (msf_add_is_plain(p->shift_2, p->multiplier_1, p->shift_1)) {
    run.small = b + x * c;
    run.large = a + x * c;
    run.small_zero_point = p->zero_point_2;
    run.small_scale =
        msf_scale_of(p->multiplier_2, p->shift_2, -p->zero_point_1 * (1 << 19));
  } else {
    return false;
  }
  run.scale = msf_scale_of(p->multiplier, p->shift, p->zero_point);
  const int32_t count = (x_end - x) * c;
  out += x * c;
  msf_add_elements(&run, count, out);
  msf_clamp_codes(out, count, p->clamp_min, p->clamp_max);
  return true;
}

/* Columns [x, x_end) of an output row of an addition. Params is msf_add_params
 * or msf_add_constant_params. */
template <typename Params>
inline void msf_add_row(const Params *p, const int8_t *a, const int8_t *b,
                        int32_t x, int32_t x_end, int8_t *out) {
  x_end = msf_min(x_end, p->w);
  if (msf_add_run_of_row(p, a, b, x, x_end, out)) return;
  out += x * p->c;
  for (; x < x_end; ++x) {
    const int8_t *a_at = a + x * p->column_stride_1;
    const int8_t *b_at = b + x * p->column_stride_2;
    for (int32_t ch = 0; ch < p->c; ++ch) {
      const int32_t left = (*a_at - p->zero_point_1) * (1 << 20);
      const int32_t right = (*b_at - p->zero_point_2) * (1 << 20);
      const int32_t sum = msf_requantize(left, p->multiplier_1, p->shift_1) +
                          msf_requantize(right, p->multiplier_2, p->shift_2);
      const int32_t code =
          msf_requantize(sum, p->multiplier, p->shift) + p->zero_point;
      *out++ = (int8_t)msf_clamp(code, p->clamp_min, p->clamp_max);
      a_at += p->channel_stride_1;
      b_at += p->channel_stride_2;
    }
  }
}

#endif /* MSF_ADD_ROW_H_ */
