// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_add_s8.h"

#include "kernels/msf_add_row.h"
#include "msf_kernels.h"

void msf_add_s8(const msf_call *call) {
  const msf_add_params *p = static_cast<const msf_add_params *>(call->params);
  const int32_t r = call->step;
  const msf_view *a = &call->in[0];
  const msf_view *b = &call->in[1];
  msf_add_row(
      p, reinterpret_cast<const int8_t *>(msf_row(a, a->rows == 1 ? 0 : r)),
      reinterpret_cast<const int8_t *>(msf_row(b, b->rows == 1 ? 0 : r)),
      call->x, call->x_end,
      reinterpret_cast<int8_t *>(msf_row(&call->out, r)));
}
