// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Sums, rescaling and averages of random sizes, through the twins and through
// the portable kernels.
#include "kernels/msf_add_s8.h"
#include "kernels/msf_mean_params.h"
#include "kernels/msf_pool_params.h"
#include "kernels/msf_requantize_s8.h"
#include "twins_firmware.h"

extern "C" {
void portable_msf_add_s8(const msf_call *call);
void portable_msf_average_pool_acc_s8(const msf_call *call);
void portable_msf_mean_acc_s8(const msf_call *call);
void portable_msf_requantize_s8(const msf_call *call);
}

namespace {

constexpr uint32_t kCases = 1500;
constexpr int32_t kMostCodes = 12; /* channels of a pixel */

// A shift that has a fast way, or now and then one that has none.
int32_t DrawShift(Draw *draw, int32_t most) {
  if (draw->OneIn(8)) return draw->Int(-31, most);
  return draw->OneIn(2) ? draw->Int(-23, -1) : draw->Int(-10, -4);
}

// A row of w x c elements that `kernel` makes of the inputs.
void CompareRow(const Pair &pair, Draw *draw, const void *params, int32_t w,
                int32_t c, uint32_t seed) {
  msf_call call = {};
  call.params = params;
  for (int32_t i = 0; i < 2; ++i) {
    draw->Int8s(inputs[i], w * c);
    call.in[i] = WholeView(inputs[i], w * c, 1);
  }
  call.out = WholeView(nullptr, w * c, 1);
  Compare(pair, call, 1, draw->Int(0, w - 1), seed);
}

void CompareSums(uint32_t seed) {
  Draw draw(seed);
  msf_add_params p = {};
  p.w = draw.Int(1, 20);
  p.c = draw.Int(1, kMostCodes);
  p.column_stride_1 = p.column_stride_2 = p.c;
  p.channel_stride_1 = p.channel_stride_2 = 1;
  p.zero_point_1 = draw.Int(-128, 127);
  p.zero_point_2 = draw.Int(-128, 127);
  p.zero_point = draw.Int(-128, 127);
  // One half, which the operand of the larger scale has.
  const bool first = draw.OneIn(3);
  const bool second = !first || draw.OneIn(4);
  p.multiplier_1 = first ? 1 << 30 : draw.Multiplier();
  p.shift_1 = first ? 0 : DrawShift(&draw, -1);
  p.multiplier_2 = second ? 1 << 30 : draw.Multiplier();
  p.shift_2 = second ? 0 : DrawShift(&draw, -1);
  p.multiplier = draw.Multiplier();
  p.shift = draw.OneIn(2) ? draw.Int(-21, -16) : DrawShift(&draw, 0);
  DrawClamp(&draw, &p);
  CompareRow({msf_add_s8, portable_msf_add_s8, "add"}, &draw, &p, p.w, p.c,
             seed);
}

void CompareRescaling(uint32_t seed) {
  Draw draw(seed);
  msf_requantize_params p = {};
  p.w = draw.Int(1, 20);
  p.c = draw.Int(1, kMostCodes);
  p.in_zero_point = draw.Int(-128, 127);
  p.zero_point = draw.Int(-128, 127);
  p.multiplier = draw.Multiplier();
  p.shift = draw.OneIn(2) ? draw.Int(-3, 3) : DrawShift(&draw, 3);
  DrawClamp(&draw, &p);
  CompareRow({msf_requantize_s8, portable_msf_requantize_s8, "requantize"},
             &draw, &p, p.w, p.c, seed);
}

// Averages over all rows, which take them as they come.
void CompareAverages(uint32_t seed) {
  Draw draw(seed);
  const int32_t rows = draw.Int(1, 5);
  msf_mean_params mean = {};
  mean.w = draw.Int(1, 9);
  mean.c = draw.Int(1, 40);
  mean.reduce_h = 1;
  mean.reduce_w = draw.Int(0, 1);
  mean.reduce_c = draw.OneIn(4) ? 1 : 0;
  mean.multiplier = draw.Multiplier();
  mean.shift = draw.Int(-9, 0);
  msf_call call = {};
  call.params = &mean;
  draw.Int8s(inputs[0], rows * mean.w * mean.c);
  call.in[0] = WholeView(inputs[0], mean.w * mean.c, rows);
  const int32_t codes =
      (mean.reduce_w ? 1 : mean.w) * (mean.reduce_c ? 1 : mean.c);
  call.out = WholeView(nullptr, codes, 1);
  Compare({msf_mean_acc_s8, portable_msf_mean_acc_s8, "mean_acc"}, call, rows,
          0, seed);
  msf_pool_params pool = {};
  pool.kernel_h = rows;
  pool.kernel_w = draw.Int(1, mean.w);
  pool.stride_h = pool.stride_w = 1;
  pool.in_w = mean.w;
  pool.out_w = mean.w - pool.kernel_w + 1;
  pool.c = mean.c;
  DrawClamp(&draw, &pool);
  call.params = &pool;
  call.out = WholeView(nullptr, pool.out_w * pool.c, 1);
  Compare({msf_average_pool_acc_s8, portable_msf_average_pool_acc_s8,
           "average_pool_acc"},
          call, rows, 0, seed);
}

}  // namespace

void CompareTwins() {
  for (uint32_t seed = 1; seed <= kCases; ++seed) {
    CompareSums(seed);
    CompareRescaling(seed);
    CompareAverages(seed);
  }
}
