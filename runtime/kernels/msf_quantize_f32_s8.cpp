// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_quantize_f32_s8.h"

#include "msf_kernels.h"
#include "msf_math.h"

namespace {

// Nearest integer, ties away from zero, of a number that is first cut to
// [-512, 512]: beyond 255 steps every zero point saturates. NaN counts as the
// lower end. The difference is exact, so this equals roundf without libm.
int32_t Round(float steps) {
  if (!(steps >= -512.0f)) return -512;
  if (steps > 512.0f) return 512;
  const int32_t towards_zero = (int32_t)steps;
  const float rest = steps - (float)towards_zero;
  if (rest >= 0.5f) return towards_zero + 1;
  if (rest <= -0.5f) return towards_zero - 1;
  return towards_zero;
}

}  // namespace

void msf_quantize_f32_s8(const msf_call *call) {
  const msf_quantize_f32_params *p =
      static_cast<const msf_quantize_f32_params *>(call->params);
  float scale;
  __builtin_memcpy(&scale, &p->scale_bits, sizeof(scale));
  const float *in =
      reinterpret_cast<const float *>(msf_row(&call->in[0], call->step));
  int8_t *out = reinterpret_cast<int8_t *>(msf_row(&call->out, call->step));
  const int32_t end = msf_min(call->x_end, p->w) * p->c;
  for (int32_t i = call->x * p->c; i < end; ++i) {
    const int32_t code = Round(in[i] / scale) + p->zero_point;
    out[i] = (int8_t)msf_clamp(code, -128, 127);
  }
}
