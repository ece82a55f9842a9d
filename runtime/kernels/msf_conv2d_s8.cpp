/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 2-D convolution, int8, row by row, two output pixels at a time. The bytes
 * are those of TFLite's reference_integer_ops::ConvPerChannel. */
#include "kernels/msf_conv2d_s8.h"

#include "kernels/msf_conv2d_s8_body.h"
#include "msf_kernels.h"

namespace {

/* Adds the whole windows. `rows` stands on the first row inside. */
void AddWindow(msf_conv2d_window *window, const msf_taps *inside,
               msf_row_walk rows, const int8_t *w) {
  const msf_conv2d_s8_params *p = window->p;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const int8_t *row = nullptr;
    if (ky >= inside->first && ky < inside->last) {
      row = (const int8_t *)rows.base + rows.offset;
      msf_walk_on(&rows);
    }
    msf_conv2d_add_row(window, row, w);
    w += window->runs * window->run_weights;
  }
  msf_conv2d_flush(window);
}

/* All channels of the window's pixels. */
void Channels(msf_conv2d_window *window, const msf_taps *inside,
              const msf_row_walk *rows, int8_t *out) {
  const msf_conv2d_s8_params *p = window->p;
  alignas(8) int32_t sums[2][MSF_PAIR_CHANNELS];
  window->sums = sums[0];
  for (int32_t o = 0; o < p->out_c; o += MSF_PAIR_CHANNELS) {
    const int32_t n = msf_min(p->out_c - o, MSF_PAIR_CHANNELS);
    for (int32_t i = 0; i < n; ++i) sums[0][i] = sums[1][i] = p->bias[o + i];
    window->channels = n;
    AddWindow(window, inside, *rows, p->weights + o * window->filter);
    msf_finish_channels(p, sums[0], o, n, out);
    if (window->pixels == 2) {
      msf_finish_channels(p, sums[1], o, n, out + p->out_c);
    }
  }
}

}  // namespace

extern "C" void msf_conv2d_s8(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int32_t top = call->step * p->stride_h - p->pad_top;
  const msf_taps inside =
      msf_taps_inside(top, p->kernel_h, p->dilation_h, in->rows);
  const msf_row_walk rows =
      msf_walk_rows(in, top + inside.first * p->dilation_h, p->dilation_h);
  msf_conv2d_window window;
  msf_conv2d_begin(&window, p);
  int8_t *out = (int8_t *)msf_row(&call->out, call->step);
  out += call->x * p->out_c;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  int32_t left = call->x * p->stride_w - p->pad_left;
  for (int32_t x = call->x; x < x_end;) {
    const int32_t pixels = msf_min(x_end - x, 2);
    msf_conv2d_to_column(&window, left, pixels);
    Channels(&window, &inside, &rows, out);
    out += pixels * p->out_c;
    left += pixels * p->stride_w;
    x += pixels;
  }
}
