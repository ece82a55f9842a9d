/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 2-D convolution with one output row, which accumulates as the rows of its
 * input arrive. Sums of int32 are exact in any order, so the bytes are those
 * of msf_conv2d_s8. */
#include "kernels/msf_conv2d_acc_s8.h"

#include "kernels/msf_conv2d_s8_body.h"
#include "msf_kernels.h"

namespace {

void AddKernelRow(msf_conv2d_window *window, const int8_t *row, int32_t ky) {
  const int32_t row_weights = 4 * window->runs * window->words;
  msf_conv2d_add_row(window, row, row, window->p->weights + ky * row_weights);
  msf_conv2d_multiply(window);
  window->collected = 0;
}

/* The sums of a pixel before any input: the bias and the padding above and
 * below. */
void Start(msf_conv2d_window *window, const msf_taps *inside) {
  const msf_conv2d_s8_params *p = window->p;
  for (int32_t o = 0; o < p->out_c; ++o) window->sums[o] = p->bias[o];
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    if (ky >= inside->first && ky < inside->last) continue;
    AddKernelRow(window, nullptr, ky);
  }
}

}  // namespace

extern "C" void msf_conv2d_acc_s8(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int32_t top = -p->pad_top;
  const msf_taps inside =
      msf_taps_inside(top, p->kernel_h, p->dilation_h, in->rows);
  const int32_t ky = msf_tap_at(top, p->kernel_h, p->dilation_h, call->step);
  const int8_t *row = (const int8_t *)msf_row(in, call->step);
  const bool last = call->step + 1 == in->rows;
  int8_t *out = last ? (int8_t *)msf_row(&call->out, 0) : nullptr;
  int32_t left = -p->pad_left;
  msf_conv2d_window window;
  msf_conv2d_begin(&window, p);
  window.channels = p->out_c;
  window.sums = (int32_t *)call->state;
  for (int32_t column = 0; column < p->out_w; ++column) {
    msf_conv2d_to_columns(&window, left, left, 1);
    if (call->step == 0) Start(&window, &inside);
    if (ky >= 0) AddKernelRow(&window, row, ky);
    if (last) {
      msf_finish_channels(p, window.sums, 0, p->out_c, out);
      out += p->out_c;
    }
    window.sums += p->out_c;
    left += p->stride_w;
  }
}
