// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_dequantize_s8_f32.h"

#include "msf_kernels.h"

// TFLite multiplies in double and then narrows. The double product of a float
// and a 9-bit integer is exact, so narrowing rounds once, as a float product
// does: the bytes are equal and no soft double is linked.
void msf_dequantize_s8_f32(const msf_call *call) {
  const msf_dequantize_f32_params *p =
      static_cast<const msf_dequantize_f32_params *>(call->params);
  float scale;
  __builtin_memcpy(&scale, &p->scale_bits, sizeof(scale));
  const int8_t *in =
      reinterpret_cast<const int8_t *>(msf_row(&call->in[0], call->step));
  float *out = reinterpret_cast<float *>(msf_row(&call->out, call->step));
  for (int32_t i = 0; i < call->in[0].row_bytes; ++i) {
    out[i] = scale * (float)(in[i] - p->zero_point);
  }
}
