/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Dense layer, int8. The bytes are those of TFLite's
 * reference_integer_ops::FullyConnected and FullyConnectedPerChannel. */
#include "kernels/msf_fully_connected_s8.h"

#include "kernels/msf_dot_s8.h"
#include "msf_kernels.h"
#include "msf_math.h"

extern "C" void msf_fully_connected_s8(const msf_call *call) {
  constexpr int32_t kUnits = 16;
  const msf_fully_connected_s8_params *p =
      (const msf_fully_connected_s8_params *)call->params;
  const int8_t *x = (const int8_t *)msf_row(&call->in[0], call->step);
  int8_t *out = (int8_t *)msf_row(&call->out, call->step);
  for (int32_t b = 0; b < p->batches; ++b) {
    for (int32_t o = 0; o < p->units; o += kUnits) {
      const int32_t n = msf_min(p->units - o, kUnits);
      int32_t sums[kUnits];
      for (int32_t i = 0; i < n; ++i) sums[i] = p->bias[o + i];
      msf_dots_s8(x, p->depth, p->weights + o * p->depth, p->depth, n, sums);
      msf_finish_channels(p, sums, o, n, out);
    }
    x += p->depth;
    out += p->units;
  }
}
