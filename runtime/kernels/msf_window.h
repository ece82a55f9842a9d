/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Where the taps of a dilated window fall, and the rows that they read. */
#ifndef MSF_WINDOW_H_
#define MSF_WINDOW_H_

#include <stdint.h>

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

/* The tap of a kernel that falls on `position`, or -1. */
static inline int32_t msf_tap_at(int32_t start, int32_t kernel,
                                 int32_t dilation, int32_t position) {
  int32_t k = 0;
  while (k < kernel && start + k * dilation < position) ++k;
  return k < kernel && start + k * dilation == position ? k : -1;
}

/* Walks the rows of a ring that lie `dilation` apart, without divisions. */
typedef struct msf_row_walk {
  const uint8_t *base;
  uint32_t offset; /* of the current row */
  uint32_t step;
  uint32_t ring; /* bytes of the whole ring */
} msf_row_walk;

/* From row `row`, which must exist if the walk is ever read. */
static inline msf_row_walk msf_walk_rows(const msf_view *view, int32_t row,
                                         int32_t dilation) {
  msf_row_walk walk;
  walk.base = view->base;
  walk.offset = 0;
  if (row >= 0 && row < view->rows) {
    walk.offset = (uint32_t)(msf_row(view, row) - view->base);
  }
  walk.step = (uint32_t)dilation * (uint32_t)view->row_bytes;
  walk.ring = (uint32_t)view->capacity * (uint32_t)view->row_bytes;
  return walk;
}

/* Of the row after the one at `offset`. A ring that holds both rows is longer
 * than the step. */
static inline uint32_t msf_next_offset(const msf_row_walk *walk,
                                       uint32_t offset) {
  offset += walk->step;
  return offset >= walk->ring ? offset - walk->ring : offset;
}

/* To the next row. */
static inline void msf_walk_on(msf_row_walk *walk) {
  walk->offset = msf_next_offset(walk, walk->offset);
}

#endif /* MSF_WINDOW_H_ */
