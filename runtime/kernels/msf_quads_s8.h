/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The inner loop of msf_depthwise_conv2d_window_s8: all channels of a pixel,
 * four at a time. C++ only; msf_quads_s8_body.h has a twin. */
#ifndef MSF_QUADS_S8_H_
#define MSF_QUADS_S8_H_

#include <stdint.h>

#include "msf_isa.h"
#include "msf_math.h"

/* A pixel. The body relies on the order. */
typedef struct msf_quads {
  const int8_t *const *taps; /* their pixels in the input, from channel 0 */
  const int8_t *const *last; /* the last of them; before it a multiple of 8 */
  int8_t *out;               /* output pixel, from channel 0 */
  int32_t codes;             /* 2 * output zero point + 1 */
} msf_quads;

#if defined(MSF_ISA_ARMV7EM)
#include "isa/armv7em/msf_quads_s8_body.h"
#else
#include "kernels/msf_quads_s8_body.h"
#endif

#endif /* MSF_QUADS_S8_H_ */
