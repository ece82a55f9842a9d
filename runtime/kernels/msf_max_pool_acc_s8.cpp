// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_max_pool_acc_s8.h"

#include "msf_kernels.h"
#include "msf_math.h"

// One output row; `state` holds its out_w * c codes before the clamp.
void msf_max_pool_acc_s8(const msf_call *call) {
  const msf_pool_params *p = static_cast<const msf_pool_params *>(call->params);
  const msf_view *in = &call->in[0];
  const int32_t r = call->step;
  const int32_t length = p->out_w * p->c;
  int8_t *max = static_cast<int8_t *>(call->state);
  if (r == 0) {
    for (int32_t i = 0; i < length; ++i) max[i] = -128;
  }
  const msf_pool_span ys =
      msf_pool_clip(0, p->stride_h, p->pad_top, p->kernel_h, in->rows);
  if (r >= ys.first && r < ys.last) {
    const int8_t *row = reinterpret_cast<const int8_t *>(msf_row(in, r));
    for (int32_t x = 0; x < p->out_w; ++x) {
      const msf_pool_span xs =
          msf_pool_clip(x, p->stride_w, p->pad_left, p->kernel_w, p->in_w);
      int8_t *pixel = max + x * p->c;
      for (int32_t i = xs.first * p->c; i < xs.last * p->c; i += p->c) {
        for (int32_t ch = 0; ch < p->c; ++ch) {
          if (row[i + ch] > pixel[ch]) pixel[ch] = row[i + ch];
        }
      }
    }
  }
  if (r + 1 != in->rows) return;
  int8_t *out = reinterpret_cast<int8_t *>(msf_row(&call->out, 0));
  for (int32_t i = 0; i < length; ++i) {
    out[i] = (int8_t)msf_clamp(max[i], p->clamp_min, p->clamp_max);
  }
}
