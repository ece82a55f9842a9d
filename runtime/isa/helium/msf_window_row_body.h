/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_depthwise_conv2d_window_s8 for Helium. C++ only. */
#ifndef MSF_WINDOW_ROW_BODY_HELIUM_H_
#define MSF_WINDOW_ROW_BODY_HELIUM_H_

#include "isa/helium/msf_strip_sums.h"
#include "isa/helium/msf_window_narrow.h"
#include "kernels/msf_depthwise_conv2d_window_s8.h"

/* In a quad the first two channels lie like each other, and the last two; the
 * last tap has no other one beside it. */
template <int K>
struct msf_order_of_quads {
  static constexpr int kTables = 2;
  static constexpr bool kShiftsBelow = true;
  static constexpr int kLast = K * K - 1;
  static constexpr int tap(int t, int table) {
    return t == kLast ? 4 * kLast - 2 * table : t / 2 * 8 + t % 2 * 2;
  }
  static constexpr int channel(int i) { return (i >> 1) * 4 + (i & 1); }
};

/* Some columns of output row `y`. */
template <int K, int S>
__attribute__((noinline)) static void msf_window_columns(const msf_call *call,
                                                         int32_t y) {
  using Order = msf_order_of_quads<K>;
  constexpr int32_t kWords = 10 + (K * K - 1);
  const msf_depthwise_conv2d_window_s8_params *p =
      (const msf_depthwise_conv2d_window_s8_params *)call->params;
  /* Windows that share no columns of a strip have one each. */
  const int32_t most = p->dilation_w == 1 && p->stride_w == S
                           ? (msf_strip<K>::kMostOutputs + S - 1) / S
                           : 1;
  msf_strip<K> strip;
  msf_strip_row s;
  msf_strip_scales scales;
  s.in_w = p->in_w;
  s.in_c = p->in_c;
  s.out_step = p->out_step;
  s.channels = 4;
  s.dilation = p->dilation_w;
  s.zero_point = p->padding[0];
  scales.step = scales.is_simple = 1;
  scales.range = &p->output_zero_point;
  for (int32_t &sum : strip.outside) sum = 0;
  msf_find_rows(&s, &call->in[0], K, y * p->stride_h - p->pad_top,
                p->dilation_h);
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  int8_t *const out = (int8_t *)msf_row(&call->out, y);
  const int32_t *quad = p->quads;
  for (int32_t c = 0; c < p->in_c; c += 4) {
    s.c = msf_min(c, p->in_c - 4);
    const int8_t *weights = (const int8_t *)(quad + 4);
    scales.bias = quad;
    scales.multiplier = quad + kWords - 5;
    scales.shift = (const int8_t *)(quad + kWords - 1);
    if (s.inside != (1u << K) - 1) {
      msf_sum_outside<K, Order>(&s, weights, strip.outside);
    }
    for (int32_t x = call->x; x < x_end; x += most) {
      const int32_t n = msf_min(x_end - x, most);
      msf_make_pixels<K, S, Order>(&s, weights, &scales,
                                   x * p->stride_w - p->pad_left, n, &strip,
                                   out + x * p->out_step + s.c);
    }
    quad += kWords;
  }
}

/* Most columns for which strips are not worth it, and channels that lanes can
 * address. */
template <int K>
constexpr int32_t kNarrow = K == 3 ? 6 : 4;
constexpr int32_t kNarrowChannels = 65536;

template <int K>
static inline void msf_window_rows(const msf_call *call) {
  const msf_depthwise_conv2d_window_s8_params *p =
      (const msf_depthwise_conv2d_window_s8_params *)call->params;
  if (msf_min(call->x_end, p->out_w) - call->x <= kNarrow<K> &&
      p->in_c <= kNarrowChannels) {
    for (int32_t y = call->step; y <= call->step + call->more_rows; ++y) {
      msf_window_narrow<K>(call, y);
    }
    return;
  }
  for (int32_t y = call->step; y <= call->step + call->more_rows; ++y) {
    p->stride_w == 1 ? msf_window_columns<K, 1>(call, y)
                     : msf_window_columns<K, 2>(call, y);
  }
}

#endif /* MSF_WINDOW_ROW_BODY_HELIUM_H_ */
