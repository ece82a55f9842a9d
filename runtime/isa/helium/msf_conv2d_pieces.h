/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Convolutions for Helium whose windows have many runs or rare scales: those of
 * three output pixels at a time are collected as they lie in the weights, with
 * the zero point where there is padding. C++ only.
 *
 *   slot of a pixel   bytes of its window | sums of channels
 *
 * A window that is longer than the slot has room for is collected in pieces. */
#ifndef MSF_CONV2D_PIECES_HELIUM_H_
#define MSF_CONV2D_PIECES_HELIUM_H_

#include "isa/helium/msf_dot_s8_body.h"
#include "isa/helium/msf_finish_body.h"
#include "isa/helium/msf_pixel_threes.h"
#include "isa/helium/msf_vectors.h"
#include "kernels/msf_conv2d_s8.h"
#include "kernels/msf_window.h"
#include "msf_math.h"

#define MSF_SLOT_BYTES 112 /* the code below has the offsets 112 and 224 */

static_assert(MSF_SLOT_BYTES == 4 * MSF_FINISH_STRIDE, "sums are as far apart");

#define MSF_PIECE_BYTES 48    /* a kernel row of 3 x 16 */
#define MSF_PIECE_CHANNELS 16 /* that are multiplied at once */

typedef struct msf_operand {
  alignas(8) int8_t x[MSF_SLOTS][MSF_SLOT_BYTES];
} msf_operand;

static_assert(MSF_SLOT_BYTES == MSF_PIECE_BYTES + 4 * MSF_PIECE_CHANNELS,
              "sums lie behind a piece");

/* Of the first pixel. */
static inline int32_t *msf_operand_sums(msf_operand *operand) {
  return (int32_t *)(void *)(operand->x[0] + MSF_PIECE_BYTES);
}

/* sums[j][i] += products of `bytes` bytes of x[j] and of the weights of channel
 * i, for twice `pairs` channels. `bytes` is a multiple of 4, and both are
 * positive. 12 instructions for 96 products, in assembly as msf_dot_quads().
 *
 *   r0, r2 sums of pixel 0, r4, r6 of pixel 1, r8, r10 of pixel 2; r1, r3
 *   weights of both channels; r5 x; r7 where the sums are; r9 bytes; r11
 *   pairs; r12 from the end of a row of weights to the start of the second
 *   after it
 *   sp: x; r4-r11, lr of the caller; sums, pairs */
__attribute__((naked, noinline, unused)) static void msf_operand_multiply(
    const int8_t * /*x*/, const int8_t * /*w*/, int32_t /*stride*/,
    int32_t /*bytes*/, int32_t * /*sums*/, int32_t /*pairs*/) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "push {r0}\n"
      "ldr r7, [sp, #40]\n"
      "ldr r11, [sp, #44]\n"
      "mov r9, r3\n"
      "add r3, r1, r2\n"
      "add r12, r9, #15\n"
      "bic r12, r12, #15\n"
      "rsb r12, r12, r2, lsl #1\n"
      "1:\n"
      "ldr r5, [sp]\n"
      "ldrd r0, r2, [r7]\n"
      "ldrd r4, r6, [r7, #112]\n"
      "ldrd r8, r10, [r7, #224]\n"
      "dlstp.8 lr, r9\n"
      "2:\n"
      "vldrb.8 q0, [r1], #16\n"
      "vldrb.8 q1, [r3], #16\n"
      "vldrw.32 q2, [r5, #224]\n"
      "vldrw.32 q3, [r5, #112]\n"
      "vmladava.s8 r8, q2, q0\n"
      "vmladava.s8 r10, q2, q1\n"
      "vldrw.32 q2, [r5], #16\n"
      "vmladava.s8 r4, q3, q0\n"
      "vmladava.s8 r6, q3, q1\n"
      "vmladava.s8 r0, q2, q0\n"
      "vmladava.s8 r2, q2, q1\n"
      "letp lr, 2b\n"
      "strd r4, r6, [r7, #112]\n"
      "strd r8, r10, [r7, #224]\n"
      "strd r0, r2, [r7], #8\n"
      "add r1, r1, r12\n"
      "add r3, r3, r12\n"
      "subs r11, r11, #1\n"
      "bne 1b\n"
      "pop {r0}\n"
      "pop {r4-r11, pc}\n");
}

/* n > 0 sums of each pixel start with a bias. */
static inline void msf_operand_start(msf_operand *operand, const int32_t *bias,
                                     int32_t n) {
  int32_t *sums = msf_operand_sums(operand);
  int32x4_t x;
  __asm__ volatile(
      "dlstp.32 lr, %[n]\n"
      "1:\n\t"
      "vldrw.32 %q[x], [%[bias]], #16\n\t"
      "vstrw.32 %q[x], [%[sums], #112]\n\t"
      "vstrw.32 %q[x], [%[sums], #224]\n\t"
      "vstrw.32 %q[x], [%[sums]], #16\n\t"
      "letp lr, 1b"
      : [x] "=&w"(x), [bias] "+r"(bias), [sums] "+r"(sums)
      : [n] "r"(n)
      : "lr", "memory");
}

/* `bytes` bytes for each pixel, from `to` in the first of the slots on; what
 * follows up to the next word may change. */
template <int kSlot>
static inline void msf_operand_copy(int8_t *to, const int8_t *x0,
                                    const int8_t *x1, const int8_t *x2,
                                    int32_t bytes) {
  int8x16_t a, b, c;
  __asm__ volatile(
      "wlstp.8 lr, %[bytes], 2f\n"
      "1:\n\t"
      "vldrb.8 %q[a], [%[x0]], #16\n\t"
      "vldrb.8 %q[b], [%[x1]], #16\n\t"
      "vldrb.8 %q[c], [%[x2]], #16\n\t"
      "vstrw.32 %q[b], [%[to], %[second]]\n\t"
      "vstrw.32 %q[c], [%[to], %[third]]\n\t"
      "vstrw.32 %q[a], [%[to]], #16\n\t"
      "letp lr, 1b\n"
      "2:"
      : [a] "=&w"(a), [b] "=&w"(b), [c] "=&w"(c), [to] "+r"(to),
        [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2)
      : [bytes] "r"(bytes), [second] "i"(kSlot), [third] "i"(2 * kSlot)
      : "lr", "memory");
}

/* An output row, and the pixels that are at work. A *run* is a group of taps of
 * a kernel row whose input bytes lie behind each other: the whole row, or, with
 * dilation, one tap. */
typedef struct msf_conv2d_row {
  const msf_conv2d_s8_params *p;
  int32_t taps;      /* of a run */
  int32_t run_bytes; /* in the weights, the last word filled up */
  int32_t runs;      /* of a kernel row */
  int32_t filter;    /* weights of one channel */
  const msf_view *in;
  int32_t top; /* input row of the first kernel row */
  int32_t left;      /* input column where the first window begins */
  int32_t pixels;
  int32_t inside; /* no window reaches over an edge */
} msf_conv2d_row;

/* Where the next run is. */
typedef struct msf_conv2d_cursor {
  int32_t ky;
  int32_t run;
  int32_t at; /* byte of the run */
} msf_conv2d_cursor;

/* Bytes [at, at + bytes) of one pixel's run, whose first tap is at `column` of
 * `row` and which reaches over an edge. */
__attribute__((noinline)) static void msf_operand_copy_edge(
    int8_t *to, const msf_conv2d_row *r, const int8_t *row, int32_t column,
    int32_t at, int32_t bytes) {
  const int32_t in_c = r->p->in_c;
  const msf_taps taps = msf_taps_inside(column, r->taps, 1, r->p->in_w);
  msf_fill_bytes(to, (int8_t)r->p->input_zero_point, bytes);
  const int32_t first = taps.first * in_c - at;
  const int32_t last = taps.last * in_c - at;
  const int32_t from = first > 0 ? first : 0;
  const int32_t n = msf_min(last, bytes) - from;
  if (n > 0) msf_copy_bytes(to + from, row + (column * in_c + at + from), n);
}

/* Bytes [at, at + bytes) of a run of each pixel; `column` is that of the first
 * pixel's first tap. */
template <int kSlot>
static inline void msf_operand_put(const msf_conv2d_row *r, int8_t *to,
                                   const int8_t *row, int32_t column,
                                   int32_t at, int32_t bytes) {
  const msf_conv2d_s8_params *p = r->p;
  bytes = msf_min(bytes, r->taps * p->in_c - at);
  if (r->inside && row != nullptr) {
    const int8_t *x = row + column * p->in_c + at;
    const int32_t next = p->stride_w * p->in_c;
    /* A pixel that is not there is another one again. */
    const int8_t *x1 = r->pixels > 1 ? x + next : x;
    const int8_t *x2 = r->pixels > 2 ? x1 + next : x;
    msf_operand_copy<kSlot>(to, x, x1, x2, bytes);
    return;
  }
  for (int32_t j = r->pixels; j > 0; --j) {
    if (row == nullptr) {
      msf_fill_bytes(to, (int8_t)p->input_zero_point, bytes);
    } else if (column >= 0 && column + r->taps <= p->in_w) {
      msf_copy_bytes(to, row + column * p->in_c + at, bytes);
    } else {
      msf_operand_copy_edge(to, r, row, column, at, bytes);
    }
    to += kSlot;
    column += p->stride_w;
  }
}

/* Collects bytes of the windows in slots from `x` on, as many as there is room
 * for: the next ones, or the first if `next` is null. */
template <int kSlot>
__attribute__((always_inline)) static inline int32_t msf_operand_collect(
    const msf_conv2d_row *r, msf_conv2d_cursor *next, int8_t *x, int32_t room) {
  const msf_conv2d_s8_params *p = r->p;
  msf_conv2d_cursor first = {0, 0, 0};
  if (next == nullptr) next = &first;
  int32_t collected = 0;
  while (next->ky < p->kernel_h && collected < room) {
    const int8_t *row = nullptr;
    const int32_t y = r->top + next->ky * p->dilation_h;
    if (y >= 0 && y < r->in->rows) row = (const int8_t *)msf_row(r->in, y);
    const int32_t column = r->left + next->run * p->dilation_w;
    const int32_t bytes =
        msf_min(r->run_bytes - next->at, room - collected);
    msf_operand_put<kSlot>(r, x + collected, row, column, next->at, bytes);
    collected += bytes;
    next->at += bytes;
    if (next->at < r->run_bytes) break;
    next->at = 0;
    if (++next->run < r->runs) continue;
    next->run = 0;
    ++next->ky;
  }
  return collected;
}

/* Adds the products of one odd channel, twice: its twin's sums are nobody's. */
__attribute__((noinline)) static void msf_operand_odd(
    msf_operand *operand, const int8_t *w, int32_t bytes, int32_t o) {
  msf_operand_multiply(operand->x[0], w, 0, bytes, msf_operand_sums(operand) + o, 1);
}

/* Adds the products of what is collected to the sums of n channels. */
static inline void msf_operand_channels(msf_operand *operand,
                                        const int8_t *w, int32_t stride,
                                        int32_t bytes, int32_t n) {
  const int32_t pairs = n >> 1;
  if (pairs > 0) {
    msf_operand_multiply(operand->x[0], w, stride, bytes, msf_operand_sums(operand), pairs);
  }
  if (n & 1) msf_operand_odd(operand, w + (n - 1) * stride, bytes, n - 1);
}

/* Adds the products of windows that have to be collected piece by piece, and of
 * n channels. Out of line, as msf_operand_end(): the one's registers are not on
 * the stack while the other is at work. */
__attribute__((noinline)) static void msf_operand_pieces(
    const msf_conv2d_row *r, msf_operand *operand, const int8_t *w, int32_t n) {
  msf_conv2d_cursor next = {0, 0, 0};
  for (const int8_t *const end = w + r->filter; w != end;) {
    const int32_t bytes = msf_operand_collect<MSF_SLOT_BYTES>(
        r, &next, operand->x[0], MSF_PIECE_BYTES);
    if (r->pixels == 1) {
      msf_dots_s8(operand->x[0], bytes, w, r->filter, n, msf_operand_sums(operand));
    } else {
      msf_operand_channels(operand, w, r->filter, bytes, n);
    }
    w += bytes;
  }
}

/* Codes of channels [o, o + n) of the pixels. */
__attribute__((noinline)) static void msf_operand_end(
    const msf_conv2d_s8_params *p, const int32_t *sums, int32_t o, int32_t n,
    int8_t *out, int32_t pixels) {
  if (pixels == MSF_SLOTS) {
    msf_finish_pixels<MSF_SLOTS>(p, sums, o, n, out, p->out_c);
    return;
  }
  for (; pixels > 0; --pixels) {
    msf_finish_pixels<1>(p, sums, o, n, out, 0);
    sums += MSF_FINISH_STRIDE;
    out += p->out_c;
  }
}

/* All channels of the pixels, some at a time. */
static inline void msf_operand_by_blocks(const msf_conv2d_row *r,
                                         msf_operand *operand, int8_t *out) {
  const msf_conv2d_s8_params *p = r->p;
  const int8_t *w = p->weights;
  for (int32_t o = 0; o < p->out_c; o += MSF_PIECE_CHANNELS) {
    const int32_t n = msf_min(p->out_c - o, MSF_PIECE_CHANNELS);
    msf_operand_start(operand, p->bias + o, n);
    msf_operand_pieces(r, operand, w, n);
    msf_operand_end(p, msf_operand_sums(operand), o, n, out, r->pixels);
    w += MSF_PIECE_CHANNELS * r->filter;
  }
}

/* What all pixels of output row `y` share. */
static inline void msf_conv2d_begin_row(msf_conv2d_row *r, const msf_call *call,
                                        int32_t y) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  r->p = p;
  r->in = &call->in[0];
  r->top = y * p->stride_h - p->pad_top;
  r->taps = p->dilation_w == 1 ? p->kernel_w : 1;
  r->runs = p->dilation_w == 1 ? 1 : p->kernel_w;
  r->run_bytes = (r->taps * p->in_c + 3) & ~3;
  r->filter = p->kernel_h * r->runs * r->run_bytes;
}

/* Up to three pixels from column x on. */
static inline void msf_conv2d_to_column(msf_conv2d_row *r, int32_t x,
                                        int32_t x_end) {
  const msf_conv2d_s8_params *p = r->p;
  r->pixels = msf_min(x_end - x, MSF_SLOTS);
  r->left = x * p->stride_w - p->pad_left;
  const int32_t last = r->left + (r->pixels - 1) * p->stride_w +
                       (p->kernel_w - 1) * p->dilation_w;
  r->inside = r->left >= 0 && last < p->in_w;
}

/* Up to three pixels of a row, from *at on. */
__attribute__((noinline)) inline void msf_conv2d_in_pieces(const msf_call *call,
                                                           msf_position *at) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  msf_operand operand;
  msf_conv2d_row r;
  msf_conv2d_begin_row(&r, call, at->r);
  int8_t *out = at->row + at->x * p->out_c;
  msf_conv2d_to_column(&r, at->x, at->x_end);
  for (int32_t j = r.pixels; j > 0; --j) at->next();
  msf_operand_by_blocks(&r, &operand, out);
}

#endif /* MSF_CONV2D_PIECES_HELIUM_H_ */
