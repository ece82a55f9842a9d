/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, int8, row by row. The bytes are those of TFLite's
 * reference_integer_ops::DepthwiseConvPerChannel. */
#include "kernels/msf_depthwise_conv2d_s8.h"

#include "kernels/msf_depthwise_conv2d_s8_body.h"
#include "msf_kernels.h"

namespace {

/* One output pixel. */
struct Pixel {
  const msf_depthwise_conv2d_s8_params *p;
  msf_pixel at;
  msf_row_walk rows;
  int8_t *out;

  /* Adds all taps inside to the sums of channels [o, o + N). Out of line:
   * three bodies in one function would take more stack. */
  template <int N, bool kShared>
  void AddRows(int32_t o, int32_t c, int32_t *sums) const;

  template <int N, bool kShared>
  void Run(int32_t o, int32_t c) const {
    int32_t sums[N];
    msf_depthwise_start(p, &at, o, N, sums);
    AddRows<N, kShared>(o, c, sums);
    msf_finish_channels(p, sums, o, N, out);
  }
};

template <int N, bool kShared>
__attribute__((noinline)) void Pixel::AddRows(int32_t o, int32_t c,
                                              int32_t *sums) const {
  const int32_t out_c = msf_depthwise_out_c(p);
  const int32_t row_weights = p->kernel_w * out_c;
  const int32_t taps = at.columns.last - at.columns.first;
  const int32_t x_step = p->dilation_w * p->in_c;
  const int8_t *w =
      p->weights + at.rows.first * row_weights + at.columns.first * out_c + o;
  msf_row_walk walk = rows;
  int32_t acc[N] = {};
  for (int32_t k = at.rows.last - at.rows.first; k > 0; --k) {
    const int8_t *x = (const int8_t *)walk.base + walk.offset + at.x + c;
    msf_taps_s8<N, kShared>(x, x_step, w, out_c, taps, acc);
    w += row_weights;
    msf_walk_on(&walk);
  }
  msf_add_sums<N>(sums, acc);
}

}  // namespace

extern "C" void msf_depthwise_conv2d_s8(const msf_call *call) {
  const msf_depthwise_conv2d_s8_params *p =
      (const msf_depthwise_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int32_t top = call->step * p->stride_h - p->pad_top;
  Pixel pixel;
  pixel.p = p;
  pixel.at.rows = msf_taps_inside(top, p->kernel_h, p->dilation_h, in->rows);
  pixel.rows = msf_walk_rows(in, top + pixel.at.rows.first * p->dilation_h,
                             p->dilation_h);
  pixel.out = (int8_t *)msf_row(&call->out, call->step);
  int32_t left = -p->pad_left;
  for (int32_t x = 0; x < p->out_w; ++x) {
    msf_pixel_to_column(&pixel.at, left, p->kernel_w, p->dilation_w, p->in_w,
                        p->in_c);
    msf_depthwise_channels(p, pixel);
    pixel.out += msf_depthwise_out_c(p);
    left += p->stride_w;
  }
}
