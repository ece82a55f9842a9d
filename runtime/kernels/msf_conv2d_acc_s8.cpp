/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 2-D convolution with one output row, which accumulates as the rows of its
 * input arrive. Sums of int32 are exact in any order, so the bytes are those
 * of msf_conv2d_s8. */
#include "kernels/msf_conv2d_acc_s8.h"

#include "kernels/msf_conv2d_s8_body.h"
#include "msf_kernels.h"

namespace {

/* Adds one kernel row to the sums of channels [o, o + N). `w` is the first
 * channel's first tap inside. */
template <int N>
inline void AddRow(const msf_conv2d_s8_params *p, const int8_t *x,
                   const int8_t *w, msf_conv2d_runs runs, int32_t o,
                   int32_t *sums) {
  const int32_t filter = msf_conv2d_filter(p);
  int32_t acc[N] = {};
  msf_conv2d_add_row<N>(runs, x, w + o * filter, filter, acc);
  msf_add_sums<N>(sums + o, acc);
}

}  // namespace

extern "C" void msf_conv2d_acc_s8(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int32_t top = -p->pad_top;
  const int32_t ky = msf_tap_at(top, p->kernel_h, p->dilation_h, call->step);
  const int8_t *row = (const int8_t *)msf_row(in, call->step);
  const bool last = call->step + 1 == in->rows;
  msf_pixel pixel;
  pixel.rows = msf_taps_inside(top, p->kernel_h, p->dilation_h, in->rows);
  int32_t *sums = (int32_t *)call->state;
  int8_t *out = last ? (int8_t *)msf_row(&call->out, 0) : nullptr;
  int32_t left = -p->pad_left;
  for (int32_t column = 0; column < p->out_w; ++column) {
    msf_pixel_to_column(&pixel, left, p->kernel_w, p->dilation_w, p->in_w,
                        p->in_c);
    if (call->step == 0) msf_conv2d_start(p, &pixel, 0, p->out_c, sums);
    if (ky >= 0) {
      const int8_t *w = p->weights + ky * msf_conv2d_row_weights(p) +
                        pixel.columns.first * p->in_c;
      const int8_t *x = row + pixel.x;
      const msf_conv2d_runs runs = msf_conv2d_runs_of(p, &pixel);
      int32_t o = 0;
      for (; o + 4 <= p->out_c; o += 4) AddRow<4>(p, x, w, runs, o, sums);
      for (; o < p->out_c; ++o) AddRow<1>(p, x, w, runs, o, sums);
    }
    if (last) {
      msf_finish_channels(p, sums, 0, p->out_c, out);
      out += p->out_c;
    }
    sums += p->out_c;
    left += p->stride_w;
  }
}
