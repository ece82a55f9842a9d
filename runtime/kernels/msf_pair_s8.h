/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of convolutions: pieces of the windows of two pixels are
 * laid out as the loops like them, an *operand*, and multiplied with the
 * weights of many channels; each byte is loaded once for several products.
 * C++ only; a twin for an instruction set replaces msf_pair_s8_body.h. */
#ifndef MSF_PAIR_S8_H_
#define MSF_PAIR_S8_H_

#include <stdint.h>

#include "kernels/msf_dot_s8.h"
#include "msf_isa.h"

/* Words of four bytes, of each pixel in an operand: they lie on the stack. A
 * kernel may define its own number, and then must its own msf_pair_operand. */
#if !defined(MSF_PAIR_WORDS)
#if defined(MSF_ISA_ARMV7EM)
#define MSF_PAIR_WORDS 16
#else
#define MSF_PAIR_WORDS 12
#endif
#endif
#define MSF_PAIR_CHANNELS 16 /* that are multiplied at once; even */

#if defined(MSF_ISA_ARMV7EM)
#include "isa/armv7em/msf_pair_s8_body.h"
#else
#include "kernels/msf_pair_s8_body.h"
#endif

/* Whether msf_pair_end_channels() and msf_pair_end_pixels() serve. */
template <typename Params>
static inline bool msf_pair_codes_fit(const Params *p) {
#if defined(MSF_PAIR_CODES)
  return p->simple_scales == 2 && p->scale_step == 1 && p->out_c > 1;
#else
  (void)p;
  return false;
#endif
}

#if defined(MSF_PAIR_CODES)

/* Adds the last products to the sums of channels [o, o + n), an even number,
 * and writes their codes, `next` bytes apart and not clamped; `w` are the
 * weights of channel o.
 * The sums of the second pixel lie `next_start` behind those at `start`. */
template <typename Params>
static inline void msf_pair_end_channels(
    const Params *p, const msf_pair_operand *x, int32_t words, const int8_t *w,
    int32_t w_stride, const int32_t *start, int32_t next_start, int32_t o,
    int32_t n, int8_t *out, int32_t next) {
  out += o;
  msf_code_rows(x->words[0], w, w_stride, words, n >> 1, start, 4 * next_start,
                p->multipliers + o, p->shifts + o, out, out + next,
                2 * p->output_zero_point + 1);
}

template <typename Params>
static inline void msf_pair_clamp(const Params *p, int8_t *out, int32_t next) {
  msf_clamp_codes(out, p->out_c, p->clamp_min, p->clamp_max);
  msf_clamp_codes(out + next, p->out_c, p->clamp_min, p->clamp_max);
}

/* All channels of two pixels whose operand has all products. */
template <typename Params>
static inline void msf_pair_end_pixels(const Params *p,
                                       const msf_pair_operand *x, int32_t words,
                                       int8_t *out, int32_t next) {
  const int8_t *w = p->weights;
  msf_pair_end_channels(p, x, words, w, 4 * words, p->bias, 0, 0,
                        p->out_c & ~1, out, next);
  if ((p->out_c & 1) != 0) {
    const int32_t o = p->out_c - 2; /* the last two, one of them once more */
    msf_pair_end_channels(p, x, words, w + 4 * o * words, 4 * words,
                          p->bias + o, 0, o, 2, out, next);
  }
  msf_pair_clamp(p, out, next);
}

/* Writes channels [o, o + n) of two pixels, `next` bytes apart, from
 * sums[2][MSF_PAIR_CHANNELS]: what msf_pair_end_channels() does not. */
template <typename Params>
static inline void msf_pair_finish(const Params *p, const int32_t *sums,
                                   int32_t o, int32_t n, int8_t *out,
                                   int32_t next) {
  msf_finish_channels(p, sums, o, n, out);
  msf_finish_channels(p, sums + MSF_PAIR_CHANNELS, o, n, out + next);
}

#else

template <typename Params>
static inline void msf_pair_end_channels(const Params *,
                                         const msf_pair_operand *, int32_t,
                                         const int8_t *, int32_t,
                                         const int32_t *, int32_t, int32_t,
                                         int32_t, int8_t *, int32_t) {}

template <typename Params>
static inline void msf_pair_end_pixels(const Params *, const msf_pair_operand *,
                                       int32_t, int8_t *, int32_t) {}

template <typename Params>
static inline void msf_pair_clamp(const Params *, int8_t *, int32_t) {}

/* Writes channels [o, o + n) of two pixels, `next` bytes apart, from
 * sums[2][MSF_PAIR_CHANNELS], for simple scales per channel; kFull: their codes
 * may be any int8. */
template <bool kFull, typename Params>
__attribute__((noinline)) static void msf_pair_finish_simple(
    const Params *p, const int32_t *sums, int32_t o, int32_t n, int8_t *out,
    int32_t next) {
  const int32_t *multiplier = p->multipliers + o;
  const int8_t *shift = p->shifts + o;
  const int32_t low = p->clamp_min;
  const int32_t high = p->clamp_max;
  const int32_t codes = 2 * p->output_zero_point + 1;
  out += o;
  for (const int32_t *end = sums + n; sums != end; ++sums) {
    const int32_t m = *multiplier++;
    const int32_t s = *shift++;
    const int32_t a = msf_simple_requantize(sums[0], m, s, codes);
    const int32_t b =
        msf_simple_requantize(sums[MSF_PAIR_CHANNELS], m, s, codes);
    out[next] = (int8_t)(kFull ? msf_saturate_s8(b) : msf_clamp(b, low, high));
    *out++ = (int8_t)(kFull ? msf_saturate_s8(a) : msf_clamp(a, low, high));
  }
}

template <typename Params>
static inline void msf_pair_finish(const Params *p, const int32_t *sums,
                                   int32_t o, int32_t n, int8_t *out,
                                   int32_t next) {
  if (!p->simple_scales || p->scale_step == 0) {
    msf_finish_channels(p, sums, o, n, out);
    msf_finish_channels(p, sums + MSF_PAIR_CHANNELS, o, n, out + next);
  } else if (p->clamp_min == -128 && p->clamp_max == 127) {
    msf_pair_finish_simple<true>(p, sums, o, n, out, next);
  } else {
    msf_pair_finish_simple<false>(p, sums, o, n, out, next);
  }
}

#endif

#endif /* MSF_PAIR_S8_H_ */
