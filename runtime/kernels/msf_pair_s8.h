/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of convolutions: pieces of the windows of two pixels are
 * laid out as the loops like them, an *operand*, and multiplied with the
 * weights of many channels; each byte is loaded once for several products.
 * C++ only; a twin for an instruction set replaces msf_pair_s8_body.h. */
#ifndef MSF_PAIR_S8_H_
#define MSF_PAIR_S8_H_

#include <stdint.h>

#include "kernels/msf_dot_s8.h"
#include "msf_isa.h"

#define MSF_PAIR_WORDS 24    /* of four bytes, of each pixel in an operand */
#define MSF_PAIR_CHANNELS 16 /* whose sums msf_pair_multiply() adds to; even */

#if defined(MSF_ISA_ARMV7EM)
#include "isa/armv7em/msf_pair_s8_body.h"
#else
#include "kernels/msf_pair_s8_body.h"
#endif

#endif /* MSF_PAIR_S8_H_ */
