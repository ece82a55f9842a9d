/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_MAX_POOL_ACC_S8_H_
#define MSF_MAX_POOL_ACC_S8_H_

#include "kernels/msf_pool_params.h" /* msf_pool_params */

#endif /* MSF_MAX_POOL_ACC_S8_H_ */
