/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_quads_s8 in plain C++. */
#ifndef MSF_QUADS_S8_BODY_H_
#define MSF_QUADS_S8_BODY_H_

#include <stdint.h>

/* Channels [c, end) of the pixel, a multiple of four. `words` are those of the
 * quads, as in msf_depthwise_conv2d_window_s8.h; returns what is behind them. */
__attribute__((noinline)) static const int32_t *msf_quads_s8(
    const int32_t *words, const msf_quads *pixel, int32_t c, int32_t end) {
  for (; c != end; c += 4) {
    uint32_t s0 = (uint32_t)words[0];
    uint32_t s1 = (uint32_t)words[1];
    uint32_t s2 = (uint32_t)words[2];
    uint32_t s3 = (uint32_t)words[3];
    const int8_t *w = (const int8_t *)(words + 4);
    const int8_t *const *tap = pixel->taps;
    for (; tap != pixel->last; tap += 2) {
      const int8_t *a = tap[0] + c;
      const int8_t *b = tap[1] + c;
      s0 += (uint32_t)(a[0] * w[0] + b[0] * w[2]);
      s1 += (uint32_t)(a[1] * w[1] + b[1] * w[3]);
      s2 += (uint32_t)(a[2] * w[4] + b[2] * w[6]);
      s3 += (uint32_t)(a[3] * w[5] + b[3] * w[7]);
      w += 8;
    }
    const int8_t *a = *tap + c;
    s0 += (uint32_t)(a[0] * w[0]);
    s1 += (uint32_t)(a[1] * w[1]);
    s2 += (uint32_t)(a[2] * w[2]);
    s3 += (uint32_t)(a[3] * w[3]);
    words = (const int32_t *)(w + 4);
    const int8_t *shift = (const int8_t *)(words + 4);
    const int32_t sums[4] = {(int32_t)s0, (int32_t)s1, (int32_t)s2,
                             (int32_t)s3};
    for (int32_t i = 0; i < 4; ++i) {
      const int32_t code = msf_simple_requantize(
          sums[i], words[i], -1 - shift[i], pixel->codes);
      pixel->out[c + i] = (int8_t)msf_saturate_s8(code);
    }
    words += 5;
  }
  return words;
}

#endif /* MSF_QUADS_S8_BODY_H_ */
