/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Dense layer that accumulates as the rows of its input arrive. Sums of int32
 * are exact in any order, so the bytes are those of msf_fully_connected_s8. */
#include "kernels/msf_fully_connected_acc_s8.h"

#include "kernels/msf_dot_s8.h"
#include "msf_kernels.h"
#include "msf_math.h"

extern "C" void msf_fully_connected_acc_s8(const msf_call *call) {
  const msf_fully_connected_s8_params *p =
      (const msf_fully_connected_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  int32_t *sums = (int32_t *)call->state;
  if (call->step == 0) {
    for (int32_t o = 0; o < p->units; ++o) sums[o] = p->bias[o];
  }

  const int8_t *x = (const int8_t *)msf_row(in, call->step);
  const int8_t *w = p->weights + call->step * in->row_bytes;
  msf_dots_s8(x, in->row_bytes, w, p->depth, p->units, sums);

  if (call->step + 1 < in->rows) return;
  msf_finish_channels(p, sums, 0, p->units, (int8_t *)msf_row(&call->out, 0));
}
