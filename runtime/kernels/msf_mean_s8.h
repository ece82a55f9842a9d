/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0 */
#ifndef MSF_MEAN_S8_H_
#define MSF_MEAN_S8_H_

#include "kernels/msf_mean_params.h" /* msf_mean_params */

#endif /* MSF_MEAN_S8_H_ */
