/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * A stage that fuses several nodes. A step makes a band of output rows; within
 * it the patch sweeps along x, and of each inner tensor only a tile is in
 * memory: the rows that the band needs, and of those the columns that are
 * still needed.
 *
 *       band         x ->
 *   first_row +------+========+..............
 *             | gone |  tile  |  not yet made
 *   end_row   +------+========+..............
 *                 x_first    x_done
 *
 * Rows that the next band needs again are made again, or are kept in the
 * stage's state, a ring of whole rows. Then the tile holds the new rows alone:
 * a node reads the rows above from the ring. A column that leaves the tile
 * goes to the ring, in the place of a row that no band needs any more:
 *
 *        ring  +..............................+    kernel_h - 1 rows,
 *              +------+--------+..............+
 *   end_row    | gone |  tile  |  not yet made     and a few pixels
 *              +------+--------+
 *                  x_first   x_done */
#ifndef MSF_PATCH_H_
#define MSF_PATCH_H_

#include <stdint.h>

#include "msf_runtime.h"

/* Row r of the node reads rows [r * row_stride + row_offset, + row_extent) of
 * the source, cut to those that exist. */
typedef struct msf_patch_read {
  int32_t source; /* >= 0: the node that makes it; else -1 - input of the stage */
  int32_t row_stride;
  int32_t row_offset;
  int32_t row_extent;
} msf_patch_read;

/* Before all columns. */
#define MSF_PATCH_NEVER (-(1 << 30))

/* Columns are linear in those of the output, cut to [0, width): which ones are
 * needed is worked out with one product, and not from reader to reader. */
typedef struct msf_patch_node {
  msf_kernel kernel;
  const void *params;
  const msf_patch_read *reads;
  int32_t read_count;
  int32_t rows;  /* of the whole tensor that it makes */
  int32_t width; /* columns of it that are ever read */
  int32_t x_scale; /* columns of it for one of the output */
  int32_t x_first; /* a strip from output column x on reads none before
                      x * x_scale + x_first */
  int32_t x_end; /* output columns [0, x) read none from x * x_scale + x_end
                    on; MSF_PATCH_NEVER: the node rests */
  int32_t x_oldest; /* when they are made, none is read again before
                       x * x_scale + x_oldest; MSF_PATCH_NEVER: all stay */
  int32_t pixel_bytes;
  int32_t tile_rows; /* 0: all rows are in the ring; the last node has none */
  int32_t tile_row_bytes;
  int32_t tile_offset; /* in the scratch */
  int32_t kept_rows;   /* ring in the state; 0: none */
  int32_t kept_row_bytes; /* of the ring */
  int32_t kept_offset; /* behind its msf_patch_kept */
  int32_t many_rows; /* 1: the kernel heeds msf_call.more_rows */
} msf_patch_node;

typedef struct msf_patch_params {
  const msf_patch_node *nodes; /* [passes][count], producers first */
  int32_t count;
  /* Each pass makes other channels of the inner tensors. The last node of a
   * pass is then msf_conv2d_part_s8; or it rests until the channels have come
   * together in the tile that it reads, and runs in a pass of its own, in which
   * the others rest. */
  int32_t passes;
  int32_t patch_rows;
  int32_t patch_cols;
  int32_t last_pass_cols; /* likewise, in the last pass */
  /* Output columns of a strip; with one strip the output's width. The bands of
   * a strip are consecutive steps, and a band is as wide as its strip. With
   * several passes each band goes through all strips, and each strip through
   * all passes. */
  int32_t strip_cols;
  int32_t kernel_scratch_offset; /* in the scratch */
  int32_t sums_offset; /* in the scratch, of the last node's sums */
} msf_patch_params;

/* The scratch begins with one for each node. */
typedef struct msf_patch_note {
  int16_t first_row; /* rows that the band makes */
  int16_t end_row;
  int16_t x_done;  /* columns [0, x_done) have been made */
  int16_t x_first; /* the tile's first column */
} msf_patch_note;

/* Stands before the ring of a node that keeps rows. */
typedef struct msf_patch_kept {
  int16_t done;    /* rows [0, done) were made in earlier bands */
  int16_t x_begin; /* the first column that the strip needs */
} msf_patch_kept;

#endif /* MSF_PATCH_H_ */
