/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The inner loop of convolutions: the windows of two pixels times the weights
 * of many channels, so that each byte is loaded once for several products.
 * C++ only; a twin for an instruction set replaces this body. */
#ifndef MSF_PAIR_S8_H_
#define MSF_PAIR_S8_H_

#include <stdint.h>

#include "msf_isa.h"

#define MSF_PAIR_BYTES 64    /* of each window, at most, in one call */
#define MSF_PAIR_CHANNELS 32 /* at most, in one call; even */

#if defined(MSF_ISA_ARMV7EM)
#include "isa/armv7em/msf_pair_s8_body.h"
#else
#include "kernels/msf_pair_s8_body.h"
#endif

#endif /* MSF_PAIR_S8_H_ */
