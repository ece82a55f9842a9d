// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_average_pool_acc_s8.h"

#include "kernels/msf_add_codes.h"
#include "msf_kernels.h"
#include "msf_math.h"

namespace {

// Adds the columns `xs` of a row to the sums of one output pixel.
void Add(const int8_t *row, msf_pool_span xs, int32_t c, int32_t *sums) {
  const int8_t *at = row + xs.first * c;
  for (int32_t x = xs.first; x < xs.last; ++x) {
    msf_add_codes(at, c, sums);
    at += c;
  }
}

}  // namespace

// One output row; `state` holds out_w * c int32 sums.
void msf_average_pool_acc_s8(const msf_call *call) {
  const msf_pool_params *p = static_cast<const msf_pool_params *>(call->params);
  const msf_view *in = &call->in[0];
  const int32_t r = call->step;
  int32_t *sums = static_cast<int32_t *>(call->state);
  const msf_pool_span ys =
      msf_pool_clip(0, p->stride_h, p->pad_top, p->kernel_h, in->rows);
  if (r == 0) {
    for (int32_t i = 0; i < p->out_w * p->c; ++i) sums[i] = 0;
  }
  const bool last = r + 1 == in->rows;
  int8_t *out =
      last ? reinterpret_cast<int8_t *>(msf_row(&call->out, 0)) : nullptr;
  for (int32_t x = 0; x < p->out_w; ++x) {
    const msf_pool_span xs =
        msf_pool_clip(x, p->stride_w, p->pad_left, p->kernel_w, p->in_w);
    if (r >= ys.first && r < ys.last) {
      Add(reinterpret_cast<const int8_t *>(msf_row(in, r)), xs, p->c, sums);
    }
    if (last) {
      const int32_t count = (ys.last - ys.first) * (xs.last - xs.first);
      for (int32_t ch = 0; ch < p->c; ++ch) {
        const int32_t code = msf_pool_average(sums[ch], count);
        *out++ = (int8_t)msf_clamp(code, p->clamp_min, p->clamp_max);
      }
    }
    sums += p->c;
  }
}
