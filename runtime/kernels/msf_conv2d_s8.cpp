/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 2-D convolution, int8, row by row, two output pixels at a time. The bytes
 * are those of TFLite's reference_integer_ops::ConvPerChannel. */
#include "kernels/msf_conv2d_s8.h"

#include "kernels/msf_conv2d_s8_body.h"
#include "msf_kernels.h"

namespace {

/* Collects the whole windows; products that do not fit into one operand are
 * added. `rows` stands on the first row inside. */
void AddWindow(msf_conv2d_window *window, const msf_taps *inside,
               msf_row_walk rows, const int8_t *w) {
  const msf_conv2d_s8_params *p = window->p;
  window->collected = 0;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const int8_t *row = nullptr;
    if (ky >= inside->first && ky < inside->last) {
      row = (const int8_t *)rows.base + rows.offset;
      msf_walk_on(&rows);
    }
    msf_conv2d_add_row(window, row, w);
    w += 4 * window->runs * window->words;
  }
}

/* All channels of the window's pixels. */
void Channels(msf_conv2d_window *window, const msf_taps *inside,
              const msf_row_walk *rows, int8_t *out) {
  const msf_conv2d_s8_params *p = window->p;
  int32_t *const sums = window->sums;
  int32_t *const other = sums + MSF_PAIR_CHANNELS;
  const int8_t *w = p->weights;
  for (int32_t o = 0; o < p->out_c; o += MSF_PAIR_CHANNELS) {
    const int32_t n = msf_min(p->out_c - o, MSF_PAIR_CHANNELS);
    for (int32_t i = 0; i < n; ++i) sums[i] = other[i] = p->bias[o + i];
    window->channels = n;
    /* A window that fits into one operand is there from the first block. */
    if (o == 0 || window->filter > 4 * MSF_PAIR_WORDS) {
      AddWindow(window, inside, *rows, w);
    }
    window->first_weight = w + window->filter - 4 * window->collected;
    msf_conv2d_multiply(window);
    if (window->pixels == 2) {
      msf_pair_finish(p, sums, o, n, out, p->out_c);
    } else {
      msf_finish_channels(p, sums, o, n, out);
    }
    w += MSF_PAIR_CHANNELS * window->filter;
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
  alignas(8) int32_t sums[2 * MSF_PAIR_CHANNELS];
  msf_conv2d_window window;
  msf_conv2d_begin(&window, p);
  window.sums = sums;
  int8_t *out = (int8_t *)msf_row(&call->out, call->step);
  out += call->x * p->out_c;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  int32_t left = call->x * p->stride_w - p->pad_left;
  for (int32_t x = call->x; x < x_end;) {
    msf_conv2d_to_column(&window, left, msf_min(x_end - x, 2));
    Channels(&window, &inside, &rows, out);
    out += window.pixels * p->out_c;
    left += window.pixels * p->stride_w;
    x += window.pixels;
  }
}
