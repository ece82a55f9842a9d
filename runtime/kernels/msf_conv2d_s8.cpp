/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 2-D convolution, int8, row by row, two output pixels at a time. The bytes
 * are those of TFLite's reference_integer_ops::ConvPerChannel. */
#include "kernels/msf_conv2d_s8.h"

#include "kernels/msf_conv2d_s8_body.h"
#include "kernels/msf_scale.h"
#include "msf_kernels.h"

namespace {

/* Windows of an output row. */
struct Row {
  msf_conv2d_window window;
  msf_taps inside;   /* kernel rows that are inside the input */
  const msf_view *in;
  int32_t top; /* input row of the first kernel row */
};

/* Collects the whole windows; products that do not fit into one operand are
 * added. `w` are the weights of the first channel. */
void AddWindow(Row *row, const int8_t *w) {
  msf_conv2d_window *window = &row->window;
  int32_t r = row->top;
  window->collected = 0;
  for (int32_t ky = 0; ky < window->p->kernel_h; ++ky) {
    const int8_t *x = nullptr;
    if (ky >= row->inside.first && ky < row->inside.last) {
      x = (const int8_t *)msf_row(row->in, r);
    }
    msf_conv2d_add_row(window, x, w);
    r += window->p->dilation_h;
    w += 4 * window->runs * window->words;
  }
}

/* Channels of both windows' pixels whose windows fit into the operand, so that
 * no sums have to be kept. */
void AllChannelsAtOnce(Row *row, int8_t *out) {
  msf_conv2d_window *window = &row->window;
  const msf_conv2d_s8_params *p = window->p;
  AddWindow(row, p->weights);
  msf_pair_end_channels(p, &window->x.both, window->collected, p->weights,
                        window->filter, nullptr, 0, p->out_c, out, p->out_c);
}

/* All channels of the windows' pixels. */
void Channels(Row *row, int8_t *out) {
  msf_conv2d_window *window = &row->window;
  const msf_conv2d_s8_params *p = window->p;
  const int8_t *w = p->weights;
  const bool coded = window->pixels == 2 && msf_pair_codes_fit(p);
  if (coded && window->filter <= 4 * MSF_PAIR_WORDS) {
    AllChannelsAtOnce(row, out);
    return;
  }
  for (int32_t o = 0; o < p->out_c; o += MSF_PAIR_CHANNELS) {
    const int32_t n = msf_min(p->out_c - o, MSF_PAIR_CHANNELS);
    window->channels = n;
    for (int32_t i = 0; i < n; ++i) {
      const int32_t bias = p->bias[o + i];
      window->sums[i] = bias;
      window->sums[i + MSF_PAIR_CHANNELS] = bias;
    }
    /* A window that fits into one operand is there from the first block. */
    if (o == 0 || window->filter > 4 * MSF_PAIR_WORDS) AddWindow(row, w);
    window->first_weight = w + window->filter - 4 * window->collected;
    if (coded && n > 1) {
      msf_pair_end_channels(p, &window->x.both, window->collected,
                            window->first_weight, window->filter, window->sums,
                            o, n, out, p->out_c);
      w += MSF_PAIR_CHANNELS * window->filter;
      continue;
    }
    msf_conv2d_multiply(window);
    if (window->pixels == 2) {
      msf_pair_finish(p, window->sums, o, n, out, p->out_c);
    } else {
      msf_finish_channels(p, window->sums, o, n, out);
    }
    w += MSF_PAIR_CHANNELS * window->filter;
  }
}

}  // namespace

extern "C" void msf_conv2d_s8(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  alignas(8) int32_t sums[2 * MSF_PAIR_CHANNELS];
  Row row;
  msf_conv2d_begin(&row.window, p);
  row.window.sums = sums;
  row.in = &call->in[0];
  row.top = call->step * p->stride_h - p->pad_top;
  row.inside =
      msf_taps_inside(row.top, p->kernel_h, p->dilation_h, row.in->rows);
  int8_t *out = (int8_t *)msf_row(&call->out, call->step);
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  for (int32_t x = call->x; x < x_end; x += row.window.pixels) {
    msf_conv2d_to_column(&row.window, x * p->stride_w - p->pad_left,
                         msf_min(x_end - x, 2));
    Channels(&row, out + x * p->out_c);
  }
  if (!msf_pair_codes_fit(p)) return;
  msf_clamp_codes(out + call->x * p->out_c, (x_end - call->x) * p->out_c,
                  p->clamp_min, p->clamp_max);
}
