/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The loop of averages that take their rows as they come. */
#ifndef MSF_ADD_CODES_H_
#define MSF_ADD_CODES_H_

#include <stdint.h>

#include "msf_isa.h"

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_add_codes_body.h"
#else
#include "kernels/msf_add_codes_body.h"
#endif

#endif /* MSF_ADD_CODES_H_ */
