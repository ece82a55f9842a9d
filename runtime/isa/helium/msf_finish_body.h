/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_finish_channels() for Helium, of one pixel or of three. */
#ifndef MSF_FINISH_BODY_HELIUM_H_
#define MSF_FINISH_BODY_HELIUM_H_

#include <stdint.h>

#include "isa/helium/msf_vectors.h"

/* From the sums of a pixel to those of the next one, in int32. */
#define MSF_FINISH_STRIDE 28

/* What all channels share. */
typedef struct msf_finish_range {
  int32_t zero_point;
  int32_t low;
  int32_t high;
} msf_finish_range;

/* clang-format off */
#define MSF_FINISH_PIXEL(sums, out)           \
  "vldrw.s32 %q[x], " sums "\n\t"             \
  "vqrdmulh.s32 %q[x], %q[x], %q[m]\n\t"      \
  "vshr.s32 %q[t], %q[x], #31\n\t"            \
  "vadd.i32 %q[x], %q[x], %q[t]\n\t"          \
  "vrshl.s32 %q[x], %q[x], %q[s]\n\t"         \
  "vadd.i32 %q[x], %q[x], %[zero]\n\t"        \
  "vmax.s32 %q[x], %q[x], %q[low]\n\t"        \
  "vmin.s32 %q[x], %q[x], %q[high]\n\t"       \
  "vstrb.32 %q[x], [%[" out "]], #4\n\t"
#define MSF_FINISH_LOAD                       \
  "vldrw.s32 %q[m], [%[multiplier]], #16\n\t" \
  "vldrb.s32 %q[s], [%[shift]], #4\n\t"

/* Channels with shifts below 0, of which each has its own scale. */
template <int kPixels>
static inline void msf_finish_each(const int32_t *multiplier,
                                   const int8_t *shift, const int32_t *sums,
                                   int32_t n, msf_finish_range range,
                                   int8_t *out, int32_t next) {
  const int32x4_t low = vdupq_n_s32(range.low);
  const int32x4_t high = vdupq_n_s32(range.high);
  int32x4_t x, t, m, s;
  if constexpr (kPixels == 1) {
    __asm__ volatile(
        "dlstp.32 lr, %[n]\n"
        "1:\n\t" MSF_FINISH_LOAD
        MSF_FINISH_PIXEL("[%[sums]], #16", "out")
        "letp lr, 1b"
        : [x] "=&w"(x), [t] "=&w"(t), [m] "=&w"(m), [s] "=&w"(s),
          [multiplier] "+r"(multiplier), [shift] "+l"(shift),
          [sums] "+r"(sums), [out] "+l"(out)
        : [n] "r"(n), [zero] "r"(range.zero_point), [low] "w"(low),
          [high] "w"(high)
        : "lr", "memory");
  } else {
    int8_t *out1 = out + next;
    int8_t *out2 = out1 + next;
    __asm__ volatile(
        "dlstp.32 lr, %[n]\n"
        "1:\n\t" MSF_FINISH_LOAD
        MSF_FINISH_PIXEL("[%[sums], #112]", "out1")
        MSF_FINISH_PIXEL("[%[sums], #224]", "out2")
        MSF_FINISH_PIXEL("[%[sums]], #16", "out")
        "letp lr, 1b"
        : [x] "=&w"(x), [t] "=&w"(t), [m] "=&w"(m), [s] "=&w"(s),
          [multiplier] "+r"(multiplier), [shift] "+l"(shift),
          [sums] "+r"(sums), [out] "+l"(out), [out1] "+l"(out1),
          [out2] "+l"(out2)
        : [n] "r"(n), [zero] "r"(range.zero_point), [low] "w"(low),
          [high] "w"(high)
        : "lr", "memory");
  }
}
/* clang-format on */

#undef MSF_FINISH_LOAD
#undef MSF_FINISH_PIXEL

/* Any scales; `step` is 0 if all channels share one. */
template <bool kSimple>
__attribute__((noinline)) static void msf_finish_any(
    const int32_t *multiplier, const int8_t *shift, int32_t step,
    const int32_t *sums, int32_t n, const msf_finish_range *range,
    int8_t *out) {
  const int32x4_t low = vdupq_n_s32(range->low);
  const int32x4_t high = vdupq_n_s32(range->high);
  int32x4_t m = vdupq_n_s32(*multiplier);
  int32x4_t s = vdupq_n_s32(*shift);
  for (; n > 0; n -= 4) {
    const mve_pred16_t here = vctp32q((uint32_t)n);
    if (step != 0) {
      m = vldrwq_z_s32(multiplier, here);
      s = vldrbq_z_s32(shift, here);
      multiplier += 4;
      shift += 4;
    }
    int32x4_t x =
        msf_requantize_x4<kSimple>(vldrwq_z_s32(sums, here), m, s);
    x = vaddq_n_s32(x, range->zero_point);
    x = vminq_s32(vmaxq_s32(x, low), high);
    vstrbq_p_s32(out, x, here);
    sums += 4;
    out += 4;
  }
}

/* Channels [o, o + n) of a pixel, n > 0, with scales for msf_finish_any(). */
template <typename Params>
__attribute__((noinline)) static void msf_finish_rare(const Params *p,
                                                      const int32_t *sums,
                                                      int32_t o, int32_t n,
                                                      int8_t *out) {
  const int32_t step = p->scale_step;
  const int32_t *multiplier = p->multipliers + o * step;
  const int8_t *shift = p->shifts + o * step;
  const msf_finish_range range = {p->output_zero_point, p->clamp_min,
                                  p->clamp_max};
  if (p->simple_scales) {
    msf_finish_any<true>(multiplier, shift, step, sums, n, &range, out + o);
  } else {
    msf_finish_any<false>(multiplier, shift, step, sums, n, &range, out + o);
  }
}

/* Channels [o, o + n) of kPixels pixels, `next` bytes apart. n > 0. */
template <int kPixels, typename Params>
static inline void msf_finish_pixels(const Params *p, const int32_t *sums,
                                     int32_t o, int32_t n, int8_t *out,
                                     int32_t next) {
  if (p->simple_scales && p->scale_step != 0) {
    const msf_finish_range range = {p->output_zero_point, p->clamp_min,
                                    p->clamp_max};
    msf_finish_each<kPixels>(p->multipliers + o, p->shifts + o, sums, n, range,
                             out + o, next);
    return;
  }
  for (int32_t i = 0; i < kPixels; ++i) {
    msf_finish_rare(p, sums, o, n, out);
    sums += MSF_FINISH_STRIDE;
    out += next;
  }
}

/* As in kernels/msf_dot_s8.h. */
template <typename Params>
__attribute__((noinline)) static void msf_finish_channels(const Params *p,
                                                          const int32_t *sums,
                                                          int32_t o, int32_t n,
                                                          int8_t *out) {
  msf_finish_pixels<1>(p, sums, o, n, out, 0);
}

#endif /* MSF_FINISH_BODY_HELIUM_H_ */
