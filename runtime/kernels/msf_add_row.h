/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_ADD_ROW_H_
#define MSF_ADD_ROW_H_

#include <stdint.h>

#include "msf_math.h"

/* Columns [x, x_end) of an output row of an addition. Params is msf_add_params or
 * msf_add_constant_params. The operands are moved up by 20 bits so that the
 * halving of their scales costs no precision: |x - zero point| <= 255, so
 * neither they nor their sum leave int32. */
template <typename Params>
inline void msf_add_row(const Params *p, const int8_t *a, const int8_t *b,
                        int32_t x, int32_t x_end, int8_t *out) {
  x_end = msf_min(x_end, p->w);
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
