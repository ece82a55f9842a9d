// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_mean_s8.h"

#include "msf_kernels.h"

namespace {

// Extents and strides of the elements of one mean.
struct Group {
  int32_t h, w, c;
  int32_t row_bytes;
  int32_t column_bytes;
};

int32_t Sum(const int8_t *first, const Group &group) {
  int32_t sum = 0;
  for (int32_t y = 0; y < group.h; ++y) {
    const int8_t *column = first;
    for (int32_t x = 0; x < group.w; ++x) {
      for (int32_t ch = 0; ch < group.c; ++ch) sum += column[ch];
      column += group.column_bytes;
    }
    first += group.row_bytes;
  }
  return sum;
}

}  // namespace

// Step s reduces rows [s * rows, (s + 1) * rows): one row, or the whole input,
// whose rows then lie one after the other.
void msf_mean_s8(const msf_call *call) {
  const msf_mean_params *p = static_cast<const msf_mean_params *>(call->params);
  const msf_view *in = &call->in[0];
  const int8_t *row =
      reinterpret_cast<const int8_t *>(msf_row(in, call->step * p->rows));
  int8_t *out = reinterpret_cast<int8_t *>(msf_row(&call->out, call->step));
  const Group group = {p->reduce_h ? p->rows : 1, p->reduce_w ? p->w : 1,
                       p->reduce_c ? p->c : 1, in->row_bytes, p->c};
  for (int32_t y = 0; y < p->rows; y += group.h) {
    for (int32_t x = 0; x < p->w; x += group.w) {
      for (int32_t ch = 0; ch < p->c; ch += group.c) {
        *out++ = msf_mean_code(p, Sum(row + x * p->c + ch, group));
      }
    }
    row += in->row_bytes;
  }
}
