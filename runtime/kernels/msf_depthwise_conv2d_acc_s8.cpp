/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution with one output row, which accumulates as the rows of
 * its input arrive. Sums of int32 are exact in any order, so the bytes are
 * those of msf_depthwise_conv2d_s8. */
#include "kernels/msf_depthwise_conv2d_acc_s8.h"

#include "msf_isa.h"
#include "msf_kernels.h"

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_depthwise_row_body.h"

extern "C" void msf_depthwise_conv2d_acc_s8(const msf_call *call) { msf_depthwise_accumulate(call); }

#else
#include "kernels/msf_depthwise_conv2d_s8_body.h"

namespace {

/* One output pixel and one kernel row. */
struct PixelRow {
  const msf_depthwise_pixel *at;
  const int8_t *x; /* first tap inside, channel 0 */
  const int8_t *w; /* its weights, channel 0 */
  int32_t *sums;

  template <int N, bool kShared>
  void Run(int32_t o, int32_t c) const {
    msf_sums<N> s(sums + o);
    msf_taps_s8<N, kShared>(x + c, at->x_step, w + o, at->out_c, at->taps, &s);
    s.store(sums + o);
  }
};

}  // namespace

extern "C" void msf_depthwise_conv2d_acc_s8(const msf_call *call) {
  const msf_depthwise_conv2d_s8_params *p =
      (const msf_depthwise_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int32_t top = -p->pad_top;
  const int32_t ky = msf_tap_at(top, p->kernel_h, p->dilation_h, call->step);
  const int8_t *row = (const int8_t *)msf_row(in, call->step);
  const bool last = call->step + 1 == in->rows;
  int8_t *out = last ? (int8_t *)msf_row(&call->out, 0) : nullptr;
  int32_t *sums = (int32_t *)call->state;
  int32_t left = -p->pad_left;
  msf_depthwise_pixel pixel;
  msf_depthwise_begin_row(&pixel, p, top, in->rows);
  const int32_t out_c = pixel.out_c;
  for (int32_t column = 0; column < p->out_w; ++column) {
    msf_depthwise_to_column(&pixel, left);
    if (call->step == 0) {
      for (int32_t o = 0; o < out_c; ++o) {
        msf_depthwise_start<1>(&pixel, o, sums + o);
      }
    }
    if (ky >= 0) {
      const int32_t tap = ky * p->kernel_w + pixel.columns.first;
      const PixelRow block = {&pixel, row + pixel.x, p->weights + tap * out_c,
                              sums};
      msf_depthwise_channels(p, block);
    }
    if (last) {
      msf_finish_channels(p, sums, 0, out_c, out);
      out += out_c;
    }
    sums += out_c;
    left += p->stride_w;
  }
}

#endif
