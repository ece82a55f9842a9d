/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_tap_pixels for Helium: VMLADAVA adds sixteen products to a sum, and words
 * of a channel's weights, which lie two words apart, are gathered. */
#ifndef MSF_TAP_ROWS_BODY_HELIUM_H_
#define MSF_TAP_ROWS_BODY_HELIUM_H_

#include "isa/helium/msf_tap_windows.h"
#include "isa/helium/msf_vectors.h"

/* A window into the operand. What is behind its rows' last bytes weighs
 * nothing. */
static inline void msf_put_window(const msf_two_windows *windows,
                                  const int8_t *const *rows, int32_t at,
                                  int8_t *to) {
  const int32_t bytes = 4 * windows->words + windows->rest;
  for (int32_t ky = windows->kernel_h; ky > 0; --ky) {
    msf_copy_bytes(to, *rows + at, bytes);
    rows += windows->dilation;
    to += (bytes + 3) & ~3;
  }
}

/* Both windows into the operand. */
__attribute__((noinline)) static void msf_put_windows(
    const msf_two_windows *windows, msf_pair_operand *x) {
  msf_put_window(windows, windows->rows_a, windows->at_a, x->bytes[0]);
  msf_put_window(windows, windows->rows_b, windows->at_b, x->bytes[1]);
}

/* Sums of two channels; written out to lie in even registers. */
typedef struct msf_tap_sums {
  int32_t a0, a1;
  int32_t b0, b1;
} msf_tap_sums;

/* Products of both pixels with `words` words of weights of each channel. `at`
 * are 0, 8, 16 and 24. */
static inline void msf_tap_products(const int8_t *x_a, const int8_t *x_b,
                                    const int32_t *w, int32_t words,
                                    uint32x4_t at, msf_tap_sums *s) {
  const int32_t *next = w + 1;
  int8x16_t w0, w1, v;
  __asm__ volatile(
      "dlstp.32 lr, %[words]\n"
      "1:\n\t"
      "vldrw.u32 %q[w0], [%[w], %q[at]]\n\t"
      "vldrw.u32 %q[w1], [%[next], %q[at]]\n\t"
      "vldrb.u8 %q[v], [%[x_a]], #16\n\t"
      "vmladava.s8 %[a0], %q[v], %q[w0]\n\t"
      "vmladava.s8 %[a1], %q[v], %q[w1]\n\t"
      "vldrb.u8 %q[v], [%[x_b]], #16\n\t"
      "vmladava.s8 %[b0], %q[v], %q[w0]\n\t"
      "vmladava.s8 %[b1], %q[v], %q[w1]\n\t"
      "add %[w], %[w], #32\n\t"
      "add %[next], %[next], #32\n\t"
      "letp lr, 1b"
      : [w0] "=&w"(w0), [w1] "=&w"(w1), [v] "=&w"(v), [x_a] "+r"(x_a),
        [x_b] "+r"(x_b), [w] "+r"(w), [next] "+r"(next), [a0] "+Te"(s->a0),
        [a1] "+Te"(s->a1), [b0] "+Te"(s->b0), [b1] "+Te"(s->b1)
      : [words] "r"(words), [at] "w"(at)
      : "lr", "memory");
}

/* The same of the first pixel. */
static inline void msf_tap_products_of_one(const int8_t *x_a, const int32_t *w,
                                           int32_t words, uint32x4_t at,
                                           msf_tap_sums *s) {
  const int32_t *next = w + 1;
  int8x16_t w0, w1, v;
  __asm__ volatile(
      "dlstp.32 lr, %[words]\n"
      "1:\n\t"
      "vldrw.u32 %q[w0], [%[w], %q[at]]\n\t"
      "vldrw.u32 %q[w1], [%[next], %q[at]]\n\t"
      "vldrb.u8 %q[v], [%[x_a]], #16\n\t"
      "vmladava.s8 %[a0], %q[v], %q[w0]\n\t"
      "vmladava.s8 %[a1], %q[v], %q[w1]\n\t"
      "add %[w], %[w], #32\n\t"
      "add %[next], %[next], #32\n\t"
      "letp lr, 1b"
      : [w0] "=&w"(w0), [w1] "=&w"(w1), [v] "=&w"(v), [x_a] "+r"(x_a),
        [w] "+r"(w), [next] "+r"(next), [a0] "+Te"(s->a0), [a1] "+Te"(s->a1)
      : [words] "r"(words), [at] "w"(at)
      : "lr", "memory");
}

/* 0, 1, and both once more; the second ones are `next` behind. */
static inline uint32x4_t msf_tap_twos(int32_t step, int32_t next) {
  const uint32x4_t lanes = vidupq_n_u32(0, 1);
  const uint32x4_t low = vandq_u32(lanes, vdupq_n_u32(1));
  return vaddq_u32(vmulq_n_u32(low, (uint32_t)step),
                   vmulq_n_u32(vshrq_n_u32(lanes, 1), (uint32_t)next));
}

/* As in kernels/msf_tap_rows_body.h; kTwo: of both pixels. Channels 0 and 1 of
 * the first pixel are the first lanes of vectors, those of the second pixel the
 * others. */
template <bool kTwo>
static inline void msf_tap_any(const int32_t *rows, int32_t words,
                               const msf_taps_of_two *taps) {
  const uint32x4_t at = vidupq_n_u32(0, 8);
  const uint32x4_t words_of_twos = msf_tap_twos(4, 0);
  const uint32x4_t bytes_of_twos = msf_tap_twos(1, 0);
  const int32_t next = kTwo ? taps->w_b - taps->w_a : 0;
  const uint32x4_t weights_at = msf_tap_twos(1, next);
  const int8_t *weights = taps->w_a;
  const int16_t zero_point = (int16_t)(taps->codes >> 1);
  for (int32_t *sums = taps->sums; sums != taps->end; sums += 2) {
    msf_tap_sums s = {rows[0], rows[1], rows[0], rows[1]};
    if (kTwo) {
      msf_tap_products(taps->x_a, taps->x_b, rows + 2, words, at, &s);
    } else {
      msf_tap_products_of_one(taps->x_a, rows + 2, words, at, &s);
    }
    rows += 2 + 2 * words;
    int32x4_t v;
    __asm__("vmov %e0, %1, %2\n\t"
            "vmov %f0, %3, %4"
            : "=&w"(v)
            : "r"(s.a0), "r"(s.a1), "r"(s.b0), "r"(s.b1));
    const int32x4_t multiplier =
        vldrwq_gather_offset_s32(rows, words_of_twos);
    const int32x4_t right = vldrbq_gather_offset_s32(
        (const int8_t *)(rows + 2), bytes_of_twos);
    v = msf_requantize_x4<true>(v, multiplier, vmvnq_s32(right));
    v = vaddq_n_s32(v, zero_point);
    v = vmaxq_s32(vminq_s32(v, vdupq_n_s32(127)), vdupq_n_s32(-128));
    v = vmulq_s32(v, vldrbq_gather_offset_s32(weights, weights_at));
    const int32_t first = sums[0] + vgetq_lane_s32(v, 0);
    const int32_t second = sums[1] + vgetq_lane_s32(v, 1);
    sums[0] = kTwo ? first + vgetq_lane_s32(v, 2) : first;
    sums[1] = kTwo ? second + vgetq_lane_s32(v, 3) : second;
    weights += 2;
    rows += 3;
  }
}

__attribute__((noinline)) static void msf_tap_pixels(
    const int32_t *rows, int32_t words, const msf_taps_of_two *taps) {
  msf_tap_any<true>(rows, words, taps);
}

__attribute__((noinline)) static void msf_tap_pixel(
    const int32_t *rows, int32_t words, const msf_taps_of_two *taps) {
  msf_tap_any<false>(rows, words, taps);
}

#endif /* MSF_TAP_ROWS_BODY_HELIUM_H_ */
