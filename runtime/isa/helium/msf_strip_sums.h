/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * From the windows of a strip to output codes, for Helium. C++ only. */
#ifndef MSF_STRIP_SUMS_HELIUM_H_
#define MSF_STRIP_SUMS_HELIUM_H_

#include "isa/helium/msf_strip.h"

/* Sums of one channel of `outputs` windows; what is behind them may change.
 * `at` are the first four words of the window before the first. The loops are
 * in assembly: GCC 12 gathers twice where an address is written back. */
template <int S>
static inline void msf_sum_windows_3x3(uint32x4_t at, int8x16_t w,
                                       int32_t outputs, int32_t *sums) {
  int32x4_t x;
  int32_t a;
  if constexpr (S == 2) {
    __asm__ volatile(
        "dls lr, %[n]\n"
        "1:\n\t"
        "vldrw.u32 %q[x], [%q[at], #32]!\n\t"
        "vmladav.s8 %[a], %q[x], %q[w]\n\t"
        "str %[a], [%[sums]], #4\n\t"
        "le lr, 1b"
        : [at] "+w"(at), [x] "=&w"(x), [a] "=&Te"(a), [sums] "+r"(sums)
        : [n] "r"(outputs), [w] "w"(w)
        : "lr", "memory");
    return;
  }
  /* Four columns hold two windows. */
  uint32_t none = 0;
  const int8x16_t w_next = vshlcq_s8(w, &none, 32);
  int32_t b;
  __asm__ volatile(
      "dls lr, %[n]\n"
      "1:\n\t"
      "vldrw.u32 %q[x], [%q[at], #32]!\n\t"
      "vmladav.s8 %[a], %q[x], %q[w]\n\t"
      "vmladav.s8 %[b], %q[x], %q[next]\n\t"
      "strd %[a], %[b], [%[sums]], #8\n\t"
      "le lr, 1b"
      : [at] "+w"(at), [x] "=&w"(x), [a] "=&Te"(a), [b] "=&Te"(b),
        [sums] "+r"(sums)
      : [n] "r"((outputs + 1) >> 1), [w] "w"(w), [next] "w"(w_next)
      : "lr", "memory");
}

/* The same for kernels of up to 8 x 8, of two squares side by side. kMore: the
 * sums go on. */
template <int S, bool kMore>
static inline void msf_sum_windows_kxk(uint32x4_t at, int8x16_t w0,
                                       int8x16_t w1, int32_t outputs,
                                       int32_t *sums) {
  int32x4_t x, y;
  int32_t sum;
  __asm__ volatile(
      "dls lr, %[n]\n"
      "1:\n\t"
      "vldrw.u32 %q[x], [%q[at], %[step]]!\n\t"
      "vldrw.u32 %q[y], [%q[at], #64]\n\t"
      ".if %c[more]\n\t"
      "ldr %[sum], [%[sums]]\n\t"
      "vmladava.s8 %[sum], %q[x], %q[w0]\n\t"
      ".else\n\t"
      "vmladav.s8 %[sum], %q[x], %q[w0]\n\t"
      ".endif\n\t"
      "vmladava.s8 %[sum], %q[y], %q[w1]\n\t"
      "str %[sum], [%[sums]], #4\n\t"
      "le lr, 1b"
      : [at] "+w"(at), [x] "=&w"(x), [y] "=&w"(y), [sum] "=&Te"(sum),
        [sums] "+r"(sums)
      : [n] "r"(outputs), [w0] "w"(w0), [w1] "w"(w1), [step] "i"(16 * S),
        [more] "i"(kMore ? 1 : 0)
      : "lr", "memory");
}

/* The same as vectors. */
typedef struct msf_strip_vectors {
  int32x4_t bias; /* with what rows on padding add */
  int32x4_t multiplier;
  int32x4_t shift;
} msf_strip_vectors;

template <typename Order>
static inline msf_strip_vectors msf_load_scales(const msf_strip_scales *scales,
                                                const int32_t *outside,
                                                int32_t channels) {
  const mve_pred16_t here = vctp32q((uint32_t)channels);
  msf_strip_vectors v;
  v.bias = vaddq_s32(vldrwq_z_s32(scales->bias, here), vldrwq_s32(outside));
  if (scales->step != 0) {
    v.multiplier = vldrwq_z_s32(scales->multiplier, here);
    v.shift = vldrbq_z_s32(scales->shift, here);
  } else {
    v.multiplier = vdupq_n_s32(*scales->multiplier);
    v.shift = vdupq_n_s32(*scales->shift);
  }
  if (Order::kShiftsBelow) v.shift = vmvnq_s32(v.shift);
  return v;
}

/* Output codes of `outputs` pixels of s->channels channels; `at` are the sums
 * before the first ones. */
static inline void msf_finish_strip(const msf_strip_row *s,
                                    const msf_strip_scales *scales,
                                    const msf_strip_vectors &v, uint32x4_t at,
                                    int32_t outputs, int8_t *out) {
  const int32x4_t low = vdupq_n_s32(scales->range[1]);
  const int32x4_t high = vdupq_n_s32(scales->range[2]);
  int32x4_t x, t;
  uint32_t predicate;
  __asm__ volatile(
      "vmrs %[predicate], p0\n\t"
      "vctp.32 %[channels]\n\t"
      "dls lr, %[n]\n"
      "1:\n\t"
      "vldrw.u32 %q[x], [%q[at], #4]!\n\t"
      "vadd.i32 %q[x], %q[x], %q[bias]\n\t"
      "vqrdmulh.s32 %q[x], %q[x], %q[m]\n\t"
      "vshr.s32 %q[t], %q[x], #31\n\t"
      "vadd.i32 %q[x], %q[x], %q[t]\n\t"
      "vrshl.s32 %q[x], %q[x], %q[s]\n\t"
      "vadd.i32 %q[x], %q[x], %[zero]\n\t"
      "vmax.s32 %q[x], %q[x], %q[low]\n\t"
      "vmin.s32 %q[x], %q[x], %q[high]\n\t"
      "vpst\n\t"
      "vstrbt.32 %q[x], [%[out]]\n\t"
      "add %[out], %[out], %[step]\n\t"
      "le lr, 1b\n\t"
      "vmsr p0, %[predicate]"
      : [at] "+w"(at), [x] "=&w"(x), [t] "=&w"(t), [out] "+l"(out),
        [predicate] "=&r"(predicate)
      : [n] "r"(outputs), [channels] "r"(s->channels), [bias] "w"(v.bias),
        [m] "w"(v.multiplier), [s] "w"(v.shift),
        [zero] "r"(scales->range[0]), [low] "w"(low), [high] "w"(high),
        [step] "r"(s->out_step)
      : "lr", "memory");
}

/* The same for any shifts. */
static inline void msf_finish_strip_any(const msf_strip_row *s,
                                        const msf_strip_scales *scales,
                                        const msf_strip_vectors &v,
                                        uint32x4_t at, int32_t outputs,
                                        int8_t *out) {
  const mve_pred16_t here = vctp32q((uint32_t)s->channels);
  for (; outputs > 0; --outputs) {
    at = vaddq_n_u32(at, 4);
    int32x4_t x = vaddq_s32(vldrwq_gather_base_s32(at, 0), v.bias);
    x = msf_requantize_x4<false>(x, v.multiplier, v.shift);
    x = vaddq_n_s32(x, scales->range[0]);
    x = vmaxq_s32(x, vdupq_n_s32(scales->range[1]));
    x = vminq_s32(x, vdupq_n_s32(scales->range[2]));
    vstrbq_p_s32(out, x, here);
    out += s->out_step;
  }
}

/* Adds kernel rows 4q and on to the sums of `outputs` windows, which begin S
 * columns apart; or starts them. */
template <int K, int S, typename Order, int q>
__attribute__((noinline)) static void msf_sum_strip(const msf_strip_row *s,
                                                    const int8_t *weights,
                                                    int32_t outputs,
                                                    msf_strip<K> *strip) {
  const uint32_t inside = s->inside;
  const uint32_t first =
      (uint32_t)(uintptr_t)strip->codes - 16 * (K == 3 ? 2 : S);
  uint32x4_t at = msf_count_by(first, 16);
  int32_t *to = strip->sums[0];
  for (int32_t i = 0; i < s->channels; ++i) {
    constexpr int kFirst = q * msf_strip<K>::kQuads; /* square of the rows */
    const int8x16_t w =
        msf_load_square<K, Order>(inside, weights, i, kFirst);
    if constexpr (K == 3) {
      msf_sum_windows_3x3<S>(at, w, outputs, to);
    } else {
      const int8x16_t next =
          msf_load_square<K, Order>(inside, weights, i, kFirst + 1);
      msf_sum_windows_kxk<S, q != 0>(at, w, next, outputs, to);
    }
    at = vaddq_n_u32(at, 4);
    to += msf_strip<K>::kMostOutputs;
  }
}

/* Output codes of `outputs` pixels, s->out_step bytes apart, from their sums. */
template <int K, typename Order>
__attribute__((noinline)) static void msf_end_strip(
    const msf_strip_row *s, const msf_strip<K> *strip,
    const msf_strip_scales *scales, int32_t outputs, int8_t *out) {
  const msf_strip_vectors v =
      msf_load_scales<Order>(scales, strip->outside, s->channels);
  const uint32x4_t at = msf_count_by(
      (uint32_t)(uintptr_t)strip->sums[0] - 4, sizeof(strip->sums[0]));
  if (scales->is_simple) {
    msf_finish_strip(s, scales, v, at, outputs, out);
  } else {
    msf_finish_strip_any(s, scales, v, at, outputs, out);
  }
}

/* Makes `outputs` pixels; `column` is that of the first window. */
template <int K, int S, typename Order>
static inline void msf_make_pixels(const msf_strip_row *s,
                                   const int8_t *weights,
                                   const msf_strip_scales *scales,
                                   int32_t column, int32_t outputs,
                                   msf_strip<K> *strip, int8_t *out) {
  const int32_t columns = (outputs - 1) * S + K;
  msf_fill_strip<K>(s, 0, column, columns, strip->codes);
  msf_sum_strip<K, S, Order, 0>(s, weights, outputs, strip);
  if constexpr (K > 4) {
    msf_fill_strip<K>(s, 1, column, columns, strip->codes);
    msf_sum_strip<K, S, Order, 1>(s, weights, outputs, strip);
  }
  msf_end_strip<K, Order>(s, strip, scales, outputs, out);
}

#endif /* MSF_STRIP_SUMS_HELIUM_H_ */
