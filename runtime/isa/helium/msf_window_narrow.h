/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_depthwise_conv2d_window_s8 for Helium where few columns are made: pixel
 * by pixel, two quads of channels at once. C++ only. */
#ifndef MSF_WINDOW_NARROW_HELIUM_H_
#define MSF_WINDOW_NARROW_HELIUM_H_

#include "isa/helium/msf_vectors.h"
#include "kernels/msf_depthwise_conv2d_window_s8.h"
#include "msf_math.h"
#include "msf_runtime.h"

/* Sums of the even lanes, and of the odd ones. */
typedef struct msf_lane_sums {
  int32x4_t even;
  int32x4_t odd;
} msf_lane_sums;

/* Adds `pairs` > 0 pairs of taps. In assembly, as compilers spill vectors. */
static inline void msf_add_tap_pairs(const int8_t *const *taps,
                                     uint16x8_t x_at, const int8_t *w,
                                     uint16x8_t w_at, int32_t pairs,
                                     msf_lane_sums *s) {
  int16x8_t x, v;
  int32x4_t t;
  const int8_t *from;
/* clang-format off */
#define MSF_NARROW_TAP                          \
  "ldr %[from], [%[taps]], #4\n\t"              \
  "vldrb.s16 %q[v], [%[w], %q[w_at]]\n\t"       \
  "vldrb.s16 %q[x], [%[from], %q[x_at]]\n\t"    \
  "vmullb.s16 %q[t], %q[x], %q[v]\n\t"          \
  "vmullt.s16 %q[x], %q[x], %q[v]\n\t"          \
  "vadd.i32 %q[even], %q[even], %q[t]\n\t"      \
  "vadd.i32 %q[odd], %q[odd], %q[x]\n\t"
  __asm__ volatile(
      "dls lr, %[pairs]\n"
      "1:\n\t"
      MSF_NARROW_TAP
      "add %[w], %[w], #2\n\t"
      MSF_NARROW_TAP
      "add %[w], %[w], #6\n\t"
      "le lr, 1b"
      : [x] "=&w"(x), [v] "=&w"(v), [t] "=&w"(t), [from] "=&r"(from),
        [taps] "+r"(taps), [w] "+r"(w), [even] "+w"(s->even),
        [odd] "+w"(s->odd)
      : [pairs] "r"(pairs), [x_at] "w"(x_at), [w_at] "w"(w_at)
      : "lr", "memory");
#undef MSF_NARROW_TAP
  /* clang-format on */
}

/* The codes of sums of channels whose scales are at 0, 8 and so on. */
static inline int32x4_t msf_narrow_scale(int32x4_t sums, const int32_t *scales,
                                         const int8_t *right,
                                         uint32x4_t words_at,
                                         uint32x4_t bytes_at) {
  const int32x4_t shift = vmvnq_s32(vldrbq_gather_offset_s32(right, bytes_at));
  return msf_requantize_x4<true>(
      sums, vldrwq_gather_offset_s32(scales, words_at), shift);
}

/* Where two quads have what. Lanes are channels 0 to 3 of the first one, then
 * those of the second one; they stay in memory, as there are more than vectors.
 */
typedef struct msf_narrow_lanes {
  uint16x8_t x;       /* input and output */
  uint16x8_t weights; /* of a pair of taps */
  uint16x8_t last;    /* of the last tap */
  uint32x4_t words;   /* of channels 0 and 2 */
} msf_narrow_lanes;

/* The second quad's constants are `quad` bytes behind the first one's, and its
 * channels lie `channels` behind; both are 0 if the first one is alone. */
static inline void msf_narrow_begin(msf_narrow_lanes *at, int32_t quad,
                                    int32_t channels) {
  const uint16x8_t lanes = vidupq_n_u16(0, 1);
  const uint16x8_t channel = vandq_u16(lanes, vdupq_n_u16(3));
  const uint16x8_t second = vshrq_n_u16(lanes, 2);
  const uint16x8_t last =
      vaddq_u16(channel, vmulq_n_u16(second, (uint16_t)quad));
  at->x = vaddq_u16(channel, vmulq_n_u16(second, (uint16_t)channels));
  at->weights = /* 0, 1, 4, 5 */
      vaddq_u16(last, vandq_u16(channel, vdupq_n_u16(2)));
  at->last = last;
  at->words = vaddq_u32(vmovlbq_u16(last),
                        vmulq_n_u32(vmovlbq_u16(channel), 3));
}

/* Channels from `c` on of a pixel. */
template <int K>
static inline void msf_two_quads(
    const msf_depthwise_conv2d_window_s8_params *p, const int32_t *quad,
    const int8_t *const *taps, int32_t c, const msf_narrow_lanes *at,
    int8_t *out) {
  constexpr int kPairs = K * K / 2;
  constexpr int kWords = 10 + 2 * kPairs;
  uint32x4_t words = at->words;
  msf_lane_sums s;
  s.even = vldrwq_gather_offset_s32(quad, words);
  s.odd = vldrwq_gather_offset_s32(quad + 1, words);
  const int8_t *w = (const int8_t *)(quad + 4);
  const uint16x8_t x_at = vaddq_n_u16(at->x, (uint16_t)c);
  msf_add_tap_pairs(taps, x_at, w, at->weights, kPairs, &s);
  const uint16x8_t last = at->last;
  const int16x8_t x = vldrbq_gather_offset_s16(taps[2 * kPairs], x_at);
  const int16x8_t v = vldrbq_gather_offset_s16(w + 8 * kPairs, last);
  s.even = vaddq_s32(s.even, vmullbq_int_s16(x, v));
  s.odd = vaddq_s32(s.odd, vmulltq_int_s16(x, v));
  const int32_t *scales = quad + kWords - 5;
  const int8_t *right = (const int8_t *)(scales + 4);
  const uint32x4_t bytes = vmovlbq_u16(last);
  words = at->words;
  s.even = msf_narrow_scale(s.even, scales, right, words, bytes);
  s.odd = msf_narrow_scale(s.odd, scales + 1, right + 1, words, bytes);
  int16x8_t codes = vqmovnbq_s32(vreinterpretq_s16_s32(s.odd), s.even);
  codes = vqaddq_n_s16(vqmovntq_s32(codes, s.odd),
                       (int16_t)p->output_zero_point);
  codes = vmaxq_s16(codes, vdupq_n_s16((int16_t)p->clamp_min));
  codes = vminq_s16(codes, vdupq_n_s16((int16_t)p->clamp_max));
  vstrbq_scatter_offset_s16(out, x_at, codes);
}

/* All channels of a pixel; `taps` is where its window's pixels are. */
template <int K>
__attribute__((noinline)) static void msf_window_pixel(
    const msf_depthwise_conv2d_window_s8_params *p, const int8_t *const *taps,
    int8_t *out) {
  constexpr int32_t kWords = 10 + (K * K - 1);
  msf_narrow_lanes at;
  msf_narrow_begin(&at, 4 * kWords, 4);
  const int32_t *quad = p->quads;
  int32_t c = 0;
  for (;; c += 8) {
    if (c + 8 > p->in_c) {
      if (c >= p->in_c) return;
      /* The last quad is that of the last four channels. */
      const int32_t last = p->in_c - 4;
      const bool two = c < last;
      msf_narrow_begin(&at, two ? 4 * kWords : 0, two ? last - c : 0);
      c = msf_min(c, last);
    }
    __asm__ volatile("" ::: "memory"); /* what `at` has stays there */
    msf_two_quads<K>(p, quad, taps, c, &at, out);
    quad += 2 * kWords;
  }
}

/* Output row y. */
template <int K>
__attribute__((noinline)) static void msf_window_narrow(const msf_call *call,
                                                        int32_t y) {
  const msf_depthwise_conv2d_window_s8_params *p =
      (const msf_depthwise_conv2d_window_s8_params *)call->params;
  const int8_t *rows[K];
  const int8_t *taps[K * K];
  const int32_t top = y * p->stride_h - p->pad_top;
  bool rows_exist = true;
  for (int32_t k = 0; k < K; ++k) {
    const int32_t row = top + k * p->dilation_h;
    const bool exists = row >= 0 && row < call->in[0].rows;
    rows_exist = rows_exist && exists;
    rows[k] = exists ? (const int8_t *)msf_row(&call->in[0], row) : nullptr;
  }
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  int8_t *out = (int8_t *)msf_row(&call->out, y) + call->x * p->out_step;
  const int32_t step = p->dilation_w * p->in_c;
  for (int32_t x = call->x; x < x_end; ++x) {
    const int32_t left = x * p->stride_w - p->pad_left;
    const bool inside =
        rows_exist && left >= 0 && left + (K - 1) * p->dilation_w < p->in_w;
    const int8_t **tap = taps;
    for (int32_t k = 0; k < K; ++k) {
      const int8_t *const *const end = tap + K;
      if (inside) {
        const int8_t *from = rows[k] + left * p->in_c;
        for (; tap != end; from += step) *tap++ = from;
        continue;
      }
      int32_t column = left;
      for (; tap != end; column += p->dilation_w) {
        const bool exists = rows[k] != nullptr && column >= 0 &&
                            column < p->in_w;
        *tap++ = exists ? rows[k] + column * p->in_c : p->padding;
      }
    }
    msf_window_pixel<K>(p, taps, out);
    out += p->out_step;
  }
}

#endif /* MSF_WINDOW_NARROW_HELIUM_H_ */
