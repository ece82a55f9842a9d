/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The output pixels of a call, three at a time, over the ends of rows. C++
 * only. */
#ifndef MSF_PIXEL_THREES_HELIUM_H_
#define MSF_PIXEL_THREES_HELIUM_H_

#include "kernels/msf_conv2d_s8.h"
#include "kernels/msf_position.h"

#define MSF_SLOTS 3

typedef struct msf_three {
  int32_t pixels;          /* 1 to 3 */
  int32_t inside;          /* no window reaches over the left or right edge */
  int32_t top[MSF_SLOTS];  /* input row of the first kernel row */
  int32_t left[MSF_SLOTS]; /* input column of the first tap */
  int8_t *out[MSF_SLOTS];
} msf_three;

/* The next pixels; there is one at least. */
static inline void msf_take_three(msf_position *at,
                                  const msf_conv2d_s8_params *p,
                                  msf_three *three) {
  const int32_t last = p->in_w - 1 - (p->kernel_w - 1) * p->dilation_w;
  int32_t n = 0;
  three->inside = 1;
  do {
    const int32_t left = at->x * p->stride_w - p->pad_left;
    if (left < 0 || left > last) three->inside = 0;
    three->left[n] = left;
    three->top[n] = at->r * p->stride_h - p->pad_top;
    three->out[n] = at->row + at->x * p->out_c;
    at->next();
    ++n;
  } while (n < MSF_SLOTS && !at->is_behind());
  three->pixels = n;
}

#endif /* MSF_PIXEL_THREES_HELIUM_H_ */
