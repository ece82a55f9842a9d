// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_pad_s8.h"

#include "msf_kernels.h"

void msf_pad_s8(const msf_call *call) {
  const msf_pad_params *p = static_cast<const msf_pad_params *>(call->params);
  const msf_view *in = &call->in[0];
  int8_t *out = reinterpret_cast<int8_t *>(msf_row(&call->out, call->step));
  for (int32_t i = 0; i < call->out.row_bytes; ++i) out[i] = (int8_t)p->value;
  const int32_t r = call->step - p->top;
  if (r < 0 || r >= in->rows) return;
  const int8_t *at = reinterpret_cast<const int8_t *>(msf_row(in, r));
  out += p->left * p->out_c + p->channels_before;
  for (int32_t x = 0; x < p->w; ++x) {
    for (int32_t ch = 0; ch < p->c; ++ch) out[ch] = *at++;
    out += p->out_c;
  }
}
