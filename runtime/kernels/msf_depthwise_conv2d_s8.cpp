/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, int8, row by row. The bytes are those of TFLite's
 * reference_integer_ops::DepthwiseConvPerChannel. */
#include "kernels/msf_depthwise_conv2d_s8.h"

#include "msf_isa.h"
#include "msf_kernels.h"

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_depthwise_row_body.h"

extern "C" void msf_depthwise_conv2d_s8(const msf_call *call) { msf_depthwise_columns(call); }

#else
#include "kernels/msf_depthwise_conv2d_s8_body.h"

namespace {

/* One output pixel and its rows. */
struct Pixel {
  msf_depthwise_pixel at;
  msf_row_walk rows;
  int8_t *out;

  /* sums = init + all taps inside, of channels [o, o + N). Out of line: three
   * bodies in one function would take more stack. */
  template <int N, bool kShared>
  void AddRows(int32_t o, int32_t c, const int32_t *init, int32_t *sums) const;

  template <int N, bool kShared>
  void Run(int32_t o, int32_t c) const {
    int32_t sums[N];
    const int32_t *init = at.p->bias + o;
    if (!at.complete) {
      msf_depthwise_start<N>(&at, o, sums);
      init = sums;
    }
    AddRows<N, kShared>(o, c, init, sums);
    msf_finish_channels(at.p, sums, o, N, out);
  }
};

template <int N, bool kShared>
__attribute__((noinline)) void Pixel::AddRows(int32_t o, int32_t c,
                                              const int32_t *init,
                                              int32_t *sums) const {
  const int32_t out_c = at.out_c;
  const int32_t row_weights = at.p->kernel_w * out_c;
  const int8_t *w = at.p->weights + at.rows.first * row_weights +
                    at.columns.first * out_c + o;
  const int32_t x = at.x + c;
  msf_row_walk walk = rows;
  msf_sums<N> s(init);
  for (int32_t k = at.rows.last - at.rows.first; k > 0; --k) {
    msf_taps_s8<N, kShared>((const int8_t *)walk.at + x, at.x_step, w, out_c,
                            at.taps, &s);
    w += row_weights;
    msf_walk_on(&walk);
  }
  s.store(sums);
}

}  // namespace

extern "C" void msf_depthwise_conv2d_s8(const msf_call *call) {
  const msf_depthwise_conv2d_s8_params *p =
      (const msf_depthwise_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int32_t top = call->step * p->stride_h - p->pad_top;
  Pixel pixel;
  msf_depthwise_begin_row(&pixel.at, p, top, in->rows);
  msf_walk_rows(&pixel.rows, in, top + pixel.at.rows.first * p->dilation_h,
                p->dilation_h);
  pixel.out = (int8_t *)msf_row(&call->out, call->step);
  pixel.out += call->x * p->out_step;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  int32_t left = call->x * p->stride_w - p->pad_left;
  for (int32_t x = call->x; x < x_end; ++x) {
    msf_depthwise_to_column(&pixel.at, left);
    msf_depthwise_channels(p, pixel);
    pixel.out += p->out_step;
    left += p->stride_w;
  }
}

#endif
