/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 1x1 convolutions of two pixels, wherever they lie: where a patch makes one
 * column, it pairs the pixels of two rows. C++ only. */
#ifndef MSF_PIXEL_PAIRS_H_
#define MSF_PIXEL_PAIRS_H_

#include <stdint.h>

#include "kernels/msf_pair_s8.h"
#include "kernels/msf_scale.h"
#include "msf_runtime.h"

/* Calls make(in, out, next, pixels) for all pixels of the call, by twos as far
 * as there are: input pixels, the first output pixel, and bytes from there to
 * the second one. */
template <typename Params, typename Make>
static inline void msf_by_pairs(const msf_call *call, const Params *p,
                                Make make) {
  const int8_t *in[2];
  int8_t *out = nullptr;
  int32_t pixels = 0;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  const int32_t in_step = p->stride_w * p->in_c;
  for (int32_t r = call->step; r <= call->step + call->more_rows; ++r) {
    const int8_t *from =
        (const int8_t *)msf_row(&call->in[0], r * p->stride_h);
    from += call->x * in_step;
    int8_t *to = (int8_t *)msf_row(&call->out, r) + call->x * p->out_c;
    for (int32_t x = call->x; x < x_end; ++x) {
      in[pixels] = from;
      if (pixels == 0) {
        out = to;
        pixels = 1;
      } else {
        make(in, out, (int32_t)(to - out), 2);
        pixels = 0;
      }
      from += in_step;
      to += p->out_c;
    }
  }
  if (pixels > 0) make(in, out, 0, 1);
}

/* Words [first, first + words) of the channels of both pixels, of which there
 * are in_c, become the operand. */
static inline void msf_pair_put_channels(msf_pair_operand *x,
                                         const int8_t *const in[2],
                                         int32_t in_c, int32_t first,
                                         int32_t words) {
  const int32_t whole = msf_min(words, (in_c >> 2) - first);
  msf_pair_put_both(x, 0, in[0] + 4 * first, in[1] + 4 * first, whole);
  if (whole == words) return;
  for (int32_t pixel = 0; pixel < 2; ++pixel) {
    const int8_t *from = in[pixel] + 4 * (first + whole);
    int8_t word[4] = {0, 0, 0, 0};
    for (int32_t i = 0; i < (in_c & 3); ++i) word[i] = from[i];
    msf_pair_put(x, pixel, whole, word, 0, 1);
  }
}

#endif /* MSF_PIXEL_PAIRS_H_ */
