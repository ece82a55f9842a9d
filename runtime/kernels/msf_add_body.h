/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The loop of msf_add_row.h, in plain C++. Needs msf_add_run. */
#ifndef MSF_ADD_BODY_H_
#define MSF_ADD_BODY_H_

/* Sums of `count` elements. */
static inline void msf_add_elements(const msf_add_run *run, int32_t count,
                                    int8_t *out) {
  const int8_t *small = run->small;
  const int8_t *large = run->large;
  const msf_scale small_scale = run->small_scale;
  const msf_scale scale = run->scale;
  const uint32_t small_zero = (uint32_t)run->small_zero_point << 21;
  for (int8_t *const end = out + count; out != end; ++out) {
    /* All doubled, as msf_scale_doubled() takes them. */
    const uint32_t a = ((uint32_t)(int32_t)*small++ << 21) - small_zero;
    const uint32_t b = (uint32_t)(int32_t)*large++ << 20;
    const int32_t scaled = msf_scale_doubled((int32_t)a, small_scale);
    const int32_t sum = (int32_t)(((uint32_t)scaled << 1) + b);
    *out = (int8_t)msf_saturate_s8(msf_scale_doubled(sum, scale));
  }
}

#endif /* MSF_ADD_BODY_H_ */
