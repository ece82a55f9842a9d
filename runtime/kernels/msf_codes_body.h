/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Runs of codes, in plain C++. Needs msf_scale. */
#ifndef MSF_CODES_BODY_H_
#define MSF_CODES_BODY_H_

/* Out of line: most ranges are full, and the loop would take registers. */
__attribute__((noinline)) inline void msf_clamp_all(int8_t *codes,
                                                    int32_t count, int32_t low,
                                                    int32_t high) {
  for (; count > 0; --count, ++codes) {
    *codes = (int8_t)msf_clamp(*codes, low, high);
  }
}

/* Codes that were saturated to int8, in a range that is often just that. */
static inline void msf_clamp_codes(int8_t *codes, int32_t count, int32_t low,
                                   int32_t high) {
  if (low == -128 && high == 127) return;
  msf_clamp_all(codes, count, low, high);
}

/* Codes of another scale, saturated to int8. */
static inline void msf_rescale_codes(const int8_t *in, int32_t count,
                                     int32_t zero_point, msf_scale scale,
                                     int8_t *out) {
  for (int8_t *const end = out + count; out != end; ++out) {
    const int32_t distance = *in++ - zero_point;
    *out = (int8_t)msf_saturate_s8(msf_scale_doubled(2 * distance, scale));
  }
}

#endif /* MSF_CODES_BODY_H_ */
