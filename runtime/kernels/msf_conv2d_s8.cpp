/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 2-D convolution, int8, row by row, two output pixels at a time. The bytes
 * are those of TFLite's reference_integer_ops::ConvPerChannel. */
#include "kernels/msf_conv2d_s8.h"

#include "msf_isa.h"
#include "msf_kernels.h"

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_conv2d_row_body.h"

extern "C" void msf_conv2d_s8(const msf_call *call) { msf_conv2d_rows(call); }

#else
#include "kernels/msf_conv2d_s8_body.h"
#include "kernels/msf_position.h"

namespace {

/* The windows of one or two pixels. */
struct Pixels {
  msf_conv2d_window window;
  const msf_view *in;
  int32_t top[2]; /* their first input rows */
};

/* Null: the row is padding. */
const int8_t *RowAt(const msf_view *in, int32_t r) {
  return r >= 0 && r < in->rows ? (const int8_t *)msf_row(in, r) : nullptr;
}

/* Collects the whole windows; products that do not fit into one operand are
 * added. `w` are the weights of the first channel. */
void AddWindow(Pixels *pixels, const int8_t *w) {
  msf_conv2d_window *window = &pixels->window;
  const msf_conv2d_s8_params *p = window->p;
  const int32_t below = pixels->top[1] - pixels->top[0];
  const int32_t end = pixels->top[0] + p->kernel_h * p->dilation_h;
  window->collected = 0;
  for (int32_t r = pixels->top[0]; r < end; r += p->dilation_h) {
    const int8_t *x = RowAt(pixels->in, r);
    const int8_t *other = below == 0 ? x : RowAt(pixels->in, r + below);
    msf_conv2d_add_row(window, x, other, w);
    w += 4 * window->runs * window->words;
  }
}

/* Tries to make all channels of collected windows at once, so that no sums have
 * to be kept. */
bool AllChannels(const Pixels *pixels, int8_t *out, int32_t next) {
  const msf_conv2d_window *window = &pixels->window;
  const msf_conv2d_s8_params *p = window->p;
  if (!msf_pair_codes_fit(p)) return false;
  if (window->pixels == 1) {
    return msf_dot_end_pixel(p, window->x.one, window->filter, window->filter,
                             out);
  }
  msf_pair_end_pixels(p, &window->x.both, window->collected, out, next);
  return true;
}

/* All channels of the windows' pixels, of which the second one is `next` bytes
 * behind the first. Collects in one place: a second one would be a function
 * with a stack of its own. */
void Channels(Pixels *pixels, int8_t *out, int32_t next) {
  msf_conv2d_window *window = &pixels->window;
  const msf_conv2d_s8_params *p = window->p;
  const int8_t *w = p->weights;
  const bool fits = window->filter <= 4 * MSF_PAIR_WORDS;
  const bool coded = window->pixels == 2 && msf_pair_codes_fit(p);
  for (int32_t o = 0; o < p->out_c; o += MSF_PAIR_CHANNELS) {
    const int32_t n = msf_min(p->out_c - o, MSF_PAIR_CHANNELS);
    window->channels = n;
    for (int32_t i = 0; i < n; ++i) {
      const int32_t bias = p->bias[o + i];
      window->sums[i] = bias;
      window->sums[i + MSF_PAIR_CHANNELS] = bias;
    }
    /* A window that fits into one operand is there from the first block. */
    if (o == 0 || !fits) AddWindow(pixels, w);
    if (o == 0 && fits && AllChannels(pixels, out, next)) return;
    window->first_weight = w + window->filter - 4 * window->collected;
    if (coded && (n & 1) == 0) {
      msf_pair_end_channels(p, &window->x.both, window->collected,
                            window->first_weight, window->filter, window->sums,
                            MSF_PAIR_CHANNELS, o, n, out, next);
      w += MSF_PAIR_CHANNELS * window->filter;
      continue;
    }
    msf_conv2d_multiply(window);
    if (window->pixels == 2) {
      msf_pair_finish(p, window->sums, o, n, out, next);
    } else {
      msf_finish_channels(p, window->sums, o, n, out);
    }
    w += MSF_PAIR_CHANNELS * window->filter;
  }
  if (coded) msf_pair_clamp(p, out, next);
}

/* All pixels by twos; a last one that is left only if `one` says so. */
__attribute__((noinline)) void MakePixels(const msf_call *call, bool one) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  alignas(8) int32_t sums[2 * MSF_PAIR_CHANNELS];
  Pixels pixels;
  msf_conv2d_begin(&pixels.window, p);
  pixels.window.sums = sums;
  pixels.in = &call->in[0];
  for (msf_position at(call, p->out_w); !at.is_behind();) {
    int8_t *const out = at.row + at.x * p->out_c;
    const int32_t left = at.x * p->stride_w - p->pad_left;
    pixels.top[0] = at.r * p->stride_h - p->pad_top;
    at.next();
    const bool two = !at.is_behind();
    if (!two && !one) return;
    pixels.top[1] = at.r * p->stride_h - p->pad_top;
    msf_conv2d_to_columns(&pixels.window, left,
                          at.x * p->stride_w - p->pad_left, two ? 2 : 1);
    const int32_t next = (int32_t)(at.row + at.x * p->out_c - out);
    if (two) at.next();
    Channels(&pixels, out, next);
  }
}

/* A pixel whose window lies inside, from input row `top` and byte `at` of its
 * rows on: kernel rows are multiplied where they are. */
__attribute__((noinline)) void OneInside(const msf_call *call, int32_t top,
                                         int32_t at, int8_t *out) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const int32_t bytes = p->kernel_w * p->in_c;
  const int32_t row_weights = (bytes + 3) & ~3;
  const int32_t filter = p->kernel_h * row_weights;
  int32_t sums[2 * MSF_PAIR_CHANNELS];
  int32_t n;
  for (int32_t o = 0; o < p->out_c; o += n) {
    n = msf_min(p->out_c - o, 2 * MSF_PAIR_CHANNELS);
    for (int32_t i = 0; i < n; ++i) sums[i] = p->bias[o + i];
    const int8_t *w = p->weights + o * filter;
    int32_t r = top;
    for (int32_t rows = p->kernel_h; rows > 0; --rows) {
      const int8_t *x = (const int8_t *)msf_row(&call->in[0], r) + at;
      if (rows > 1 ||
          !msf_dot_end_channels(p, x, bytes, w, filter, sums, o, n, out)) {
        msf_dots_s8(x, bytes, w, filter, n, sums);
        if (rows == 1) msf_finish_channels(p, sums, o, n, out);
      }
      w += row_weights;
      r += p->dilation_h;
    }
  }
}

/* Makes the last one of an odd number of pixels, if its window lies inside and
 * its kernel rows are runs of bytes. */
bool HasMadeLast(const msf_call *call, int32_t columns) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const int32_t r = call->step + call->more_rows;
  const int32_t x = call->x + columns - 1;
  const int32_t top = r * p->stride_h - p->pad_top;
  const int32_t left = x * p->stride_w - p->pad_left;
  const int32_t last = top + (p->kernel_h - 1) * p->dilation_h;
  if (p->dilation_w != 1 || left < 0 || left + p->kernel_w > p->in_w ||
      top < 0 || last >= call->in[0].rows) {
    return false;
  }
  int8_t *out = (int8_t *)msf_row(&call->out, r) + x * p->out_c;
  OneInside(call, top, left * p->in_c, out);
  return true;
}

}  // namespace

extern "C" void msf_conv2d_s8(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const int32_t columns = msf_min(call->x_end, p->out_w) - call->x;
  const int32_t pixels = columns * (1 + call->more_rows);
  const bool last = (pixels & 1) != 0 && HasMadeLast(call, columns);
  if (pixels > 1 || !last) MakePixels(call, !last);
}

#endif
