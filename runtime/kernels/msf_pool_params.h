/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_POOL_PARAMS_H_
#define MSF_POOL_PARAMS_H_

#include <stdint.h>

/* A sliding window over int8 rows; shared by all pooling kernels. */
typedef struct msf_pool_params {
  int32_t kernel_h;
  int32_t kernel_w;
  int32_t stride_h;
  int32_t stride_w;
  int32_t pad_top; /* padded taps are neither averaged nor compared */
  int32_t pad_left;
  int32_t in_w;
  int32_t out_w;
  int32_t c;
  int32_t clamp_min;
  int32_t clamp_max;
} msf_pool_params;

/* The part [first, last) of a window that lies inside the input. */
typedef struct msf_pool_span {
  int32_t first;
  int32_t last;
} msf_pool_span;

/* Window number i along a dimension of `size` elements. */
static inline msf_pool_span msf_pool_clip(int32_t i, int32_t stride,
                                          int32_t pad, int32_t kernel,
                                          int32_t size) {
  const int32_t start = i * stride - pad;
  msf_pool_span span;
  span.first = start < 0 ? 0 : start;
  span.last = start + kernel < size ? start + kernel : size;
  return span;
}

/* Rounded to nearest, ties away from zero. C division truncates. */
static inline int32_t msf_pool_average(int32_t sum, int32_t count) {
  const int32_t half = count / 2;
  return (sum > 0 ? sum + half : sum - half) / count;
}

#endif /* MSF_POOL_PARAMS_H_ */
