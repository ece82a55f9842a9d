/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of convolutions and dense layers: N output channels at a
 * time, so that an input byte is loaded once for N products. C++ only; a twin
 * for an instruction set replaces the bodies in msf_dot_s8_body.h.
 *
 * Sums are taken modulo 2^32: a bias that has absorbed a zero point may lie
 * outside int32, and the products bring it back. */
#ifndef MSF_DOT_S8_H_
#define MSF_DOT_S8_H_

#include <stdint.h>

#include "kernels/msf_scale.h"
#include "msf_isa.h"
#include "msf_math.h"

/* N sums in registers. Written out for one and four because -O2 does not
 * unroll, and an index would force an array into memory. */
template <int N>
struct msf_sums {
  static_assert(N == 1 || N == 4, "written out for one and four channels");
  uint32_t a0, a1, a2, a3;

  explicit msf_sums(const int32_t *from)
      : a0((uint32_t)from[0]), a1(0), a2(0), a3(0) {
    if constexpr (N == 4) {
      a1 = (uint32_t)from[1];
      a2 = (uint32_t)from[2];
      a3 = (uint32_t)from[3];
    }
  }

  void store(int32_t *to) const {
    to[0] = (int32_t)a0;
    if constexpr (N == 4) {
      to[1] = (int32_t)a1;
      to[2] = (int32_t)a2;
      to[3] = (int32_t)a3;
    }
  }
};

#if defined(MSF_ISA_ARMV7EM)
#include "isa/armv7em/msf_dot_s8_body.h"
#elif defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_dot_s8_body.h"
#else
#include "kernels/msf_dot_s8_body.h"
#endif

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_finish_body.h"
#else
#include "kernels/msf_finish_body.h"
#endif

/* Tries to write the codes of channels [o, o + n) of a pixel from their sums and
 * their last products, with `w`. */
template <typename Params>
static inline bool msf_dot_end_channels(const Params *p, const int8_t *x,
                                        int32_t bytes, const int8_t *w,
                                        int32_t w_stride, const int32_t *sums,
                                        int32_t o, int32_t n, int8_t *out) {
#if defined(MSF_DOT_CODES)
  if (p->simple_scales != 2 || p->scale_step == 0 || ((n | bytes) & 3) != 0) {
    return false;
  }
  msf_dot_codes(x, w, w_stride, bytes >> 2, n >> 2, sums, p->multipliers + o,
                p->shifts + o, out + o, 2 * p->output_zero_point + 1);
  msf_clamp_codes(out + o, n, p->clamp_min, p->clamp_max);
  return true;
#else
  (void)p, (void)x, (void)bytes, (void)w, (void)w_stride, (void)sums, (void)o;
  (void)n, (void)out;
  return false;
#endif
}

/* Tries to write the codes of all channels of a pixel whose `bytes` products
 * with each channel's weights are all there is. */
template <typename Params>
static inline bool msf_dot_end_pixel(const Params *p, const int8_t *x,
                                     int32_t bytes, int32_t w_stride,
                                     int8_t *out) {
#if defined(MSF_DOT_CODES)
  if (p->simple_scales != 2 || p->scale_step == 0 || p->out_c < 4 ||
      (bytes & 3) != 0) {
    return false;
  }
  int32_t o = 0;
  for (int32_t quads = p->out_c >> 2;; quads = 1) {
    msf_dot_codes(x, p->weights + o * w_stride, w_stride, bytes >> 2, quads,
                  p->bias + o, p->multipliers + o, p->shifts + o, out + o,
                  2 * p->output_zero_point + 1);
    if (o != 0 || (p->out_c & 3) == 0) break;
    o = p->out_c - 4; /* the last four, some of them once more */
  }
  msf_clamp_codes(out, p->out_c, p->clamp_min, p->clamp_max);
  return true;
#else
  (void)p, (void)x, (void)bytes, (void)w_stride, (void)out;
  return false;
#endif
}

#endif /* MSF_DOT_S8_H_ */
