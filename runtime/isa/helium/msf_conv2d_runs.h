/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Convolutions for Helium whose windows are multiplied where they lie, three
 * pixels at a time. C++ only. */
#ifndef MSF_CONV2D_RUNS_HELIUM_H_
#define MSF_CONV2D_RUNS_HELIUM_H_

#include "isa/helium/msf_operand_codes.h"
#include "isa/helium/msf_pixel_threes.h"
#include "isa/helium/msf_run_codes.h"
#include "isa/helium/msf_vectors.h"
#include "msf_math.h"

#define MSF_RUNS 9           /* of a window; 3 x 3 with both edges has nine */
#define MSF_PADDING_BYTES 64 /* of a run that may be padding */

/* A run of a kernel row that edges cut, and that may be padding. */
typedef struct msf_cut {
  int16_t column; /* of its first tap, from the window's first one on */
  int16_t at;     /* where it begins, in bytes from there on */
} msf_cut;

/* Runs of a group of pixels. */
typedef struct msf_run_list {
  const msf_call *call;
  const msf_conv2d_s8_params *p;
  const int8_t *rows[MSF_RUNS]; /* where those of a window start */
  uint32_t cut_at; /* bit t: edges cut before tap t; bit 0: runs are cut */
  int32_t cut_count;           /* of a kernel row; 0: the runs are not known */
  msf_cut cuts[MSF_RUNS];
  msf_input_run runs[MSF_RUNS + 1];
  alignas(8) int8_t padding[MSF_PADDING_BYTES];
} msf_run_list;

/* A run of `bytes`; `all` are those to the next one in the weights. */
static inline void msf_end_run(msf_input_run *run, int32_t bytes, int32_t all) {
  run->bytes = (uint16_t)bytes;
  run->next = (int16_t)(all - ((bytes + 15) & ~15));
}

/* Runs that are whole kernel rows. */
__attribute__((noinline)) static void msf_list_whole_runs(msf_run_list *list) {
  const int32_t bytes = list->p->kernel_w * list->p->in_c;
  msf_input_run *run = list->runs;
  for (int32_t ky = list->p->kernel_h; ky > 0; --ky) {
    msf_end_run(run++, bytes, (bytes + 3) & ~3);
  }
  msf_end_run(run, 0, 0);
  list->cut_at = 0;
  list->cut_count = 1;
}

/* Where edges cut the windows of n pixels from column x on. */
static inline uint32_t msf_cuts_of(const msf_call *call, int32_t x, int32_t n) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  if (p->dilation_w != 1) return ~0u;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  uint32_t cut_at = 1;
  for (; n > 0; --n) {
    const int32_t first = p->pad_left - x * p->stride_w;
    const int32_t last = first + p->in_w;
    if (first > 0 && first < p->kernel_w) cut_at |= 1u << first;
    if (last > 0 && last < p->kernel_w) cut_at |= 1u << last;
    if (++x == x_end) x = call->x;
  }
  return cut_at;
}

/* Runs that are cut for n pixels from column x on. False if they are too many.
 */
__attribute__((noinline)) static bool msf_list_cut_runs(msf_run_list *list,
                                                        int32_t x, int32_t n) {
  const msf_conv2d_s8_params *p = list->p;
  const uint32_t cut_at = msf_cuts_of(list->call, x, n);
  if (cut_at == list->cut_at && list->cut_count != 0) return true;
  list->cut_at = cut_at;
  const int32_t together = p->dilation_w == 1 ? p->kernel_w : 1;
  msf_cut *cut = list->cuts;
  msf_input_run *run = list->runs;
  list->cut_count = 0;
  int32_t end;
  for (int32_t tap = 0; tap < p->kernel_w; tap = end) {
    for (end = tap + 1; end < p->kernel_w; ++end) {
      if (cut_at >> end & 1) break;
    }
    const int32_t bytes = (end - tap) * p->in_c;
    int32_t piece;
    for (int32_t at = 0; at < bytes; at += piece) {
      if (cut == list->cuts + MSF_RUNS) return false;
      piece = msf_min(bytes - at, MSF_PADDING_BYTES);
      int32_t all = piece;
      if (at + piece == bytes && (together == 1 || end == p->kernel_w)) {
        all += -(together * p->in_c) & 3; /* the last word filled up */
      }
      msf_end_run(run++, piece, all);
      const int32_t column = tap * p->dilation_w;
      *cut++ = {(int16_t)column, (int16_t)(column * p->in_c + at)};
    }
  }
  const int32_t cuts = (int32_t)(cut - list->cuts);
  const int32_t copies = (p->kernel_h - 1) * cuts;
  if (cuts + copies > MSF_RUNS) return false;
  for (int32_t i = 0; i < copies; ++i) run[i] = run[i - cuts];
  msf_end_run(run + copies, 0, 0);
  list->cut_count = cuts;
  return true;
}

/* Where the runs of n pixels from row r and column x on are, some of which
 * edges cut. */
__attribute__((noinline)) static void msf_cut_pixels(msf_run_list *list,
                                                     int32_t r, int32_t x,
                                                     int32_t n) {
  const msf_conv2d_s8_params *p = list->p;
  const int8_t **to = list->runs[0].x;
  msf_find_rows(list->call, r, list->rows);
  for (const int8_t **const end = to + n; to != end; ++to) {
    const int32_t left = x * p->stride_w - p->pad_left;
    const uint32_t in_w = (uint32_t)p->in_w;
    const int32_t start = left * p->in_c;
    const int8_t **at = to;
    for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
      const int8_t *const row = list->rows[ky];
      const int8_t *const window = row + start;
      const msf_cut *cut = list->cuts;
      int32_t i = list->cut_count;
      do {
        const bool exists =
            row != nullptr && (uint32_t)(left + cut->column) < in_w;
        *at = exists ? window + cut->at : list->padding;
        at += sizeof(msf_input_run) / sizeof(*at);
        ++cut;
      } while (--i > 0);
    }
    if (++x < msf_min(list->call->x_end, p->out_w)) continue;
    x = list->call->x;
    if (to + 1 != end) msf_find_rows(list->call, ++r, list->rows);
  }
}

/* All channels of the pixels. */
__attribute__((noinline)) static void msf_end_runs(
    msf_run_job *job, const msf_conv2d_s8_params *p, int32_t pixels) {
  const bool dense = (p->in_c & 15) == 0;
  void (*const codes)(msf_run_job *) = kMsfRunCodes[dense][pixels - 1];
  int32_t o = 0;
  for (int32_t quads = p->out_c >> 2;; quads = 1) {
    job->w = p->weights + o * job->filter;
    job->quads = quads;
    job->bias = p->bias + o;
    job->multiplier = p->multipliers + o;
    job->shift = p->shifts + o;
    codes(job);
    const int32_t rest = p->out_c & 3;
    if (o != 0 || rest == 0) return;
    o = p->out_c - 4; /* the last four, some of them once more */
    for (int32_t j = 0; j < pixels; ++j) job->out[j] += rest - 4;
  }
}

/* Whether msf_conv2d_by_runs() serves: lengths and cuts fit their fields. */
static inline bool msf_has_runs(const msf_conv2d_s8_params *p) {
  return msf_has_codes(p) && p->kernel_h <= MSF_RUNS && p->kernel_w <= 32 &&
         p->kernel_w * p->dilation_w * p->in_c <= 0x7fff;
}

/* What all pixels of a call share. */
static inline void msf_begin_runs(msf_run_list *list, msf_run_job *job,
                                  const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  list->call = call;
  list->p = p;
  list->cut_count = 0;
  msf_fill_bytes(list->padding, (int8_t)p->input_zero_point, MSF_PADDING_BYTES);
  const int32_t taps = p->dilation_w == 1 ? p->kernel_w : 1;
  const int32_t groups = p->dilation_w == 1 ? 1 : p->kernel_w;
  job->runs = list->runs;
  job->filter = p->kernel_h * groups * ((taps * p->in_c + 3) & ~3);
  job->zero_point = p->output_zero_point;
  job->high = p->clamp_max;
  job->low = p->clamp_min;
}

/* Makes pixels from *at on, as long as their runs fit. */
__attribute__((noinline)) inline void msf_conv2d_by_runs(const msf_call *call,
                                                         msf_position *at) {
  msf_run_list list;
  msf_run_job job;
  msf_begin_runs(&list, &job, call);
  const msf_conv2d_s8_params *p = list.p;
  msf_pixel_walk walk(call, at, list.rows);
  do {
    const int32_t r = walk.r;
    const int32_t x = walk.x;
    bool whole = true;
    int32_t n = 0;
    do {
      job.out[n] = walk.out;
      if (walk.is_whole()) {
        const int32_t offset = walk.left * p->in_c;
        for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
          list.runs[ky].x[n] = list.rows[ky] + offset;
        }
      } else {
        whole = false;
      }
      walk.next();
    } while (++n < MSF_SLOTS && !walk.is_behind());
    if (!whole) {
      if (!msf_list_cut_runs(&list, x, n)) {
        at->r = r;
        at->x = x;
        at->row = (int8_t *)msf_row(&call->out, r);
        return;
      }
      msf_cut_pixels(&list, r, x, n);
      if (!walk.is_behind()) walk.find_rows(); /* others are in their place */
    } else if (list.cut_at != 0 || list.cut_count == 0) {
      msf_list_whole_runs(&list);
    }
    msf_end_runs(&job, p, n);
  } while (!walk.is_behind());
  at->r = walk.r;
}

#endif /* MSF_CONV2D_RUNS_HELIUM_H_ */
