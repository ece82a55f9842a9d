/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Dense layer, int8. The bytes are those of TFLite's
 * reference_integer_ops::FullyConnected and FullyConnectedPerChannel. */
#include "kernels/msf_fully_connected_s8.h"

#include "kernels/msf_dot_s8.h"
#include "msf_kernels.h"
#include "msf_math.h"

namespace {

/* Units [o, o + N) of one vector. */
template <int N>
inline void Block(const msf_fully_connected_s8_params *p, const int8_t *x,
                  int32_t o, int8_t *out) {
  msf_sums<N> s(p->bias + o);
  msf_dot_s8<N>(x, p->weights + o * p->depth, p->depth, p->depth, &s);
  int32_t sums[N];
  s.store(sums);
  msf_finish_channels(p, sums, o, N, out);
}

}  // namespace

extern "C" void msf_fully_connected_s8(const msf_call *call) {
  const msf_fully_connected_s8_params *p =
      (const msf_fully_connected_s8_params *)call->params;
  const int8_t *x = (const int8_t *)msf_row(&call->in[0], call->step);
  int8_t *out = (int8_t *)msf_row(&call->out, call->step);
  for (int32_t b = 0; b < p->batches; ++b) {
    int32_t o = 0;
    for (; o + 4 <= p->units; o += 4) Block<4>(p, x, o, out);
    for (; o < p->units; ++o) Block<1>(p, x, o, out);
    x += p->depth;
    out += p->units;
  }
}
