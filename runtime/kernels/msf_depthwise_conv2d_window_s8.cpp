/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, int8, window by window. Nothing has to be set up for
 * a channel, so that a few columns cost no more than their part of a row: what
 * the kernels that go through a row channel by channel (msf_sweep.h) are bad
 * at. The bytes are those of TFLite's
 * reference_integer_ops::DepthwiseConvPerChannel. */
#include "kernels/msf_depthwise_conv2d_window_s8.h"

#include "kernels/msf_quads_s8.h"
#include "kernels/msf_scale.h"
#include "msf_kernels.h"

namespace {

constexpr int32_t kMostTaps = 7;

/* An output row. */
struct Row {
  const msf_depthwise_conv2d_window_s8_params *p;
  const int8_t *rows[kMostTaps]; /* under the kernel; null: padding */
  bool complete;                 /* no row of padding */
  /* Where the taps of a window fall, from channel 0. */
  const int8_t *taps[kMostTaps * kMostTaps];
};

void FindRows(Row *row, const msf_view *in, int32_t top) {
  const msf_depthwise_conv2d_window_s8_params *p = row->p;
  row->complete = true;
  for (int32_t ky = 0; ky < p->kernel; ++ky) {
    const bool inside = top >= 0 && top < in->rows;
    row->rows[ky] = inside ? (const int8_t *)msf_row(in, top) : nullptr;
    if (!inside) row->complete = false;
    top += p->dilation_h;
  }
}

/* 3, 5 or 7 pointers, the first one to `at`; written out because half of the
 * work would be counting. */
const int8_t **PutTaps(const int8_t **tap, const int8_t *at, int32_t step,
                       int32_t count) {
  for (;; count -= 2) {
    tap[0] = at;
    at += step;
    tap[1] = at;
    at += step;
    tap += 2;
    if (count == 3) break;
  }
  *tap++ = at;
  return tap;
}

/* The taps of the window that begins at input column `left`. */
void FindTaps(Row *row, int32_t left) {
  const msf_depthwise_conv2d_window_s8_params *p = row->p;
  const int8_t **tap = row->taps;
  const int32_t in_c = p->in_c;
  const int32_t kernel = p->kernel;
  const int32_t step = p->dilation_w * in_c;
  const int32_t right = left + kernel * p->dilation_w;
  const bool whole = left >= 0 && right - p->dilation_w < p->in_w;
  for (int32_t ky = 0; ky < kernel; ++ky) {
    const int8_t *from = row->rows[ky];
    if (from == nullptr) {
      tap = PutTaps(tap, p->padding, 0, kernel);
    } else if (whole) {
      tap = PutTaps(tap, from + left * in_c, step, kernel);
    } else {
      for (int32_t x = left; x < right; x += p->dilation_w) {
        const bool inside = x >= 0 && x < p->in_w;
        *tap++ = inside ? from + x * in_c : p->padding;
      }
    }
  }
}

/* The pixel whose window begins `at` bytes behind the taps. */
void MakePixel(const Row *row, int32_t at, int8_t *out) {
  const msf_depthwise_conv2d_window_s8_params *p = row->p;
  const msf_quads pixel = {row->taps, row->taps + p->kernel * p->kernel - 1,
                           out - at, 2 * p->output_zero_point + 1};
  const int32_t end = at + p->in_c;
  const int32_t *words =
      msf_quads_s8(p->quads, &pixel, at, at + (p->in_c & ~3));
  if ((p->in_c & 3) != 0) msf_quads_s8(words, &pixel, end - 4, end);
}

/* Columns [x, x_end) of the row. */
void MakeColumns(Row *row, int32_t x, int32_t x_end, int8_t *out) {
  const msf_depthwise_conv2d_window_s8_params *p = row->p;
  /* Windows from column 0 to this one have no padding. */
  const int32_t last = p->in_w - 1 - (p->kernel - 1) * p->dilation_w;
  const int32_t columns = x_end - x;
  int32_t left = x * p->stride_w - p->pad_left;
  int32_t found = -1; /* window of the taps, if without padding */
  for (; x < x_end; ++x) {
    const bool inside = row->complete && left >= 0 && left <= last;
    if (!inside || found < 0) {
      FindTaps(row, left);
      found = inside ? left : -1;
    }
    MakePixel(row, inside ? (left - found) * p->in_c : 0, out);
    out += p->in_c;
    left += p->stride_w;
  }
  const int32_t codes = columns * p->in_c;
  msf_clamp_codes(out - codes, codes, p->clamp_min, p->clamp_max);
}

}  // namespace

extern "C" void msf_depthwise_conv2d_window_s8(const msf_call *call) {
  Row row;
  row.p = (const msf_depthwise_conv2d_window_s8_params *)call->params;
  const msf_depthwise_conv2d_window_s8_params *p = row.p;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  for (int32_t r = call->step; r <= call->step + call->more_rows; ++r) {
    FindRows(&row, &call->in[0], r * p->stride_h - p->pad_top);
    int8_t *out = (int8_t *)msf_row(&call->out, r) + call->x * p->in_c;
    MakeColumns(&row, call->x, x_end, out);
  }
}
