/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The loop of msf_sweep.h over 3x3 windows, portable. */
#ifndef MSF_SWEEP_3X3_BODY_H_
#define MSF_SWEEP_3X3_BODY_H_

/* Takes the columns up to the ends of `count` windows and writes their codes,
 * `columns->step` bytes apart. */
template <int S>
static inline void msf_pass_windows_3x3(msf_columns_3 *columns,
                                        msf_windows_3<S> *windows,
                                        const msf_weights_3x3 &w,
                                        const msf_sweep_channel &channel,
                                        int32_t count, int8_t *out) {
  const msf_scale scale = channel.scale;
  const uint32_t start = channel.start;
  for (; count > 0; --count) {
    *out = msf_end_sum(windows->end(columns, w, start), scale);
    out += columns->step;
  }
}

#endif /* MSF_SWEEP_3X3_BODY_H_ */
