/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Prototypes of all kernels, from kernels.def. Each kernel's parameter struct
 * is in kernels/<kernel>.h. */
#ifndef MSF_KERNELS_H_
#define MSF_KERNELS_H_

#include "msf_runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MSF_KERNEL(name) void name(const msf_call *call);
#include "kernels.def"
#undef MSF_KERNEL

#ifdef __cplusplus
}
#endif

#endif /* MSF_KERNELS_H_ */
