/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_conv2d_1x1_s8 for Helium: pixels are multiplied where they are. C++ only.
 */
#ifndef MSF_CONV2D_1X1_ROW_BODY_HELIUM_H_
#define MSF_CONV2D_1X1_ROW_BODY_HELIUM_H_

#include "isa/helium/msf_dot_s8_body.h"
#include "isa/helium/msf_finish_body.h"
#include "isa/helium/msf_operand_codes.h"
#include "msf_math.h"
#include "msf_runtime.h"

/* One pixel. */
__attribute__((noinline)) static void msf_point_one(
    const msf_conv2d_s8_params *p, const int8_t *x, int8_t *out) {
  constexpr int32_t kChannels = 16;
  const int32_t filter = (p->in_c + 3) & ~3;
  alignas(8) int32_t sums[kChannels];
  const int8_t *w = p->weights;
  for (int32_t o = 0; o < p->out_c; o += kChannels) {
    const int32_t n = msf_min(p->out_c - o, kChannels);
    msf_copy_bytes((int8_t *)sums, (const int8_t *)(p->bias + o), 4 * n);
    msf_dots_s8(x, p->in_c, w, filter, n, sums);
    msf_finish_channels(p, sums, o, n, out);
    w += kChannels * filter;
  }
}

/* The pixels of a call, three at a time if their scales allow. */
static inline void msf_conv2d_points(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  const int32_t step = p->stride_w * p->in_c;
  const bool at_once = msf_has_codes(p);
  msf_operand_job job;
  msf_operand_begin_job(&job, p, p->in_c, (p->in_c + 3) & ~3);
  for (int32_t y = call->step; y <= call->step + call->more_rows; ++y) {
    const int8_t *in = (const int8_t *)msf_row(&call->in[0], y * p->stride_h);
    int8_t *out = (int8_t *)msf_row(&call->out, y) + call->x * p->out_c;
    in += call->x * step;
    int32_t pixels;
    for (int32_t x = call->x; x < x_end; x += pixels) {
      pixels = at_once ? msf_min(x_end - x, 3) : 1;
      if (pixels == 1) {
        msf_point_one(p, in, out);
        in += step;
        out += p->out_c;
        continue;
      }
      job.x[0] = in;
      job.x[1] = in + step;
      job.x[2] = in + (pixels - 1) * step; /* the second again, if need be */
      job.out[0] = out;
      job.out[1] = out + p->out_c;
      job.out[2] = out + (pixels - 1) * p->out_c;
      msf_operand_end_all(&job, p);
      in += pixels * step;
      out += pixels * p->out_c;
    }
  }
}

#endif /* MSF_CONV2D_1X1_ROW_BODY_HELIUM_H_ */
