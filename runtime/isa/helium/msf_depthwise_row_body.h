/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Any depthwise convolution for Helium, sixteen output channels of a pixel at
 * a time. C++ only. */
#ifndef MSF_DEPTHWISE_ROW_BODY_HELIUM_H_
#define MSF_DEPTHWISE_ROW_BODY_HELIUM_H_

#include "isa/helium/msf_vectors.h"
#include "kernels/msf_depthwise_conv2d_s8.h"
#include "kernels/msf_dot_s8.h"
#include "msf_runtime.h"

#define MSF_LANES 16

/* Output channels [o, o + n). */
typedef struct msf_depthwise_block {
  const msf_depthwise_conv2d_s8_params *p;
  int32_t out_c;
  int32_t o;
  int32_t n;
  int32_t c;        /* input channel of the first */
  uint8x16_t lanes; /* input channels, from c on */
  mve_pred16_t here; /* the first n */
} msf_depthwise_block;

/* Sums of the channels of a block. VMULL multiplies even or odd bytes, VMOVL
 * widens even or odd halfwords: */
typedef struct msf_lane_sums {
  int32x4_t a0; /* channels 0, 4, 8, 12 */
  int32x4_t a2; /* 2, 6, 10, 14 */
  int32x4_t a1;
  int32x4_t a3;
} msf_lane_sums;

static inline void msf_begin_block(msf_depthwise_block *b,
                                   const msf_depthwise_conv2d_s8_params *p,
                                   int32_t o) {
  b->p = p;
  b->out_c = p->in_c * p->depth_multiplier;
  b->o = o;
  b->n = msf_min(b->out_c - o, MSF_LANES);
  b->c = o / p->depth_multiplier;
  b->here = vctp8q((uint32_t)b->n);
  if (p->depth_multiplier == 1) {
    b->lanes = vidupq_n_u8(0, 1);
    return;
  }
  uint8_t lanes[MSF_LANES];
  for (int32_t i = 0; i < MSF_LANES; ++i) {
    lanes[i] = (uint8_t)((o + i) / p->depth_multiplier - b->c);
  }
  b->lanes = vldrbq_u8(lanes);
}

/* All sixteen sums are read, and written. */
static inline msf_lane_sums msf_load_lanes(const int32_t *sums) {
  const uint32x4_t at = vmulq_n_u32(vidupq_n_u32(0, 1), 16);
  return {vldrwq_gather_offset_s32(sums, at),
          vldrwq_gather_offset_s32(sums + 2, at),
          vldrwq_gather_offset_s32(sums + 1, at),
          vldrwq_gather_offset_s32(sums + 3, at)};
}

static inline void msf_store_lanes(const msf_lane_sums &s, int32_t *sums) {
  const uint32x4_t at = vmulq_n_u32(vidupq_n_u32(0, 1), 16);
  vstrwq_scatter_offset_s32(sums, at, s.a0);
  vstrwq_scatter_offset_s32(sums + 2, at, s.a2);
  vstrwq_scatter_offset_s32(sums + 1, at, s.a1);
  vstrwq_scatter_offset_s32(sums + 3, at, s.a3);
}

/* Adds the products of kernel row `ky`, whose first tap is at input column
 * `left` of `row`; null is a row of padding. */
static inline void msf_add_lanes(const msf_depthwise_block *b,
                                 const int8_t *row, int32_t ky, int32_t left,
                                 msf_lane_sums *sums) {
  const msf_depthwise_conv2d_s8_params *p = b->p;
  const int32_t in_w = row == nullptr ? 0 : p->in_w;
  const int8_t *w = p->weights + ky * p->kernel_w * b->out_c + b->o;
  msf_lane_sums s = *sums;
  for (int32_t kx = 0; kx < p->kernel_w; ++kx) {
    int8x16_t x = vdupq_n_s8((int8_t)p->input_zero_point);
    if (left >= 0 && left < in_w) {
      const int8_t *at = row + left * p->in_c + b->c;
      x = vldrbq_gather_offset_z_s8(at, b->lanes, b->here);
    }
    const int8x16_t weights = vldrbq_z_s8(w, b->here);
    const int16x8_t even = vmullbq_int_s8(x, weights);
    const int16x8_t odd = vmulltq_int_s8(x, weights);
    s.a0 = vaddq_s32(s.a0, vmovlbq_s16(even));
    s.a2 = vaddq_s32(s.a2, vmovltq_s16(even));
    s.a1 = vaddq_s32(s.a1, vmovlbq_s16(odd));
    s.a3 = vaddq_s32(s.a3, vmovltq_s16(odd));
    left += p->dilation_w;
    w += b->out_c;
  }
  *sums = s;
}

/* The biases of a block. */
static inline void msf_start_lanes(const msf_depthwise_block *b,
                                   int32_t *sums) {
  msf_copy_bytes((int8_t *)sums, (const int8_t *)(b->p->bias + b->o), 4 * b->n);
}

/* Adds all kernel rows of a pixel to its sums. `top` and `left` are those of
 * its window. */
__attribute__((noinline)) static void msf_add_window(
    const msf_depthwise_block *b, const msf_view *in, int32_t top, int32_t left,
    int32_t *sums) {
  msf_lane_sums s = msf_load_lanes(sums);
  for (int32_t ky = 0; ky < b->p->kernel_h; ++ky) {
    const bool inside = top >= 0 && top < in->rows;
    const int8_t *row = inside ? (const int8_t *)msf_row(in, top) : nullptr;
    msf_add_lanes(b, row, ky, left, &s);
    top += b->p->dilation_h;
  }
  msf_store_lanes(s, sums);
}

static inline void msf_depthwise_columns(const msf_call *call) {
  const msf_depthwise_conv2d_s8_params *p =
      (const msf_depthwise_conv2d_s8_params *)call->params;
  const int32_t out_c = p->in_c * p->depth_multiplier;
  const int32_t top = call->step * p->stride_h - p->pad_top;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  int8_t *const out = (int8_t *)msf_row(&call->out, call->step);
  alignas(8) int32_t sums[MSF_LANES];
  msf_depthwise_block b;
  for (int32_t o = 0; o < out_c; o += MSF_LANES) {
    msf_begin_block(&b, p, o);
    for (int32_t x = call->x; x < x_end; ++x) {
      msf_start_lanes(&b, sums);
      msf_add_window(&b, &call->in[0], top, x * p->stride_w - p->pad_left,
                     sums);
      msf_finish_channels(p, sums, o, b.n, out + x * p->out_step);
    }
  }
}

/* Adds one kernel row, or, in the first step, those on padding too, to sums of
 * one output row. */
static inline void msf_depthwise_accumulate(const msf_call *call) {
  const msf_depthwise_conv2d_s8_params *p =
      (const msf_depthwise_conv2d_s8_params *)call->params;
  const msf_view *in = &call->in[0];
  const int8_t *row = (const int8_t *)msf_row(in, call->step);
  const bool last = call->step + 1 == in->rows;
  alignas(8) int32_t sums[MSF_LANES];
  msf_depthwise_block b;
  const int32_t out_c = p->in_c * p->depth_multiplier;
  int32_t *state = (int32_t *)call->state;
  for (int32_t x = 0; x < p->out_w; ++x) {
    for (int32_t o = 0; o < out_c; o += MSF_LANES) {
      msf_begin_block(&b, p, o);
      const int32_t bytes = 4 * b.n;
      msf_copy_bytes((int8_t *)sums,
                     (const int8_t *)(call->step == 0 ? p->bias : state) +
                         (call->step == 0 ? 4 * o : 0),
                     bytes);
      msf_lane_sums s = msf_load_lanes(sums);
      int32_t y = -p->pad_top;
      for (int32_t ky = 0; ky < p->kernel_h; ++ky, y += p->dilation_h) {
        const bool outside = y < 0 || y >= in->rows;
        if (y != call->step && !(outside && call->step == 0)) continue;
        msf_add_lanes(&b, outside ? nullptr : row, ky,
                      x * p->stride_w - p->pad_left, &s);
      }
      msf_store_lanes(s, sums);
      msf_copy_bytes((int8_t *)state, (const int8_t *)sums, bytes);
      state += b.n;
      if (!last) continue;
      int8_t *out = (int8_t *)msf_row(&call->out, 0) + x * out_c;
      msf_finish_channels(p, sums, o, b.n, out);
    }
  }
}

#endif /* MSF_DEPTHWISE_ROW_BODY_HELIUM_H_ */
