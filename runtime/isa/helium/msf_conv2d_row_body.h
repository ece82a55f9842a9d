/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * msf_conv2d_s8 for Helium: three output pixels at a time are multiplied with
 * two channels at a time. C++ only. */
#ifndef MSF_CONV2D_ROW_BODY_HELIUM_H_
#define MSF_CONV2D_ROW_BODY_HELIUM_H_

#include "isa/helium/msf_conv2d_pieces.h"
#include "isa/helium/msf_conv2d_runs.h"
#include "isa/helium/msf_operand_codes.h"
#include "isa/helium/msf_pixel_threes.h"
#include "kernels/msf_conv2d_s8.h"

/* The window of output row y that begins at column `left` and that edges may
 * cut, as it lies in the weights. */
__attribute__((noinline)) static void msf_operand_collect_cut(
    const msf_call *call, int32_t y, int32_t left, int8_t *to) {
  msf_conv2d_row r;
  msf_conv2d_begin_row(&r, call, y);
  r.pixels = 1;
  r.left = left;
  r.inside = 0;
  msf_operand_collect<0>(&r, nullptr, to, r.filter);
}

/* A call whose windows fit into slots, and whose scales msf_has_codes(). */
template <int kSlot>
__attribute__((noinline)) inline void msf_conv2d_at_once(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  alignas(8) int8_t windows[MSF_SLOTS][kSlot];
  const int8_t *rows[kSlot / 4];
  msf_operand_job job;
  msf_conv2d_row r;
  msf_conv2d_begin_row(&r, call, call->step);
  const int32_t run_bytes = r.run_bytes;
  const int32_t bytes = p->kernel_w * p->in_c;
  msf_operand_begin_job(&job, p, r.filter, r.filter);
  const msf_position first(call, p->out_w);
  msf_pixel_walk walk(call, &first, rows);
  do {
    int32_t n = 0;
    do {
      int8_t *to = windows[n];
      job.x[n] = to;
      job.out[n] = walk.out;
      if (walk.is_whole()) {
        const int32_t at = walk.left * p->in_c;
        const int8_t *const *row = rows;
        for (int32_t ky = p->kernel_h; ky > 0; --ky) {
          msf_copy_bytes(to, *row++ + at, bytes);
          to += run_bytes;
        }
      } else {
        msf_operand_collect_cut(call, walk.r, walk.left, to);
      }
      walk.next();
    } while (++n < MSF_SLOTS && !walk.is_behind());
    for (; n < MSF_SLOTS; ++n) { /* the last one again */
      job.x[n] = job.x[n - 1];
      job.out[n] = job.out[n - 1];
    }
    msf_operand_end_all(&job, p);
  } while (!walk.is_behind());
}

static inline void msf_conv2d_rows(const msf_call *call) {
  constexpr int32_t kSlot = 96; /* most windows of few channels; 1x1 of many */
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  msf_conv2d_row r;
  msf_conv2d_begin_row(&r, call, call->step);
  if (msf_has_codes(p) && r.filter <= kSlot) {
    msf_conv2d_at_once<kSlot>(call);
    return;
  }
  const bool by_runs = msf_has_runs(p);
  for (msf_position at(call, p->out_w); !at.is_behind();) {
    if (by_runs) msf_conv2d_by_runs(call, &at);
    if (!at.is_behind()) msf_conv2d_in_pieces(call, &at);
  }
}

#endif /* MSF_CONV2D_ROW_BODY_HELIUM_H_ */
