/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_sweep_row() for Helium: rows of depthwise convolutions without dilation
 * or multiplier, whose weights lie channel by channel. C++ only. */
#ifndef MSF_SWEEP_ROW_BODY_HELIUM_H_
#define MSF_SWEEP_ROW_BODY_HELIUM_H_

#include "isa/helium/msf_strip_sums.h"
#include "kernels/msf_depthwise_conv2d_s8.h"

template <int K>
struct msf_order_by_channel {
  static constexpr int kTables = 1;
  static constexpr bool kShiftsBelow = false; /* they are -1 - shift */
  static constexpr int tap(int t, int) { return t; }
  static constexpr int channel(int i) { return i * K * K; }
};

template <int K, int S>
__attribute__((noinline)) static void msf_sweep_columns(const msf_call *call) {
  using Order = msf_order_by_channel<K>;
  constexpr int32_t kMost = (msf_strip<K>::kMostOutputs + S - 1) / S;
  const msf_depthwise_conv2d_s8_params *p =
      (const msf_depthwise_conv2d_s8_params *)call->params;
  msf_strip<K> strip;
  msf_strip_scales scales;
  msf_strip_row s;
  const int32_t in_c = p->in_c;
  scales.range = &p->output_zero_point;
  scales.step = (int8_t)p->scale_step;
  scales.is_simple = (int8_t)p->simple_scales;
  s.in_w = p->in_w;
  s.in_c = in_c;
  s.out_step = in_c;
  s.dilation = 1;
  s.zero_point = p->input_zero_point;
  msf_find_rows(&s, &call->in[0], K, call->step * p->stride_h - p->pad_top, 1);
  for (int32_t &sum : strip.outside) sum = 0;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  int8_t *const out = (int8_t *)msf_row(&call->out, call->step);
  for (s.c = 0; s.c < in_c; s.c += 4) {
    const int8_t *weights = p->weights + s.c * (K * K);
    s.channels = msf_min(in_c - s.c, 4);
    scales.bias = p->bias + s.c;
    scales.multiplier = p->multipliers + scales.step * s.c;
    scales.shift = p->shifts + scales.step * s.c;
    if (s.inside != (1u << K) - 1) {
      msf_sum_outside<K, Order>(&s, weights, strip.outside);
    }
    for (int32_t x = call->x; x < x_end; x += kMost) {
      const int32_t n = msf_min(x_end - x, kMost);
      msf_make_pixels<K, S, Order>(&s, weights, &scales, x * S - p->pad_left, n,
                                   &strip, out + x * in_c + s.c);
    }
  }
}

/* A row of K x K windows. */
template <int K>
static inline void msf_sweep_row(const msf_call *call) {
  const msf_depthwise_conv2d_s8_params *p =
      (const msf_depthwise_conv2d_s8_params *)call->params;
  p->stride_w == 1 ? msf_sweep_columns<K, 1>(call)
                   : msf_sweep_columns<K, 2>(call);
}

#endif /* MSF_SWEEP_ROW_BODY_HELIUM_H_ */
