/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 1x1 convolution, int8, over some of its input channels. Sums of int32 are
 * exact in any order, so the bytes are those of msf_conv2d_s8. */
#include "kernels/msf_conv2d_part_s8.h"

#include "kernels/msf_dot_s8.h"
#include "msf_kernels.h"
#include "msf_math.h"

namespace {

/* Adds the products of one pixel to its sums, which the first part starts. */
void AddPixel(const msf_conv2d_part_s8_params *p, const int8_t *x,
              int32_t *sums) {
  if (p->bias != nullptr) {
    for (int32_t o = 0; o < p->out_c; ++o) sums[o] = p->bias[o];
  }
  msf_dots_s8(x, p->in_c, p->weights, p->in_c, p->out_c, sums);
}

}  // namespace

extern "C" void msf_conv2d_part_s8(const msf_call *call) {
  const msf_conv2d_part_s8_params *p =
      (const msf_conv2d_part_s8_params *)call->params;
  const int8_t *in = (const int8_t *)msf_row(&call->in[0], call->step);
  int8_t *out = (int8_t *)msf_row(&call->out, call->step);
  const int32_t slot = call->step % p->sums_rows;
  int32_t *sums =
      (int32_t *)call->state + (slot * p->sums_cols + call->x) * p->out_c;
  in += call->x * p->in_c;
  out += call->x * p->out_c;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  for (int32_t x = call->x; x < x_end; ++x) {
    AddPixel(p, in, sums);
    if (p->finish) msf_finish_channels(p, sums, 0, p->out_c, out);
    in += p->in_c;
    sums += p->out_c;
    out += p->out_c;
  }
}
