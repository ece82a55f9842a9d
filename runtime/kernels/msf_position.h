/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The output pixels of a call of several rows. C++ only. */
#ifndef MSF_POSITION_H_
#define MSF_POSITION_H_

#include <stdint.h>

#include "msf_math.h"
#include "msf_runtime.h"

/* Goes from pixel to pixel, row after row; there is at least one. */
struct msf_position {
  const msf_call *call;
  int32_t x_end;
  int32_t r;
  int32_t x;
  int8_t *row; /* of the output */

  msf_position(const msf_call *of, int32_t width)
      : call(of),
        x_end(msf_min(of->x_end, width)),
        r(of->step),
        x(of->x),
        row((int8_t *)msf_row(&of->out, of->step)) {}

  bool is_behind() const { return r > call->step + call->more_rows; }

  void next() {
    if (++x < x_end) return;
    x = call->x;
    ++r;
    if (!is_behind()) row = (int8_t *)msf_row(&call->out, r);
  }
};

#endif /* MSF_POSITION_H_ */
