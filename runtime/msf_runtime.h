/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * The runtime of msfc: a step machine that walks the constant tables of a
 * compiled network. Freestanding; no heap, no recursion, no globals.
 *
 * Words: a *block* is a group of stages that run interleaved; a *stage* runs
 * one kernel, one output row a step; between stages of a block tensors are
 * *line buffers*, rings that keep the last `capacity` rows. */
#ifndef MSF_RUNTIME_H_
#define MSF_RUNTIME_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum msf_status {
  MSF_OK = 0,         /* progress was made, there is more to do */
  MSF_DONE = 1,       /* the inference is complete, the output is valid */
  MSF_NEED_INPUT = 2, /* starved: push rows of msf_wanted_input() */
  MSF_ERROR_ARGUMENT = -1,   /* null pointer, or a call this model lacks */
  MSF_ERROR_ARENA_SIZE = -2, /* arena smaller than the model's ARENA_SIZE */
  MSF_ERROR_ARENA_ALIGN = -3 /* arena not aligned to ARENA_ALIGN */
} msf_status;

/* How a kernel sees a tensor: rows in a ring. A whole tensor is a ring with
 * capacity == rows. Row r lives at base + (r % capacity) * row_bytes.
 *
 * Inside a patch the latest rows may lie in another place, one after the
 * other, from row `fresh` on: the ring then holds the rows above them. */
typedef struct msf_view {
  uint8_t *base;
  int32_t row_bytes;
  int32_t capacity; /* rows that the ring holds */
  int32_t rows;     /* rows of the whole tensor */
  uint8_t *fresh_base; /* null: all rows are in the ring */
  uint16_t fresh_row_bytes;
  uint16_t fresh;
} msf_view;

/* Address of row r, which must lie in [0, rows). */
static inline uint8_t *msf_row(const msf_view *view, int32_t r) {
  if (view->fresh_base != NULL && r >= view->fresh) {
    return view->fresh_base + (r - view->fresh) * view->fresh_row_bytes;
  }
  int32_t slot = r;
  if (slot >= view->capacity) slot %= view->capacity;
  return view->base + slot * view->row_bytes;
}

#define MSF_MAX_INPUTS 2 /* activation inputs of one stage */

/* One call of a kernel. */
typedef struct msf_call {
  const void *params; /* the kernel's own parameter struct */
  msf_view in[MSF_MAX_INPUTS];
  msf_view out;
  int32_t step;  /* which step of the stage, see msf_stage_kind */
  /* Rows behind `step` that are to be made too, in a patch by kernels that make
   * several rows at once; else 0. */
  int32_t more_rows;
  /* Columns [x, x_end) of the output row, cut to its width, are to be made;
   * kernels that make whole rows only never see another range. Rows are
   * addressed from column 0, also where only some columns are in memory. */
  int32_t x;
  int32_t x_end;
  void *state;   /* bytes that last from the first to the last step */
  void *scratch; /* bytes that last for this call */
} msf_call;

#define MSF_WHOLE_ROW 0x7fffffff /* msf_call.x_end; x is 0 */

typedef void (*msf_kernel)(const msf_call *call);

typedef enum msf_stage_kind {
  MSF_STAGE_ROW = 0,        /* step s writes rows [s, s + 1) * rows_per_step */
  MSF_STAGE_ACCUMULATE = 1, /* step r reads input row r; the last one writes */
  MSF_STAGE_WHOLE = 2,      /* each step reads everything; the last one (often
                               the only one) completes the output */
  MSF_STAGE_FEED = 3        /* step r receives row r of a network input; with a
                               kernel, that makes the output's row of it */
} msf_stage_kind;

/* Where a tensor lives. */
typedef struct msf_tensor {
  uint32_t offset; /* in the arena; or MSF_EXTERNAL + index of the input */
  int32_t row_bytes;
  int32_t capacity;
  int32_t rows;
} msf_tensor;

#define MSF_EXTERNAL 0x80000000u

/* Step s of a stage reads rows [s * stride + offset, ... + extent) of a
 * tensor, cut to the rows that exist. */
typedef struct msf_read {
  uint16_t tensor;
  int16_t producer; /* stage of the same block; -1: complete before the block */
  int32_t stride;
  int32_t offset;
  int32_t extent;
} msf_read;

typedef struct msf_stage {
  msf_kernel kernel; /* null where an MSF_STAGE_FEED only receives */
  const void *params;
  const msf_read *reads;
  uint8_t read_count;
  uint8_t kind;    /* msf_stage_kind */
  uint16_t output; /* tensor */
  uint16_t input;  /* MSF_STAGE_FEED: which network input */
  uint16_t piece_cols;  /* MSF_STAGE_FEED with a kernel: columns of the input */
  uint16_t pixel_bytes; /* that the scratch takes at a time, bytes of each */
  int32_t steps;
  int32_t rows_per_step; /* MSF_STAGE_ROW and FEED; the last step may make less */
  uint32_t state_offset;
  uint32_t scratch_offset;
} msf_stage;

typedef struct msf_block {
  const msf_stage *stages; /* in an order in which producers come first */
  const uint16_t *goals;   /* stages whose outputs outlive the block */
  uint16_t stage_count;
  uint16_t goal_count;
} msf_block;

typedef struct msf_network {
  const msf_tensor *tensors;
  const msf_block *blocks;
  const uint16_t *inputs;  /* tensors, one for each network input */
  const uint16_t *outputs; /* tensors, one for each network output */
  uint16_t block_count;
  uint16_t input_count;
  uint16_t output_count;
  uint16_t max_stages; /* of any block; length of msf_machine.done */
  uint32_t arena_size;
  uint32_t arena_align;
} msf_network;

/* Copies bytes [first, first + count) of row `r` of network input `input` to
 * `to`. Rows are asked for one after the other, and the bytes of a row from its
 * first to its last one: all at once, or in pieces where the network turns them
 * into codes as they come. Returns 0, or anything else to leave them for later
 * (the machine then reports MSF_NEED_INPUT and asks for the same bytes again). */
typedef int (*msf_pull)(void *context, int32_t input, int32_t r, int32_t first,
                        int32_t count, void *to);

/* A running instance; the caller owns it. Use the functions below. */
typedef struct msf_machine {
  const msf_network *network;
  uint8_t *arena;
  int32_t *done;               /* steps done by each stage of the block */
  const uint8_t *const *external; /* caller's inputs, or null */
  msf_pull pull;               /* or null */
  void *pull_context;
  const uint8_t *pushed; /* rows of input `pushed_input` that wait */
  int32_t pushed_count;
  int32_t pushed_input;
  int32_t columns_in; /* of the input row that is under way */
  int32_t block; /* == block_count when the inference is complete */
} msf_machine;

/* `done` has network->max_stages entries and lives as long as the machine. */
msf_status msf_init(msf_machine *machine, const msf_network *network,
                    void *arena, size_t arena_size, int32_t *done);

/* Starts a new inference. Called by itself after MSF_DONE. */
void msf_reset(msf_machine *machine);

/* One bounded slice: one step of one stage. */
msf_status msf_step(msf_machine *machine);

/* Steps until the inference is done or starves. */
msf_status msf_run(msf_machine *machine);

/* Hands over `count` rows of a streamed input and runs until they are used
 * up. Rows are read during the call only. */
msf_status msf_push_rows(msf_machine *machine, int32_t input, const void *rows,
                         int32_t count);

/* The streamed input whose next row is missing, or -1. */
int32_t msf_wanted_input(const msf_machine *machine);

/* Address of a whole tensor (a resident input, an output). */
uint8_t *msf_tensor_data(const msf_machine *machine, uint16_t tensor);

/* The rule that fixes the order of a block: the goal that is furthest behind
 * asks for its next row, and the demand descends to the first stage whose
 * inputs are there. Returns a stage, or -1 when the block is complete. The
 * planner simulates blocks with this very function. */
int32_t msf_next_stage(const msf_block *block, const msf_tensor *tensors,
                       const int32_t *done);

/* Rows of its output that a stage has written after `done` steps. */
int32_t msf_rows_written(const msf_stage *stage, const msf_tensor *tensors,
                         int32_t done);

/* Runs the next step of `stage` (feeds excepted). For msf_step and for the
 * host executor, which looks at memory between steps. */
void msf_run_stage(const msf_machine *machine, const msf_stage *stage,
                   int32_t step);

/* The same for a feed. Returns 0, or anything else if the row is not there
 * yet. */
int msf_feed_row(msf_machine *machine, const msf_stage *stage, int32_t r);

#ifdef __cplusplus
}
#endif

#endif /* MSF_RUNTIME_H_ */
