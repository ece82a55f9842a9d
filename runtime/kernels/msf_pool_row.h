/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The walk over windows that the row kernels of pools share. C++ only. A Fold
 * says what is made of the codes under a window:
 *
 *   kStart            what it begins with
 *   Take(so_far, x)   with one more code
 *   End(all, count)   the output code, before the clamp */
#ifndef MSF_POOL_ROW_H_
#define MSF_POOL_ROW_H_

#include "kernels/msf_pool_params.h"
#include "kernels/msf_window.h"
#include "msf_math.h"
#include "msf_runtime.h"

/* Writes channels [ch, ch + N) of an output pixel; N is 1 or 4, so that one
 * walk over the window does for four channels. */
template <typename Fold, int N>
static inline void msf_pool_pixel(const msf_pool_params *p, const msf_view *in,
                                  msf_pool_span ys, msf_pool_span xs,
                                  int32_t ch, int8_t *out) {
  msf_row_walk rows;
  msf_walk_rows(&rows, in, ys.first, 1);
  const int32_t c = p->c;
  int32_t a0 = Fold::kStart;
  int32_t a1 = Fold::kStart;
  int32_t a2 = Fold::kStart;
  int32_t a3 = Fold::kStart;
  for (int32_t y = ys.first; y < ys.last; ++y) {
    const int8_t *at = (const int8_t *)rows.at + xs.first * c + ch;
    for (int32_t x = xs.first; x < xs.last; ++x) {
      a0 = Fold::Take(a0, at[0]);
      if constexpr (N == 4) {
        a1 = Fold::Take(a1, at[1]);
        a2 = Fold::Take(a2, at[2]);
        a3 = Fold::Take(a3, at[3]);
      }
      at += c;
    }
    msf_walk_on(&rows);
  }
  const int32_t count = (ys.last - ys.first) * (xs.last - xs.first);
  const int32_t low = p->clamp_min;
  const int32_t high = p->clamp_max;
  out += ch;
  out[0] = (int8_t)msf_clamp(Fold::End(a0, count), low, high);
  if constexpr (N == 4) {
    out[1] = (int8_t)msf_clamp(Fold::End(a1, count), low, high);
    out[2] = (int8_t)msf_clamp(Fold::End(a2, count), low, high);
    out[3] = (int8_t)msf_clamp(Fold::End(a3, count), low, high);
  }
}

template <typename Fold>
static inline void msf_pool_row(const msf_call *call) {
  const msf_pool_params *p = (const msf_pool_params *)call->params;
  const msf_view *in = &call->in[0];
  const msf_pool_span ys =
      msf_pool_clip(call->step, p->stride_h, p->pad_top, p->kernel_h, in->rows);
  int8_t *out = (int8_t *)msf_row(&call->out, call->step) + call->x * p->c;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  for (int32_t x = call->x; x < x_end; ++x) {
    const msf_pool_span xs =
        msf_pool_clip(x, p->stride_w, p->pad_left, p->kernel_w, p->in_w);
    int32_t ch = 0;
    for (; ch + 4 <= p->c; ch += 4) {
      msf_pool_pixel<Fold, 4>(p, in, ys, xs, ch, out);
    }
    for (; ch < p->c; ++ch) msf_pool_pixel<Fold, 1>(p, in, ys, xs, ch, out);
    out += p->c;
  }
}

#endif /* MSF_POOL_ROW_H_ */
