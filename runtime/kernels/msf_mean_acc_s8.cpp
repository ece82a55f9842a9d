// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_mean_acc_s8.h"

#include "kernels/msf_add_codes.h"
#include "msf_kernels.h"

// The mean over h, and over w and c if asked for. `state` holds an int32 sum
// for each output element.
void msf_mean_acc_s8(const msf_call *call) {
  const msf_mean_params *p = static_cast<const msf_mean_params *>(call->params);
  const msf_view *in = &call->in[0];
  int32_t *sums = static_cast<int32_t *>(call->state);
  const int32_t channels = p->reduce_c ? 1 : p->c;
  const int32_t length = p->reduce_w ? channels : p->w * channels;
  if (call->step == 0) {
    for (int32_t i = 0; i < length; ++i) sums[i] = 0;
  }
  const int8_t *at = reinterpret_cast<const int8_t *>(msf_row(in, call->step));
  int32_t *pixel = sums;
  for (int32_t x = 0; x < p->w; ++x) {
    if (p->reduce_c) {
      for (int32_t ch = 0; ch < p->c; ++ch) *pixel += at[ch];
    } else {
      msf_add_codes(at, p->c, pixel);
    }
    at += p->c;
    if (!p->reduce_w) pixel += channels;
  }
  if (call->step + 1 != in->rows) return;
  // The output is whole: its rows lie one after the other.
  int8_t *out = reinterpret_cast<int8_t *>(msf_row(&call->out, 0));
  for (int32_t i = 0; i < length; ++i) out[i] = msf_mean_code(p, sums[i]);
}
