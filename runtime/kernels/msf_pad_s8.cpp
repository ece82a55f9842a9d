// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_pad_s8.h"

#include "msf_kernels.h"
#include "msf_math.h"

void msf_pad_s8(const msf_call *call) {
  const msf_pad_params *p = static_cast<const msf_pad_params *>(call->params);
  const msf_view *in = &call->in[0];
  int8_t *out = reinterpret_cast<int8_t *>(msf_row(&call->out, call->step));
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  for (int32_t i = call->x * p->out_c; i < x_end * p->out_c; ++i) {
    out[i] = (int8_t)p->value;
  }
  const int32_t r = call->step - p->top;
  if (r < 0 || r >= in->rows) return;
  const int32_t first = call->x > p->left ? call->x : p->left;
  const int32_t last = msf_min(x_end, p->left + p->w);
  const int8_t *at = reinterpret_cast<const int8_t *>(msf_row(in, r)) +
                     (first - p->left) * p->c;
  out += first * p->out_c + p->channels_before;
  for (int32_t x = first; x < last; ++x) {
    for (int32_t ch = 0; ch < p->c; ++ch) out[ch] = *at++;
    out += p->out_c;
  }
}
