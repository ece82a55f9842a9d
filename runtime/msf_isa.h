/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Which twins of the kernels a build uses: the best that the compiler's flags
 * promise. -DMSF_PORTABLE keeps the portable bodies. Twins live in
 * isa/<isa>/ and give the same bytes. */
#ifndef MSF_ISA_H_
#define MSF_ISA_H_

/* Without optimisation compilers find no registers for the twins' assembly. */
#if !defined(MSF_PORTABLE) && defined(__OPTIMIZE__)
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#define MSF_ISA_HELIUM 1 /* Armv8.1-M: M55, M85 */
#elif defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_SIMD32) && \
    defined(__thumb2__)
#define MSF_ISA_ARMV7EM 1 /* SMLAD and friends: M4, M7, M33 */
#endif
#endif

/* Cores whose loops have eight registers: a kernel gains nothing from sums that
 * do not fit into them. */
#if defined(__thumb__) && !defined(__thumb2__)
#define MSF_FEW_REGISTERS 1 /* Armv6-M: M0, M0+ */
#endif

#endif /* MSF_ISA_H_ */
