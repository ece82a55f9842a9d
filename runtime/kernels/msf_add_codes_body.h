/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Sums of codes, in plain C++. */
#ifndef MSF_ADD_CODES_BODY_H_
#define MSF_ADD_CODES_BODY_H_

/* sums[i] += codes[i], for i < count. */
static inline void msf_add_codes(const int8_t *codes, int32_t count,
                                 int32_t *sums) {
  for (int32_t i = 0; i < count; ++i) sums[i] += codes[i];
}

#endif /* MSF_ADD_CODES_BODY_H_ */
