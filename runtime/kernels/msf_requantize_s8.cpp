// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_requantize_s8.h"

#include "kernels/msf_scale.h"
#include "msf_kernels.h"
#include "msf_math.h"

void msf_requantize_s8(const msf_call *call) {
  const msf_requantize_params *p =
      static_cast<const msf_requantize_params *>(call->params);
  const int8_t *in =
      reinterpret_cast<const int8_t *>(msf_row(&call->in[0], call->step));
  int8_t *out = reinterpret_cast<int8_t *>(msf_row(&call->out, call->step));
  const int32_t end = msf_min(call->x_end, p->w) * p->c;
  int32_t i = call->x * p->c;
  if (msf_has_scale(p->shift)) {
    msf_rescale_codes(in + i, end - i, p->in_zero_point,
                      msf_scale_of(p->multiplier, p->shift, p->zero_point),
                      out + i);
    msf_clamp_codes(out + i, end - i, p->clamp_min, p->clamp_max);
    return;
  }
  for (; i < end; ++i) {
    const int32_t code =
        msf_requantize(in[i] - p->in_zero_point, p->multiplier, p->shift) +
        p->zero_point;
    out[i] = (int8_t)msf_clamp(code, p->clamp_min, p->clamp_max);
  }
}
