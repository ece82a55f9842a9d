/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * From sums to output codes, in plain C++. */
#ifndef MSF_FINISH_BODY_H_
#define MSF_FINISH_BODY_H_

#include <stdint.h>

#include "kernels/msf_scale.h"
#include "msf_isa.h"
#include "msf_math.h"

/* Writes channels [o, o + n) of a vector from their sums. Params is any
 * parameter struct with these members; they are copied because the stores to
 * `out` may alias them. Out of line: rare next to the products. */
template <typename Params>
__attribute__((noinline)) static void msf_finish_channels(const Params *p,
                                                          const int32_t *sums,
                                                          int32_t o, int32_t n,
                                                          int8_t *out) {
  const int32_t zero_point = p->output_zero_point;
  const int32_t low = p->clamp_min;
  const int32_t high = p->clamp_max;
  const int32_t step = p->scale_step;
  const int32_t *multiplier = p->multipliers + o * step;
  const int8_t *shift = p->shifts + o * step;
  int8_t *const end = out + o + n;
  out += o;
  if (!p->simple_scales) {
    for (; out != end; multiplier += step, shift += step) {
      *out++ =
          msf_finish_s8(*sums++, *multiplier, *shift, zero_point, low, high);
    }
    return;
  }
  const int32_t codes = 2 * zero_point + 1;
#if defined(MSF_ISA_ARMV7EM)
  if (p->simple_scales == 2 && step == 1) {
    msf_write_codes(sums, multiplier, shift, codes, n, out);
    msf_clamp_codes(out, n, low, high);
    return;
  }
#endif
  if (low == -128 && high == 127) {
    for (; out != end; multiplier += step, shift += step) {
      const int32_t code =
          msf_simple_requantize(*sums++, *multiplier, *shift, codes);
      *out++ = (int8_t)msf_saturate_s8(code);
    }
    return;
  }
  for (; out != end; multiplier += step, shift += step) {
    const int32_t code =
        msf_simple_requantize(*sums++, *multiplier, *shift, codes);
    *out++ = (int8_t)msf_clamp(code, low, high);
  }
}

#endif /* MSF_FINISH_BODY_H_ */
