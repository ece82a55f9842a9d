// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_average_pool_s8.h"

#include "msf_kernels.h"
#include "msf_math.h"

namespace {

// Rounded to nearest, ties away from zero. C division truncates.
int32_t Average(int32_t sum, int32_t count) {
  const int32_t half = count / 2;
  return (sum > 0 ? sum + half : sum - half) / count;
}

// Sum of one channel over the columns `xs` of the rows `ys`. Walks the ring by
// hand: a division for each row and channel would cost more than the sum.
int32_t Sum(const msf_view *in, msf_pool_span ys, msf_pool_span xs, int32_t c,
            int32_t ch) {
  const uint8_t *end = in->base + in->capacity * in->row_bytes;
  const uint8_t *row = msf_row(in, ys.first);
  int32_t sum = 0;
  for (int32_t y = ys.first; y < ys.last; ++y) {
    const int8_t *at = reinterpret_cast<const int8_t *>(row) + xs.first * c;
    for (int32_t x = xs.first; x < xs.last; ++x) {
      sum += at[ch];
      at += c;
    }
    row += in->row_bytes;
    if (row == end) row = in->base;
  }
  return sum;
}

}  // namespace

void msf_average_pool_s8(const msf_call *call) {
  const msf_pool_params *p = static_cast<const msf_pool_params *>(call->params);
  const msf_view *in = &call->in[0];
  int8_t *out = reinterpret_cast<int8_t *>(msf_row(&call->out, call->step));
  const msf_pool_span ys =
      msf_pool_clip(call->step, p->stride_h, p->pad_top, p->kernel_h, in->rows);
  out += call->x * p->c;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  for (int32_t x = call->x; x < x_end; ++x) {
    const msf_pool_span xs =
        msf_pool_clip(x, p->stride_w, p->pad_left, p->kernel_w, p->in_w);
    const int32_t count = (ys.last - ys.first) * (xs.last - xs.first);
    for (int32_t ch = 0; ch < p->c; ++ch) {
      const int32_t code = Average(Sum(in, ys, xs, p->c, ch), count);
      *out++ = (int8_t)msf_clamp(code, p->clamp_min, p->clamp_max);
    }
  }
}
