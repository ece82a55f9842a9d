/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Products of taps that have just been made, channel by channel. C++ only; a
 * twin for an instruction set replaces msf_tap_sums_body.h. */
#ifndef MSF_TAP_SUMS_H_
#define MSF_TAP_SUMS_H_

#include "msf_isa.h"

#if defined(MSF_ISA_ARMV7EM)
#include "isa/armv7em/msf_tap_sums_body.h"
#elif defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_tap_sums_body.h"
#else
#include "kernels/msf_tap_sums_body.h"
#endif

#endif /* MSF_TAP_SUMS_H_ */
