/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The inner loop of msf_conv2d_depthwise_s8: pixels of the convolution become
 * products of the depthwise one. C++ only; a twin for an instruction set
 * replaces msf_tap_rows_body.h. Needs msf_pair_operand. */
#ifndef MSF_TAP_ROWS_H_
#define MSF_TAP_ROWS_H_

#include <stdint.h>

#include "msf_isa.h"
#include "msf_math.h"

/* Two pixels of the convolution. The body relies on the order. */
typedef struct msf_taps_of_two {
  const int8_t *w_a; /* depthwise weights of the first, channel by channel */
  const int8_t *w_b;
  int32_t *sums; /* of the depthwise convolution; an even number of channels */
  int32_t *end;
  int32_t codes; /* 2 * the convolution's output zero point + 1 */
  /* Where the input of both begins; msf_tap_rows() itself sets it. */
  const int8_t *x_a;
  const int8_t *x_b;
} msf_taps_of_two;

/* The windows of both, which lie inside the input. The body relies on the
 * order. */
typedef struct msf_two_windows {
  const int8_t *const *rows_a; /* input rows, from the first one on */
  const int8_t *const *rows_b;
  int32_t at_a; /* byte of the rows where the window begins */
  int32_t at_b;
  int32_t words; /* of a kernel row */
  int32_t rest;  /* bytes behind the last word */
  int32_t kernel_h;
  int32_t dilation; /* of rows */
} msf_two_windows;

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_tap_rows_body.h"
#else

/* A twin may have better ways for windows of some kinds. */
template <typename Pixel>
static inline bool msf_add_window(Pixel *, int32_t, int32_t, int32_t, bool) {
  return false;
}

#if defined(MSF_ISA_ARMV7EM)
#include "isa/armv7em/msf_tap_rows_body.h"
#else
#include "kernels/msf_tap_rows_body.h"
#endif

#endif

#if !defined(MSF_ISA_ARMV7EM)

/* As msf_tap_pixels() of windows of `words` words in the operand. */
static inline void msf_tap_rows(const msf_pair_operand *x, const int32_t *rows,
                                int32_t words, msf_taps_of_two *taps) {
  taps->x_a = x->bytes[0];
  taps->x_b = x->bytes[1];
  msf_tap_pixels(rows, words, taps);
}

/* The same of the first window alone. */
static inline void msf_tap_row(const msf_pair_operand *x, const int32_t *rows,
                               int32_t words, msf_taps_of_two *taps) {
  taps->x_a = x->bytes[0];
  msf_tap_pixel(rows, words, taps);
}

#endif

#endif /* MSF_TAP_ROWS_H_ */
