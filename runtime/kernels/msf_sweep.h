/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution without dilation or multiplier, one channel of an
 * output row at a time: the columns of the input go by, and each is added to
 * the sums of all windows that it is in. So an input code is loaded once for a
 * kernel row of products, and weights and scales once for a row.
 *
 *   column      0   1   2   3   4          3x3, stride 1: when column 3 has
 *   window 0   w0  w1  w2                  come, window 1 is complete, windows
 *   window 1       w0  w1  w2              2 and 3 have two and one column
 *   window 2           w0  w1  w2
 *
 * C++ only; columns and weights are in msf_sweep_body.h, which has a twin. */
#ifndef MSF_SWEEP_H_
#define MSF_SWEEP_H_

#include "msf_isa.h"

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_sweep_row_body.h"
#else

#include "kernels/msf_depthwise_conv2d_s8.h"
#include "kernels/msf_scale.h"
#include "kernels/msf_window.h"
#include "msf_math.h"

/* The sums of N windows that are open at once. Written out because an index
 * would force an array into memory. */
template <int N>
struct msf_sweep_sums {
  static_assert(N >= 3 && N <= 7, "written out for up to seven windows");
  uint32_t a0, a1, a2, a3, a4, a5, a6;

  /* One window ends, another begins. */
  void shift(uint32_t start) {
    if constexpr (N > 6) a6 = a5;
    if constexpr (N > 5) a5 = a4;
    if constexpr (N > 4) a4 = a3;
    if constexpr (N > 3) a3 = a2;
    a2 = a1;
    a1 = a0;
    a0 = start;
  }

  /* Adds every S-th of `values` to the first M sums. */
  template <int S, int M>
  void add(const uint32_t *values) {
    a0 += values[0];
    a1 += values[S];
    if constexpr (M > 2) a2 += values[2 * S];
    if constexpr (M > 3) a3 += values[3 * S];
    if constexpr (M > 4) a4 += values[4 * S];
    if constexpr (M > 5) a5 += values[5 * S];
    if constexpr (M > 6) a6 += values[6 * S];
  }

  void store(uint32_t *to) const {
    to[0] = a0;
    to[1] = a1;
    to[2] = a2;
    if constexpr (N > 3) to[3] = a3;
    if constexpr (N > 4) to[4] = a4;
    if constexpr (N > 5) to[5] = a5;
    if constexpr (N > 6) to[6] = a6;
  }

  uint32_t last() const {
    if constexpr (N == 3) return a2;
    if constexpr (N == 4) return a3;
    if constexpr (N == 5) return a4;
    if constexpr (N == 7) return a6;
  }
};

#if defined(MSF_ISA_ARMV7EM)
#include "isa/armv7em/msf_sweep_body.h"
#else
#include "kernels/msf_sweep_body.h"
#endif

/* An output row. */
typedef struct msf_sweep {
  const msf_depthwise_conv2d_s8_params *p;
  /* Input rows under the kernel that exist, from column 0; behind them, up to
   * entry `kernel`, one that may be read. */
  const int8_t *rows[8];
  msf_taps taps;   /* the kernel rows that they belong to */
  int32_t left;    /* columns of padding before the first input column */
  int32_t column;  /* the first input column */
  int32_t columns; /* how many */
  int32_t right;   /* columns of padding behind the last one */
  int8_t *out;     /* first output pixel */
  int32_t outputs; /* pixels */
} msf_sweep;

/* How sums of one channel start and end. */
typedef struct msf_sweep_channel {
  msf_scale scale;
  uint32_t start;
} msf_sweep_channel;

static inline void msf_begin_sweep(msf_sweep *s, const msf_call *call,
                                   int32_t kernel) {
  const msf_depthwise_conv2d_s8_params *p =
      (const msf_depthwise_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int32_t top = call->step * p->stride_h - p->pad_top;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  const int32_t first = call->x * p->stride_w - p->pad_left;
  const int32_t last = (x_end - 1) * p->stride_w - p->pad_left + kernel;
  s->p = p;
  s->taps = msf_taps_inside(top, kernel, 1, in->rows);
  const int32_t count = s->taps.last - s->taps.first;
  for (int32_t i = 0; i <= kernel; ++i) {
    const int32_t r = top + s->taps.first + (i < count ? i : 0);
    s->rows[i] = (const int8_t *)msf_row(in, r);
  }
  s->left = first < 0 ? -first : 0;
  s->column = first + s->left;
  s->right = last > p->in_w ? last - p->in_w : 0;
  s->columns = last - s->right - s->column;
  s->out = (int8_t *)msf_row(&call->out, call->step) + call->x * p->in_c;
  s->outputs = x_end - call->x;
}

/* False if the channel's scale is for msf_sweep_plainly(). */
static inline bool msf_begin_channel(const msf_sweep *s, int32_t c,
                                     msf_sweep_channel *channel) {
  const msf_depthwise_conv2d_s8_params *p = s->p;
  const int32_t at = p->scale_step * c;
  const int32_t multiplier = p->multipliers[at];
  const int32_t shift = p->shifts[at];
  if (shift >= 0 || multiplier < 0) return false;
  channel->scale = msf_scale_of(multiplier, shift, p->output_zero_point);
  channel->start = (uint32_t)p->bias[c];
  return true;
}

/* The output code of a sum. */
static inline int8_t msf_end_sum(uint32_t sum, const msf_scale &scale) {
  return (int8_t)msf_saturate_s8(msf_scale_doubled((int32_t)(sum * 2), scale));
}

/* A channel by the definition, where its scale is 1/2 and more or negative. */
__attribute__((noinline)) static void msf_sweep_plainly(const msf_sweep *s,
                                                        int32_t kernel,
                                                        const int8_t *weights,
                                                        int32_t c) {
  const msf_depthwise_conv2d_s8_params *p = s->p;
  int8_t *out = s->out + c;
  int32_t first = s->column - s->left;
  for (int32_t n = s->outputs; n > 0; --n) {
    uint32_t sum = (uint32_t)p->bias[c];
    const int8_t *w = weights;
    for (int32_t ky = 0; ky < kernel; ++ky) {
      const bool inside = ky >= s->taps.first && ky < s->taps.last;
      for (int32_t x = first; x < first + kernel; ++x) {
        int32_t code = p->input_zero_point;
        if (inside && x >= 0 && x < p->in_w) {
          code = s->rows[ky - s->taps.first][x * p->in_c + c];
        }
        sum += (uint32_t)(code * *w++);
      }
    }
    const int32_t at = p->scale_step * c;
    *out = msf_finish_s8((int32_t)sum, p->multipliers[at], p->shifts[at],
                         p->output_zero_point, -128, 127);
    out += p->in_c;
    first += p->stride_w;
  }
}

/* Puts the weights in the rows that exist, then zeros, into `inside`. What the
 * other rows, on padding, add to a sum. */
__attribute__((noinline)) static uint32_t msf_split_rows_3x3(const msf_sweep *s,
                                                             const int8_t *w,
                                                             int8_t *inside) {
  int32_t sum = 0;
  int8_t *const end = inside + 9;
  for (int32_t ky = 0; ky < 3; ++ky) {
    if (ky >= s->taps.first && ky < s->taps.last) {
      inside[0] = w[0];
      inside[1] = w[1];
      inside[2] = w[2];
      inside += 3;
    } else {
      sum += w[0] + w[1] + w[2];
    }
    w += 3;
  }
  while (inside != end) *inside++ = 0;
  return (uint32_t)(sum * s->p->input_zero_point);
}

/* The columns that go by a channel. */
struct msf_columns_3 {
  const int8_t *row0, *row1, *row2;
  int32_t at;
  int32_t step;

  msf_column_3 next() {
    const msf_column_3 x(row0[at], row1[at], row2[at]);
    at += step;
    return x;
  }
};

/* The windows of a channel that are open: with one column, and with two. A
 * stride of 2 has no two of them open at once. */
template <int S>
struct msf_windows_3 {
  uint32_t one, two;

  /* Takes the columns up to the end of a window; its sum. */
  __attribute__((always_inline)) uint32_t end(msf_columns_3 *columns,
                                              const msf_weights_3x3 &w,
                                              uint32_t start) {
    if (S == 2) two = w.add1(columns->next(), one);
    const msf_column_3 x = columns->next();
    const uint32_t sum = w.add2(x, two);
    if (S == 1) two = w.add1(x, one);
    one = w.add0(x, start);
    return sum;
  }
};

#if defined(MSF_ISA_ARMV7EM)
#include "isa/armv7em/msf_sweep_3x3_body.h"
#else
#include "kernels/msf_sweep_3x3_body.h"
#endif

/* A channel of a row. Padding is at most one column wide. */
template <int S>
__attribute__((always_inline)) static inline void msf_sweep_channel_3x3(
    const msf_sweep *s, const msf_weights_3x3 &w,
    const msf_sweep_channel &channel, int32_t c) {
  const uint32_t start = channel.start;
  const int32_t step = s->p->in_c;
  const int32_t zero_point = s->p->input_zero_point;
  const msf_column_3 padding(zero_point, zero_point, zero_point);
  msf_columns_3 columns = {s->rows[0], s->rows[1], s->rows[2],
                           s->column * step + c, step};
  int8_t *out = s->out + c;
  msf_windows_3<S> windows = {start, start};
  if (s->left > 0) windows.one = w.add0(padding, start);
  const int32_t skip = msf_min(3 - S - s->left, s->columns);
  for (int32_t i = skip; i > 0; --i) {
    const msf_column_3 x = columns.next();
    if (S == 1) windows.two = w.add1(x, windows.one);
    windows.one = w.add0(x, start);
  }
  const int32_t count = (s->columns - skip) >> (S - 1);
  msf_pass_windows_3x3<S>(&columns, &windows, w, channel, count, out);
  out += count * step;
  if (s->right > 0) {
    if (S == 2) windows.two = w.add1(columns.next(), windows.one);
    *out = msf_end_sum(w.add2(padding, windows.two), channel.scale);
  }
}

template <int S>
__attribute__((noinline)) static void msf_sweep_3x3(const msf_sweep *s) {
  const bool complete = s->taps.last - s->taps.first == 3;
  const int32_t channels = s->p->in_c;
  for (int32_t c = 0; c < channels; ++c) {
    const int8_t *weights = s->p->weights + c * 9;
    msf_sweep_channel channel;
    if (!msf_begin_channel(s, c, &channel)) {
      msf_sweep_plainly(s, 3, weights, c);
      continue;
    }
    int8_t inside[9];
    if (!complete) {
      channel.start += msf_split_rows_3x3(s, weights, inside);
      weights = inside;
    }
    msf_sweep_channel_3x3<S>(s, msf_weights_3x3(weights), channel, c);
  }
}

/* The windows of a channel while its columns go by. */
template <int K, int S>
struct msf_sweep_windows {
  static constexpr int kOpen = (K + S - 1) / S;
  msf_sweep_sums<kOpen> sums;
  int32_t odd;  /* for a stride of 2: the next column is odd in its window */
  int32_t skip; /* columns that begin windows until one is complete */
  int8_t *out;

  /* One column: begin(sums) adds it where a window begins, else add_odd(sums).
   */
  template <typename Begin, typename Odd>
  __attribute__((always_inline)) void take(const msf_scale &scale, int32_t step,
                                           Begin begin, Odd add_odd) {
    if (S == 2 && odd) {
      odd = 0;
      add_odd(&sums);
      return;
    }
    odd = 1;
    begin(&sums);
    if (--skip >= 0) return;
    *out = msf_end_sum(sums.last(), scale);
    out += step;
  }
};

/* What kernel rows on padding add to a sum. */
template <int K>
__attribute__((noinline)) static uint32_t msf_sum_rows_outside(
    const msf_sweep *s, const int8_t *w) {
  int32_t sum = 0;
  for (int32_t i = 0; i < s->taps.first * K; ++i) sum += w[i];
  for (int32_t i = s->taps.last * K; i < K * K; ++i) sum += w[i];
  return (uint32_t)(sum * s->p->input_zero_point);
}

template <int K, int S>
static inline void msf_sweep_channel_kxk(const msf_sweep *s,
                                         const msf_sweep_channel &channel,
                                         const int8_t *weights, int32_t c) {
  using Sums = msf_sweep_sums<(K + S - 1) / S>;
  constexpr int kOdd = K / S; /* windows that an odd column is in */
  const int32_t step = s->p->in_c;
  const uint32_t start = channel.start;
  const msf_weights_kxk<K, S> w(weights + s->taps.first * K, s->rows,
                                s->taps.last - s->taps.first,
                                s->p->input_zero_point);
  msf_sweep_windows<K, S> windows = {{}, 0, (K - 1) / S, s->out + c};
  int32_t at = s->column * step + c;
  const auto begin_padding = [&](Sums *sums) {
    sums->shift(start);
    sums->template add<S, (K + S - 1) / S>(w.padding);
  };
  const auto odd_padding = [&](Sums *sums) {
    sums->template add<S, kOdd>(w.padding + 1);
  };
  const auto begin_column = [&](Sums *sums) { w.begin(at, start, sums); };
  const auto odd_column = [&](Sums *sums) {
    w.template add_odd<kOdd>(at, sums);
  };
  for (int32_t i = s->left; i > 0; --i) {
    windows.take(channel.scale, step, begin_padding, odd_padding);
  }
  for (int32_t i = s->columns; i > 0; --i) {
    windows.take(channel.scale, step, begin_column, odd_column);
    at += step;
  }
  for (int32_t i = s->right; i > 0; --i) {
    windows.take(channel.scale, step, begin_padding, odd_padding);
  }
}

template <int K, int S>
__attribute__((noinline)) static void msf_sweep_kxk(const msf_sweep *s) {
  const bool complete = s->taps.last - s->taps.first == K;
  const int32_t channels = s->p->in_c;
  for (int32_t c = 0; c < channels; ++c) {
    const int8_t *weights = s->p->weights + c * (K * K);
    msf_sweep_channel channel;
    if (!msf_begin_channel(s, c, &channel)) {
      msf_sweep_plainly(s, K, weights, c);
      continue;
    }
    if (!complete) channel.start += msf_sum_rows_outside<K>(s, weights);
    msf_sweep_channel_kxk<K, S>(s, channel, weights, c);
  }
}

/* A row of K x K windows. */
template <int K>
static inline void msf_sweep_row(const msf_call *call) {
  msf_sweep s;
  msf_begin_sweep(&s, call, K);
  if constexpr (K == 3) {
    s.p->stride_w == 1 ? msf_sweep_3x3<1>(&s) : msf_sweep_3x3<2>(&s);
  } else {
    s.p->stride_w == 1 ? msf_sweep_kxk<K, 1>(&s) : msf_sweep_kxk<K, 2>(&s);
  }
  msf_clamp_codes(s.out, s.outputs * s.p->in_c, s.p->clamp_min, s.p->clamp_max);
}

#endif /* MSF_ISA_HELIUM */

#endif /* MSF_SWEEP_H_ */
