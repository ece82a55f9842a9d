// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_transpose.h"

#include "msf_kernels.h"

// Writes the output from its first byte to its last, and moves through the
// input like an odometer. Bytewise: a run may be an odd number of them.
void msf_transpose(const msf_call *call) {
  const msf_transpose_params *p =
      static_cast<const msf_transpose_params *>(call->params);
  const uint8_t *in = msf_row(&call->in[0], 0);
  uint8_t *out = msf_row(&call->out, 0);
  int32_t index[MSF_TRANSPOSE_MAX_RANK] = {0, 0, 0, 0, 0, 0};
  for (;;) {
    for (int32_t i = 0; i < p->run_bytes; ++i) *out++ = in[i];
    int32_t d = p->rank - 1;
    while (d >= 0 && index[d] + 1 == p->dims[d]) {
      in -= index[d] * p->strides[d];
      index[d] = 0;
      --d;
    }
    if (d < 0) return;
    ++index[d];
    in += p->strides[d];
  }
}
