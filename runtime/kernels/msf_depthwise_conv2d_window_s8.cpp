/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, int8, window by window. Nothing has to be set up for
 * a channel, so that a few columns cost no more than their part of a row: what
 * the kernels that go through a row channel by channel (msf_sweep.h) are bad
 * at. The bytes are those of TFLite's
 * reference_integer_ops::DepthwiseConvPerChannel. */
#include "kernels/msf_depthwise_conv2d_window_s8.h"

#include "msf_isa.h"
#include "msf_kernels.h"

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_window_row_body.h"

extern "C" void msf_depthwise_conv2d_window_s8(const msf_call *call) {
  const msf_depthwise_conv2d_window_s8_params *p =
      (const msf_depthwise_conv2d_window_s8_params *)call->params;
  switch (p->kernel) {
    case 3:
      return msf_window_rows<3>(call);
    case 5:
      return msf_window_rows<5>(call);
    default:
      return msf_window_rows<7>(call);
  }
}

#else
#include "kernels/msf_quads_s8.h"
#include "kernels/msf_scale.h"

namespace {

constexpr int32_t kMostTaps = 7 * 7;

/* A window of an output row. */
struct Window {
  const msf_depthwise_conv2d_window_s8_params *p;
  const msf_view *in;
  int32_t top;                   /* its first input row */
  msf_quads pixel;               /* that is made of it */
  const int8_t *taps[kMostTaps]; /* where they fall, from channel 0 */
};

/* Two pointers, `step` bytes apart; returns what comes behind. */
inline const int8_t *PutTwo(const int8_t **tap, const int8_t *at,
                            int32_t step) {
  tap[0] = at;
  at += step;
  tap[1] = at;
  return at + step;
}

/* 3, 5 or 7 pointers, `at` the first one. Without a loop, which would take more
 * time than what it does. */
inline const int8_t **PutTaps(const int8_t **tap, const int8_t *at,
                              int32_t step, int32_t count) {
  if (count > 3) {
    if (count > 5) {
      at = PutTwo(tap, at, step);
      tap += 2;
    }
    at = PutTwo(tap, at, step);
    tap += 2;
  }
  at = PutTwo(tap, at, step);
  tap[2] = at;
  return tap + 3;
}

/* The taps of the window that begins at input column `left`. Out of line:
 * mostly FindInRows() serves. */
__attribute__((noinline)) void FindTaps(Window *window, int32_t left) {
  const msf_depthwise_conv2d_window_s8_params *p = window->p;
  const int8_t **tap = window->taps;
  const int32_t kernel = p->kernel;
  const int32_t in_c = p->in_c;
  const int32_t step = p->dilation_w * in_c;
  const int32_t right = left + kernel * p->dilation_w;
  const bool whole = left >= 0 && right - p->dilation_w < p->in_w;
  int32_t r = window->top;
  for (int32_t ky = kernel; ky > 0; --ky) {
    if (r < 0 || r >= window->in->rows) {
      tap = PutTaps(tap, p->padding, 0, kernel);
    } else {
      const int8_t *row = (const int8_t *)msf_row(window->in, r);
      if (whole) {
        tap = PutTaps(tap, row + left * in_c, step, kernel);
      } else {
        for (int32_t x = left; x < right; x += p->dilation_w) {
          const bool inside = x >= 0 && x < p->in_w;
          *tap++ = inside ? row + x * in_c : p->padding;
        }
      }
    }
    r += p->dilation_h;
  }
}

/* Where rows lie one after the other. */
struct Rows {
  const int8_t *first; /* null: they do not */
  int32_t step;
};

/* Rows [r, last] of the input, which exist. */
Rows RowsFrom(const msf_view *in, int32_t r, int32_t last) {
  if (in->fresh_base != NULL && last >= in->fresh) {
    if (r < in->fresh) return {nullptr, 0};
    const int32_t step = in->fresh_row_bytes;
    return {(const int8_t *)in->fresh_base + (r - in->fresh) * step, step};
  }
  int32_t slot = r;
  if (last >= in->capacity) {
    slot %= in->capacity;
    if (slot + last - r >= in->capacity) return {nullptr, 0};
  }
  return {(const int8_t *)in->base + slot * in->row_bytes, in->row_bytes};
}

/* As FindTaps(), where no tap is padding. */
void FindInRows(Window *window, const Rows &rows, int32_t left) {
  const msf_depthwise_conv2d_window_s8_params *p = window->p;
  const int8_t **tap = window->taps;
  const int32_t step = p->dilation_w * p->in_c;
  const int32_t row_step = p->dilation_h * rows.step;
  const int8_t *row = rows.first + left * p->in_c;
  for (int32_t ky = p->kernel; ky > 0; --ky) {
    tap = PutTaps(tap, row, step, p->kernel);
    row += row_step;
  }
}

/* The pixel whose window begins `at` bytes behind the taps. */
void MakePixel(Window *window, int32_t at, int8_t *out) {
  const msf_depthwise_conv2d_window_s8_params *p = window->p;
  msf_quads *pixel = &window->pixel;
  pixel->out = out - at;
  const int32_t end = at + p->in_c;
  const int32_t *words =
      msf_quads_s8(p->quads, pixel, at, at + (p->in_c & ~3));
  if ((p->in_c & 3) != 0) msf_quads_s8(words, pixel, end - 4, end);
}

/* Columns [x, x_end) of the row. */
void MakeColumns(Window *window, int32_t x, int32_t x_end, int8_t *out) {
  const msf_depthwise_conv2d_window_s8_params *p = window->p;
  /* Windows from column 0 to this one have no padding but in whole rows. */
  const int32_t last = p->in_w - 1 - (p->kernel - 1) * p->dilation_w;
  const int32_t bottom = window->top + (p->kernel - 1) * p->dilation_h;
  const bool complete = window->top >= 0 && bottom < window->in->rows;
  Rows rows = {nullptr, 0};
  if (complete) rows = RowsFrom(window->in, window->top, bottom);
  int32_t left = x * p->stride_w - p->pad_left;
  int32_t found = -1; /* window of the taps, if without padding */
  for (; x < x_end; ++x) {
    const bool inside = complete && left >= 0 && left <= last;
    if (!inside || found < 0) {
      if (inside && rows.first != nullptr) {
        FindInRows(window, rows, left);
      } else {
        FindTaps(window, left);
      }
      found = inside ? left : -1;
    }
    MakePixel(window, inside ? (left - found) * p->in_c : 0, out);
    out += p->out_step;
    left += p->stride_w;
  }
}

/* Pixels by themselves where other channels are between them. */
void Clamp(const msf_depthwise_conv2d_window_s8_params *p, int32_t columns,
           int8_t *out) {
  if (p->out_step == p->in_c) {
    msf_clamp_codes(out, columns * p->in_c, p->clamp_min, p->clamp_max);
    return;
  }
  for (; columns > 0; --columns) {
    msf_clamp_codes(out, p->in_c, p->clamp_min, p->clamp_max);
    out += p->out_step;
  }
}

}  // namespace

extern "C" void msf_depthwise_conv2d_window_s8(const msf_call *call) {
  Window window;
  window.p = (const msf_depthwise_conv2d_window_s8_params *)call->params;
  window.in = &call->in[0];
  const msf_depthwise_conv2d_window_s8_params *p = window.p;
  window.pixel.taps = window.taps;
  window.pixel.last = window.taps + p->kernel * p->kernel - 1;
  window.pixel.codes = 2 * p->output_zero_point + 1;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  for (int32_t r = call->step; r <= call->step + call->more_rows; ++r) {
    window.top = r * p->stride_h - p->pad_top;
    int8_t *out = (int8_t *)msf_row(&call->out, r) + call->x * p->out_step;
    MakeColumns(&window, call->x, x_end, out);
    Clamp(p, x_end - call->x, out);
  }
}

#endif
