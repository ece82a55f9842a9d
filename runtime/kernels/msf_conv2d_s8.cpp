/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 2-D convolution, int8, row by row. The bytes are those of TFLite's
 * reference_integer_ops::ConvPerChannel. */
#include "kernels/msf_conv2d_s8.h"

#include "kernels/msf_conv2d_s8_body.h"
#include "msf_kernels.h"

namespace {

/* sums = init + all taps inside, of N channels. `w` is the first tap inside of
 * the first channel. Out of line: two bodies in one function would take more
 * stack. */
template <int N>
__attribute__((noinline)) void AddRows(const msf_conv2d_pixel *pixel,
                                       const msf_row_walk *rows,
                                       const int8_t *w, const int32_t *init,
                                       int32_t *sums) {
  msf_sums<N> s(init);
  msf_row_walk walk = *rows;
  for (int32_t k = pixel->rows.last - pixel->rows.first; k > 0; --k) {
    const int8_t *x = (const int8_t *)walk.base + walk.offset + pixel->x;
    msf_conv2d_add_row<N>(pixel, x, w, &s);
    w += pixel->row_weights;
    msf_walk_on(&walk);
  }
  s.store(sums);
}

/* All channels of one output pixel. */
inline void Channels(const msf_conv2d_pixel *pixel, const msf_row_walk *rows,
                     int8_t *out) {
  const msf_conv2d_s8_params *p = pixel->p;
  const int8_t *w =
      p->weights + pixel->rows.first * pixel->row_weights + pixel->w;
  int32_t sums[4];
  for (int32_t o = 0; o < p->out_c;) {
    const int32_t n = o + 4 <= p->out_c ? 4 : 1;
    const int32_t *init = p->bias + o;
    if (!pixel->complete) {
      msf_conv2d_start(pixel, o, n, sums);
      init = sums;
    }
    if (n == 4) {
      AddRows<4>(pixel, rows, w, init, sums);
    } else {
      AddRows<1>(pixel, rows, w, init, sums);
    }
    msf_finish_channels(p, sums, o, n, out);
    o += n;
    w += n * pixel->filter;
  }
}

}  // namespace

extern "C" void msf_conv2d_s8(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int32_t top = call->step * p->stride_h - p->pad_top;
  msf_conv2d_pixel pixel;
  msf_conv2d_begin_row(&pixel, p, top, in->rows);
  const msf_row_walk rows =
      msf_walk_rows(in, top + pixel.rows.first * p->dilation_h, p->dilation_h);
  int8_t *out = (int8_t *)msf_row(&call->out, call->step);
  out += call->x * p->out_c;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  int32_t left = call->x * p->stride_w - p->pad_left;
  for (int32_t x = call->x; x < x_end; ++x) {
    msf_conv2d_to_column(&pixel, left);
    Channels(&pixel, &rows, out);
    out += p->out_c;
    left += p->stride_w;
  }
}
