/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The output pixels of a call, row after row, and the input rows below them.
 * C++ only. */
#ifndef MSF_PIXEL_THREES_HELIUM_H_
#define MSF_PIXEL_THREES_HELIUM_H_

#include <stdint.h>

#include "kernels/msf_conv2d_s8.h"
#include "kernels/msf_position.h"

#define MSF_SLOTS 3 /* pixels that are made at a time */

/* Finds the input rows of output row r; null: padding. False if some are. */
__attribute__((noinline, unused)) static bool msf_find_rows(
    const msf_call *call, int32_t r, const int8_t **rows) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  int32_t y = r * p->stride_h - p->pad_top;
  const int32_t last = y + (p->kernel_h - 1) * p->dilation_h;
  if (in->fresh_base != NULL && y >= in->fresh && last < in->rows) {
    const int32_t step = in->fresh_row_bytes;
    const int8_t *row = (const int8_t *)in->fresh_base + (y - in->fresh) * step;
    for (int32_t ky = p->kernel_h; ky > 0; --ky) {
      *rows++ = row;
      row += step * p->dilation_h;
    }
    return true;
  }
  bool exist = true;
  for (int32_t ky = p->kernel_h; ky > 0; --ky) {
    const int8_t *row = nullptr;
    if (y >= 0 && y < in->rows) {
      row = (const int8_t *)msf_row(in, y);
    } else {
      exist = false;
    }
    *rows++ = row;
    y += p->dilation_h;
  }
  return exist;
}

/* Goes from pixel to pixel. */
struct msf_pixel_walk {
  const msf_call *call;
  const msf_conv2d_s8_params *p;
  const int8_t **rows; /* of windows, a pointer for each kernel row */
  int32_t x_end;
  int32_t end_row;
  int32_t stride_w;
  int32_t out_c;
  int32_t last_left; /* of a window that no edge cuts */
  int32_t r;
  int32_t x;
  int32_t left; /* input column of the window's first tap */
  int8_t *out;
  bool exist; /* all rows, and kernel rows are runs of bytes */

  msf_pixel_walk(const msf_call *of, const msf_position *at,
                 const int8_t **rows_of_windows)
      : call(of),
        p((const msf_conv2d_s8_params *)of->params),
        rows(rows_of_windows),
        x_end(at->x_end),
        end_row(of->step + of->more_rows + 1),
        stride_w(p->stride_w),
        out_c(p->out_c),
        last_left(p->in_w - p->kernel_w),
        r(at->r),
        x(at->x),
        left(x * p->stride_w - p->pad_left),
        out(at->row + x * p->out_c) {
    find_rows();
  }

  void find_rows() {
    exist = p->dilation_w == 1 && msf_find_rows(call, r, rows);
  }

  bool is_behind() const { return r == end_row; }

  bool is_whole() const { return exist && left >= 0 && left <= last_left; }

  void next() {
    left += stride_w;
    out += out_c;
    if (++x < x_end) return;
    x = call->x;
    if (++r == end_row) return;
    left = x * p->stride_w - p->pad_left;
    out = (int8_t *)msf_row(&call->out, r) + x * p->out_c;
    find_rows();
  }
};

#endif /* MSF_PIXEL_THREES_HELIUM_H_ */
