/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Where the taps of a dilated window fall, and the rows that they read. */
#ifndef MSF_WINDOW_H_
#define MSF_WINDOW_H_

#include <stdint.h>

#include "msf_isa.h"
#include "msf_runtime.h"

/* Taps [first, last) of a kernel lie inside the input, the others on padding.
 */
typedef struct msf_taps {
  int32_t first;
  int32_t last;
} msf_taps;

/* Tap k is at start + k * dilation; the input is [0, size). */
static inline msf_taps msf_taps_inside(int32_t start, int32_t kernel,
                                       int32_t dilation, int32_t size) {
  msf_taps taps = {0, kernel};
  while (taps.first < kernel && start + taps.first * dilation < 0) {
    ++taps.first;
  }
  while (taps.last > taps.first && start + (taps.last - 1) * dilation >= size) {
    --taps.last;
  }
  return taps;
}

/* Copies a few bytes. */
static inline void msf_put_bytes(const int8_t *from, int32_t bytes,
                                 int8_t *to) {
#if defined(MSF_ISA_ARMV7EM) /* words from any address */
  for (; bytes >= 4; bytes -= 4) {
    __builtin_memcpy(to, from, 4);
    from += 4;
    to += 4;
  }
#endif
  for (; bytes > 0; --bytes) *to++ = *from++;
}

/* The tap of a kernel that falls on `position`, or -1. */
static inline int32_t msf_tap_at(int32_t start, int32_t kernel,
                                 int32_t dilation, int32_t position) {
  int32_t k = 0;
  while (k < kernel && start + k * dilation < position) ++k;
  return k < kernel && start + k * dilation == position ? k : -1;
}

/* Walks the rows of a view that lie `dilation` apart, without divisions. */
typedef struct msf_row_walk {
  const uint8_t *at; /* the current row */
  const uint8_t *end; /* of the ring */
  uint32_t ring;      /* bytes of the whole ring */
  uint32_t step;
  int32_t ahead; /* steps to the first row that is not in the ring */
  const uint8_t *fresh; /* that row */
  uint32_t fresh_step;
} msf_row_walk;

/* The walk goes on behind the ring, where rows lie one after the other. */
static inline void msf_walk_fresh(msf_row_walk *walk) {
  walk->at = walk->fresh;
  walk->step = walk->fresh_step;
  walk->end = (const uint8_t *)UINTPTR_MAX;
}

/* From row `row`, which must exist if the walk is ever read. */
static inline void msf_walk_rows(msf_row_walk *walk, const msf_view *view,
                                 int32_t row, int32_t dilation) {
  walk->ring = (uint32_t)view->capacity * (uint32_t)view->row_bytes;
  walk->end = view->base + walk->ring;
  walk->step = (uint32_t)dilation * (uint32_t)view->row_bytes;
  walk->at = view->base;
  walk->ahead = INT32_MAX;
  walk->fresh = view->base;
  walk->fresh_step = walk->step;
  if (row < 0 || row >= view->rows) return;
  if (view->fresh_base != NULL) {
    const int32_t ahead = view->fresh - row;
    walk->ahead = ahead <= 0 ? 0 : (ahead + dilation - 1) / dilation;
    const int32_t first = row + walk->ahead * dilation - view->fresh;
    walk->fresh = view->fresh_base + first * view->fresh_row_bytes;
    walk->fresh_step = (uint32_t)dilation * (uint32_t)view->fresh_row_bytes;
    if (ahead <= 0) {
      msf_walk_fresh(walk);
      return;
    }
  }
  walk->at = msf_row(view, row);
}

/* To the next row. A ring that holds both rows is longer than the step. */
static inline void msf_walk_on(msf_row_walk *walk) {
  if (--walk->ahead == 0) {
    msf_walk_fresh(walk);
    return;
  }
  walk->at += walk->step;
  if (walk->at >= walk->end) walk->at -= walk->ring;
}

#endif /* MSF_WINDOW_H_ */
