/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 2-D convolution with one output row, which accumulates as the rows of its
 * input arrive. Sums of int32 are exact in any order, so the bytes are those
 * of msf_conv2d_s8. */
#include "kernels/msf_conv2d_acc_s8.h"

#include "kernels/msf_conv2d_s8_body.h"
#include "msf_kernels.h"

namespace {

/* Adds one kernel row to the sums of N channels. */
template <int N>
inline void AddRow(const msf_conv2d_pixel *pixel, const int8_t *x,
                   const int8_t *w, int32_t *sums) {
  msf_sums<N> s(sums);
  msf_conv2d_add_row<N>(pixel, x, w, &s);
  s.store(sums);
}

/* Adds kernel row `ky` to the sums of all channels of a pixel. */
__attribute__((noinline)) void AddKernelRow(const msf_conv2d_pixel *pixel,
                                            const int8_t *row, int32_t ky,
                                            int32_t *sums) {
  const msf_conv2d_s8_params *p = pixel->p;
  const int8_t *x = row + pixel->x;
  const int8_t *w = p->weights + ky * pixel->row_weights + pixel->w;
  int32_t o = 0;
  for (; o + 4 <= p->out_c; o += 4) {
    AddRow<4>(pixel, x, w, sums + o);
    w += 4 * pixel->filter;
  }
  for (; o < p->out_c; ++o) {
    AddRow<1>(pixel, x, w, sums + o);
    w += pixel->filter;
  }
}

}  // namespace

extern "C" void msf_conv2d_acc_s8(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int32_t top = -p->pad_top;
  const int32_t ky = msf_tap_at(top, p->kernel_h, p->dilation_h, call->step);
  const int8_t *row = (const int8_t *)msf_row(in, call->step);
  const bool last = call->step + 1 == in->rows;
  int8_t *out = last ? (int8_t *)msf_row(&call->out, 0) : nullptr;
  int32_t *sums = (int32_t *)call->state;
  int32_t left = -p->pad_left;
  msf_conv2d_pixel pixel;
  msf_conv2d_begin_row(&pixel, p, top, in->rows);
  for (int32_t column = 0; column < p->out_w; ++column) {
    msf_conv2d_to_column(&pixel, left);
    if (call->step == 0) msf_conv2d_start(&pixel, 0, p->out_c, sums);
    if (ky >= 0) AddKernelRow(&pixel, row, ky, sums);
    if (last) {
      msf_finish_channels(p, sums, 0, p->out_c, out);
      out += p->out_c;
    }
    sums += p->out_c;
    left += p->stride_w;
  }
}
