/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 2-D convolution, int8, row by row. The bytes are those of TFLite's
 * reference_integer_ops::ConvPerChannel. */
#include "kernels/msf_conv2d_s8.h"

#include "kernels/msf_conv2d_s8_body.h"
#include "msf_kernels.h"

namespace {

/* Adds all taps inside to the sums of channels [o, o + N). Out of line: two
 * bodies in one function would take more stack. */
template <int N>
__attribute__((noinline)) void AddRows(const msf_conv2d_s8_params *p,
                                       const msf_pixel *pixel,
                                       const msf_row_walk *rows, int32_t o,
                                       int32_t *sums) {
  const int32_t filter = msf_conv2d_filter(p);
  const int32_t row_weights = msf_conv2d_row_weights(p);
  const int8_t *w = p->weights + o * filter + pixel->rows.first * row_weights +
                    pixel->columns.first * p->in_c;
  const msf_conv2d_runs runs = msf_conv2d_runs_of(p, pixel);
  msf_row_walk walk = *rows;
  int32_t acc[N] = {};
  for (int32_t k = pixel->rows.last - pixel->rows.first; k > 0; --k) {
    const int8_t *x = (const int8_t *)walk.base + walk.offset + pixel->x;
    msf_conv2d_add_row<N>(runs, x, w, filter, acc);
    w += row_weights;
    msf_walk_on(&walk);
  }
  msf_add_sums<N>(sums, acc);
}

}  // namespace

extern "C" void msf_conv2d_s8(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int32_t top = call->step * p->stride_h - p->pad_top;
  msf_pixel pixel;
  pixel.rows = msf_taps_inside(top, p->kernel_h, p->dilation_h, in->rows);
  const msf_row_walk rows =
      msf_walk_rows(in, top + pixel.rows.first * p->dilation_h, p->dilation_h);
  int8_t *out = (int8_t *)msf_row(&call->out, call->step);
  int32_t left = -p->pad_left;
  for (int32_t x = 0; x < p->out_w; ++x) {
    msf_pixel_to_column(&pixel, left, p->kernel_w, p->dilation_w, p->in_w,
                        p->in_c);
    for (int32_t o = 0; o < p->out_c;) {
      const int32_t n = o + 4 <= p->out_c ? 4 : 1;
      int32_t sums[4];
      msf_conv2d_start(p, &pixel, o, n, sums);
      if (n == 4) {
        AddRows<4>(p, &pixel, &rows, o, sums);
      } else {
        AddRows<1>(p, &pixel, &rows, o, sums);
      }
      msf_finish_channels(p, sums, o, n, out);
      o += n;
    }
    out += p->out_c;
    left += p->stride_w;
  }
}
