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

#define MSF_RUNS 12          /* of a window; 3 x 3 with both edges has nine */
#define MSF_PADDING_BYTES 64 /* of a run, where a pixel's are padding */

/* Runs of a group of pixels. */
typedef struct msf_run_list {
  const msf_conv2d_s8_params *p;
  const msf_view *in;
  int32_t taps;      /* of a group that lies together in the weights: a kernel
                        row, or, with dilation, one tap */
  int32_t row_bytes; /* such a group, the last word filled up */
  msf_three three;
  msf_input_run *end; /* behind the last one */
  msf_input_run runs[MSF_RUNS + 1];
  alignas(8) int8_t padding[MSF_PADDING_BYTES];
} msf_run_list;

/* `bytes` of a run, or as many as a window may have; `all` are those in the
 * weights. */
static inline void msf_end_run(msf_input_run *run, int32_t bytes, int32_t all) {
  run->bytes = (uint16_t)bytes;
  run->next = (int16_t)(all - ((bytes + 15) & ~15));
}

/* A group of taps from `tap` on that edges cut into pieces. Null: a pixel's row
 * is padding. False: there are too many runs. */
__attribute__((noinline)) static bool msf_add_cut_taps(
    msf_run_list *list, const int8_t *const *rows, int32_t tap) {
  const msf_conv2d_s8_params *p = list->p;
  const msf_three *three = &list->three;
  int32_t rest = list->row_bytes; /* in the weights */
  for (int32_t end = tap + list->taps; tap < end;) {
    int32_t taps = end - tap;
    const int8_t *x[MSF_SLOTS];
    bool is_padded = false;
    for (int32_t j = 0; j < three->pixels; ++j) {
      const int32_t column = three->left[j] + tap * p->dilation_w;
      x[j] = nullptr;
      if (column < 0) {
        taps = msf_min(taps, -column);
      } else if (column < p->in_w && rows[j] != nullptr) {
        x[j] = rows[j] + column * p->in_c;
        taps = msf_min(taps, p->in_w - column);
      }
      is_padded |= x[j] == nullptr;
    }
    tap += taps;
    int32_t bytes = taps * p->in_c;
    for (int32_t at = 0; at < bytes;) {
      if (list->end == list->runs + MSF_RUNS) return false;
      msf_input_run *run = list->end++;
      int32_t n = bytes - at;
      if (is_padded) n = msf_min(n, MSF_PADDING_BYTES);
      for (int32_t j = 0; j < three->pixels; ++j) {
        run->x[j] = x[j] != nullptr ? x[j] + at : list->padding;
      }
      at += n;
      const int32_t all = tap == end && at == bytes ? rest : n;
      msf_end_run(run, n, all);
      rest -= n;
    }
  }
  return true;
}

/* The runs of all pixels; false if they are too many. */
static inline bool msf_list_runs(msf_run_list *list) {
  const msf_conv2d_s8_params *p = list->p;
  const msf_three *three = &list->three;
  list->end = list->runs;
  const int32_t in_c = p->in_c;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const int8_t *rows[MSF_SLOTS];
    bool whole = three->inside != 0 && list->taps == p->kernel_w;
    int32_t above = -1;
    const int8_t *row = nullptr;
    for (int32_t j = 0; j < three->pixels; ++j) {
      const int32_t y = three->top[j] + ky * p->dilation_h;
      if (j == 0 || y != above) {
        row = nullptr;
        above = y;
        if (y >= 0 && y < list->in->rows) {
          row = (const int8_t *)msf_row(list->in, y);
        } else {
          whole = false;
        }
      }
      rows[j] = row;
    }
    if (!whole) {
      for (int32_t tap = 0; tap < p->kernel_w; tap += list->taps) {
        if (!msf_add_cut_taps(list, rows, tap)) return false;
      }
      continue;
    }
    if (list->end == list->runs + MSF_RUNS) return false;
    msf_input_run *run = list->end++;
    for (int32_t j = 0; j < three->pixels; ++j) {
      run->x[j] = rows[j] + three->left[j] * in_c;
    }
    msf_end_run(run, list->taps * in_c, list->row_bytes);
  }
  list->end->bytes = 0;
  return true;
}

/* All channels of the pixels. */
static inline void msf_end_runs(const msf_run_list *list, int32_t filter) {
  const msf_conv2d_s8_params *p = list->p;
  const msf_three *three = &list->three;
  msf_run_job job;
  job.runs = list->runs;
  job.filter = filter;
  job.zero_point = p->output_zero_point;
  job.high = p->clamp_max;
  job.low = p->clamp_min;
  int32_t o = 0;
  for (int32_t quads = p->out_c >> 2;; quads = 1) {
    job.w = p->weights + o * filter;
    job.quads = quads;
    job.bias = p->bias + o;
    job.multiplier = p->multipliers + o;
    job.shift = p->shifts + o;
    for (int32_t j = 0; j < three->pixels; ++j) job.out[j] = three->out[j] + o;
    if (three->pixels == MSF_SLOTS) {
      msf_run_codes_three(&job);
    } else if (three->pixels == 2) {
      msf_run_codes_two(&job);
    } else {
      msf_run_codes_one(&job);
    }
    if (o != 0 || (p->out_c & 3) == 0) return;
    o = p->out_c - 4; /* the last four, some of them once more */
  }
}

/* Whether msf_conv2d_by_runs() serves. Weights of a row are as far apart as
 * msf_input_run.next and .bytes can tell. */
static inline bool msf_has_runs(const msf_conv2d_s8_params *p) {
  return msf_has_codes(p) && p->kernel_h <= MSF_RUNS &&
         p->kernel_w * p->in_c <= 0x7fff;
}

/* Makes pixels from *at on, as long as their runs fit. */
__attribute__((noinline)) inline void msf_conv2d_by_runs(const msf_call *call,
                                                         msf_position *at) {
  msf_run_list list;
  list.p = (const msf_conv2d_s8_params *)call->params;
  list.in = &call->in[0];
  const msf_conv2d_s8_params *p = list.p;
  const bool together = p->dilation_w == 1;
  list.taps = together ? p->kernel_w : 1;
  list.row_bytes = (list.taps * p->in_c + 3) & ~3;
  const int32_t filter =
      p->kernel_h * list.row_bytes * (together ? 1 : p->kernel_w);
  msf_fill_bytes(list.padding, (int8_t)p->input_zero_point, MSF_PADDING_BYTES);
  do {
    msf_position next = *at;
    msf_take_three(&next, p, &list.three);
    if (!msf_list_runs(&list)) return;
    msf_end_runs(&list, filter);
    *at = next;
  } while (!at->is_behind());
}

#endif /* MSF_CONV2D_RUNS_HELIUM_H_ */
