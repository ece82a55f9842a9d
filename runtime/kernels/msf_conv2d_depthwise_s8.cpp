/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * A convolution and a depthwise convolution behind it, int8, of which the first
 * has no output in memory: a pixel of it is made for each window that it is
 * in, some channels at a time. Two taps of a window are made at once. The bytes
 * are those of TFLite's reference_integer_ops::ConvPerChannel and
 * DepthwiseConvPerChannel, one after the other. */
#include "kernels/msf_conv2d_depthwise_s8.h"

/* A short operand serves, and takes less stack. */
#define MSF_PAIR_WORDS (MSF_CONV2D_DEPTHWISE_BYTES / 4)
#define msf_pair_operand msf_tap_operand

#include "kernels/msf_pair_s8.h"
#include "kernels/msf_tap_rows.h"
#include "kernels/msf_window.h"
#include "msf_isa.h"
#include "msf_kernels.h"

namespace {

constexpr int32_t kChannels = 16; /* at a time; even */

/* A pixel of the convolution that a window reads. */
struct Tap {
  const int8_t *const *rows; /* input rows under its own window */
  int32_t left;              /* the window's first input column */
  const int8_t *weights;     /* that it is multiplied with */
};

/* An output pixel, and some of its channels. */
struct Pixel {
  const msf_conv2d_depthwise_s8_params *p;
  const int32_t *conv; /* the convolution's channels */
  int32_t bytes;       /* of the input in a row of its window */
  int32_t words;       /* of a whole window, rows filled up */
  int32_t end;         /* bytes of an input row that may be read */
  int32_t o;           /* the first channel */
  int32_t n;
  /* Input rows from the first one under the output row; null: padding. */
  const int8_t *rows[MSF_CONV2D_DEPTHWISE_ROWS];
#if defined(MSF_ISA_HELIUM)
  msf_point_job *points; /* null: the convolution is not 1x1 */
#endif
  alignas(8) int32_t sums[kChannels];
};

/* Whether the kernel rows of a tap lie in the input. */
bool LiesInside(const Pixel *m, const Tap *tap) {
  const msf_conv2d_depthwise_s8_params *p = m->p;
  return tap->left >= 0 && tap->left + p->conv_kernel_w <= p->in_w &&
         tap->rows[0] != nullptr &&
         tap->rows[(p->conv_kernel_h - 1) * p->conv_dilation_h] != nullptr;
}

/* Puts the window of a tap into the operand by way of a copy: kernel rows that
 * begin at words. Padding is the zero point; what is between the rows weighs
 * nothing. */
__attribute__((noinline)) void PutWindow(const Pixel *m, const Tap *tap,
                                         int32_t pixel, msf_tap_operand *x) {
  const msf_conv2d_depthwise_s8_params *p = m->p;
  alignas(4) int8_t window[MSF_CONV2D_DEPTHWISE_BYTES];
  const int32_t columns = msf_min(p->in_w - tap->left, p->conv_kernel_w);
  const int32_t at = tap->left > 0 ? tap->left * p->in_c : 0;
  const int32_t first = at - tap->left * p->in_c;
  const int32_t count = columns * p->in_c - first;
  const int8_t *const *row = tap->rows;
  int8_t *const end = window + 4 * m->words;
  const uint32_t padding = (uint8_t)p->conv_input_zero_point * 0x01010101u;
  for (int8_t *to = window; to != end; to += 4) {
    __builtin_memcpy(__builtin_assume_aligned(to, 4), &padding, 4);
  }
  for (int8_t *to = window; to != end; to += (m->bytes + 3) & ~3) {
    if (*row != nullptr) msf_put_bytes(*row + at, count, to + first);
    row += p->conv_dilation_h;
  }
  msf_pair_put(x, pixel, 0, window, 4, m->words);
}

/* What all windows have in common. */
inline msf_two_windows BeginWindows(const Pixel *m) {
  return {m->rows,      m->rows,      0, 0, m->bytes >> 2,
          m->bytes & 3, m->p->conv_kernel_h, m->p->conv_dilation_h};
}

/* What lasts while taps are added. */
inline msf_taps_of_two BeginTaps(Pixel *m) {
  return {nullptr, nullptr, m->sums, m->sums + m->n,
          2 * m->p->conv_output_zero_point + 1, nullptr, nullptr};
}

/* Puts two taps inside the input into the operand. */
__attribute__((noinline)) void PutBoth(const Pixel *m, const Tap *a,
                                       const Tap *b, msf_tap_operand *x) {
  msf_two_windows windows = BeginWindows(m);
  windows.rows_a = a->rows;
  windows.rows_b = b->rows;
  windows.at_a = a->left * m->p->in_c;
  windows.at_b = b->left * m->p->in_c;
  msf_put_windows(&windows, x);
}

/* Adds two taps; if they are one, it is added once. */
__attribute__((noinline)) void AddByOperand(Pixel *m, const Tap *a,
                                            const Tap *b) {
  msf_tap_operand x;
  if (LiesInside(m, a) && LiesInside(m, b)) {
    PutBoth(m, a, b, &x);
  } else {
    PutWindow(m, a, 0, &x);
    if (a != b) PutWindow(m, b, 1, &x);
  }
  msf_taps_of_two taps = BeginTaps(m);
  taps.w_a = a->weights;
  taps.w_b = b->weights;
  if (a == b) {
    msf_tap_row(&x, m->conv, m->words, &taps);
  } else {
    msf_tap_rows(&x, m->conv, m->words, &taps);
  }
}

/* The same of a 1x1 convolution, where its input lies. */
__attribute__((noinline)) void AddInPlace(Pixel *m, const Tap *a,
                                          const Tap *b) {
  msf_taps_of_two taps = BeginTaps(m);
  taps.w_a = a->weights;
  taps.w_b = b->weights;
  taps.x_a = a->rows[0] + a->left * m->p->in_c;
  taps.x_b = b->rows[0] + b->left * m->p->in_c;
  if (a == b) {
    msf_tap_pixel(m->conv, m->words, &taps);
  } else {
    msf_tap_pixels(m->conv, m->words, &taps);
  }
}

/* Whether windows are too long for the operand: those of 1x1 convolutions. */
inline bool IsLong(const Pixel *m) {
  return m->words > MSF_CONV2D_DEPTHWISE_BYTES / 4;
}

inline void AddBoth(Pixel *m, const Tap *a, const Tap *b) {
  IsLong(m) ? AddInPlace(m, a, b) : AddByOperand(m, a, b);
}

/* Adds a tap on padding. */
__attribute__((noinline)) void AddPadding(Pixel *m, const int8_t *weights) {
  const int32_t zero = m->p->conv_output_zero_point;
#if defined(MSF_ISA_HELIUM)
  msf_add_padding(zero, weights, m->n, m->sums);
  return;
#endif
  for (int32_t i = 0; i < m->n; ++i) {
    m->sums[i] = msf_add_wrap(m->sums[i], zero * weights[i]);
  }
}

/* Adds all taps of the window that begins at row `top` and column `left` of
 * what the convolution makes. */
__attribute__((noinline)) void AddWindow(Pixel *m, int32_t top, int32_t left) {
  const msf_conv2d_depthwise_s8_params *p = m->p;
  Tap tap = {m->rows, 0, p->weights + m->o};
  Tap other; /* waits for another one */
  bool waits = false;
  for (int32_t y = top; y < top + p->kernel_h; ++y) {
    const bool exists = y >= 0 && y < p->conv_h;
    tap.left = left * p->conv_stride_w - p->conv_pad_left;
    for (int32_t x = left; x < left + p->kernel_w; ++x) {
      if (!exists || x < 0 || x >= p->conv_w) {
        AddPadding(m, tap.weights);
      } else if (waits) {
        AddBoth(m, &other, &tap);
        waits = false;
      } else {
        other = tap;
        waits = true;
      }
      tap.left += p->conv_stride_w;
      tap.weights += p->conv_c;
    }
    tap.rows += p->conv_stride_h;
  }
  if (waits) AddBoth(m, &other, &other);
}

/* Goes through the taps of a window without padding. */
struct Walk {
  const Pixel *m;
  int32_t begin;    /* byte of the rows where the first one's window begins */
  int32_t columns;  /* of this row of taps */
  const int8_t *const *rows;
  int32_t at;
  const int8_t *weights;

  Walk(const Pixel *of, int32_t left)
      : m(of),
        begin(left * of->p->in_c),
        columns(of->p->kernel_w),
        rows(of->rows),
        at(begin),
        weights(of->p->weights + of->o) {}

  void next() {
    const msf_conv2d_depthwise_s8_params *p = m->p;
    weights += p->conv_c;
    at += p->conv_stride_w * p->in_c;
    if (--columns > 0) return;
    columns = p->kernel_w;
    at = begin;
    rows += p->conv_stride_h;
  }
};

/* The same where nothing is padding, from input column `left` on: what most of
 * the time goes to. */
__attribute__((noinline)) void AddInside(Pixel *m, int32_t left) {
  msf_tap_operand x;
  msf_taps_of_two taps = BeginTaps(m);
  msf_two_windows windows = BeginWindows(m);
  const int32_t last = left + (m->p->kernel_w - 1) * m->p->conv_stride_w;
  if (windows.rest > 0 &&
      last * m->p->in_c + ((m->bytes + 3) & ~3) <= m->end) {
    /* What comes behind rows weighs nothing, and need not be zero. */
    ++windows.words;
    windows.rest = 0;
  }
  Walk tap(m, left);
  for (int32_t count = m->p->kernel_h * m->p->kernel_w;; count -= 2) {
    windows.rows_a = tap.rows;
    windows.at_a = tap.at;
    taps.w_a = tap.weights;
    if (count == 1) break;
    tap.next();
    windows.rows_b = tap.rows;
    windows.at_b = tap.at;
    taps.w_b = tap.weights;
    msf_put_windows(&windows, &x);
    msf_tap_rows(&x, m->conv, m->words, &taps);
    if (count == 2) return;
    tap.next();
  }
  windows.rows_b = windows.rows_a;
  windows.at_b = windows.at_a;
  msf_put_windows(&windows, &x);
  msf_tap_row(&x, m->conv, m->words, &taps);
}

/* Finds the input rows under output row r. Returns whether none is padding,
 * nor any row of what the convolution makes of them. */
__attribute__((noinline)) bool FindRows(Pixel *m, const msf_view *in,
                                        int32_t r) {
  const msf_conv2d_depthwise_s8_params *p = m->p;
  const int32_t top = r * p->stride_h - p->pad_top;
  const int32_t first = top * p->conv_stride_h - p->conv_pad_top;
  const int32_t end = first + (p->kernel_h - 1) * p->conv_stride_h +
                      (p->conv_kernel_h - 1) * p->conv_dilation_h + 1;
  const int8_t **rows = m->rows;
  for (int32_t y = first; y < end; ++y) {
    const bool exists = y >= 0 && y < in->rows;
    *rows++ = exists ? (const int8_t *)msf_row(in, y) : nullptr;
  }
  return first >= 0 && end <= in->rows && top >= 0 &&
         top + p->kernel_h <= p->conv_h;
}

/* Copies an even number of words. */
inline void CopyTwos(const int32_t *from, int32_t count, int32_t *to) {
#if defined(MSF_ISA_HELIUM)
  msf_copy_bytes((int8_t *)to, (const int8_t *)from, 4 * count);
  return;
#endif
  for (int32_t *const end = to + count; to != end; to += 2) {
    const int32_t first = from[0];
    const int32_t second = from[1];
    to[0] = first;
    to[1] = second;
    from += 2;
  }
}

/* Bytes of an input row that may be read: whole rows if they are there, else
 * what windows before column x_end need. */
inline int32_t EndOfRows(const msf_conv2d_depthwise_s8_params *p,
                         const msf_view *in, int32_t x_end) {
  const int32_t whole = p->in_w * p->in_c;
  if (in->row_bytes == whole &&
      (in->fresh_base == NULL || in->fresh_row_bytes == whole)) {
    return whole;
  }
  const int32_t last = (x_end - 1) * p->stride_w - p->pad_left + p->kernel_w - 1;
  const int32_t end =
      last * p->conv_stride_w - p->conv_pad_left + p->conv_kernel_w;
  return msf_min(end * p->in_c, whole);
}

/* Makes the pixel at column x. */
__attribute__((noinline)) void MakePixel(Pixel *m, int32_t top, int32_t x,
                                         bool may_be_inside, int8_t *out) {
  const msf_conv2d_depthwise_s8_params *p = m->p;
  const int32_t left = x * p->stride_w - p->pad_left;
  const int32_t first = left * p->conv_stride_w - p->conv_pad_left;
  const int32_t last = first + (p->kernel_w - 1) * p->conv_stride_w;
  const bool inside = may_be_inside && left >= 0 && first >= 0 &&
                      left + p->kernel_w <= p->conv_w &&
                      last + p->conv_kernel_w <= p->in_w;
  const int32_t two_channels = 2 * m->words + 5; /* words */
  m->conv = p->conv;
  for (m->o = 0; m->o < p->conv_c; m->o += kChannels) {
    m->n = msf_min(p->conv_c - m->o, kChannels);
    CopyTwos(p->bias + m->o, m->n, m->sums);
    if (!msf_add_window(m, top, left, first, inside)) {
      inside && !IsLong(m) ? AddInside(m, first) : AddWindow(m, top, left);
    }
    msf_finish_channels(p, m->sums, m->o, m->n, out);
    m->conv += kChannels / 2 * two_channels;
  }
}

/* All rows of a call. */
inline void MakeRows(Pixel *m, const msf_call *call) {
  const msf_conv2d_depthwise_s8_params *p =
      (const msf_conv2d_depthwise_s8_params *)call->params;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  m->p = p;
  m->bytes = p->conv_kernel_w * p->in_c;
  m->words = p->conv_kernel_h * ((m->bytes + 3) >> 2);
  m->end = EndOfRows(p, &call->in[0], x_end);
  for (int32_t r = call->step; r <= call->step + call->more_rows; ++r) {
    const bool inside = FindRows(m, &call->in[0], r);
    int8_t *out = (int8_t *)msf_row(&call->out, r) + call->x * p->conv_c;
    for (int32_t x = call->x; x < x_end; ++x) {
      MakePixel(m, r * p->stride_h - p->pad_top, x, inside, out);
      out += p->conv_c;
    }
  }
}

#if defined(MSF_ISA_HELIUM)

/* Apart from each other, as the job takes stack. */
__attribute__((noinline)) void MakeRowsByPoints(const msf_call *call) {
  const msf_conv2d_depthwise_s8_params *p =
      (const msf_conv2d_depthwise_s8_params *)call->params;
  msf_point_job job;
  Pixel m;
  job.sums = m.sums;
  job.zero_point = p->conv_output_zero_point;
  msf_points_begin(&job, p->in_c);
  m.points = &job;
  MakeRows(&m, call);
}

__attribute__((noinline)) void MakeRowsByTaps(const msf_call *call) {
  Pixel m;
  m.points = nullptr;
  MakeRows(&m, call);
}

#endif

}  // namespace

extern "C" void msf_conv2d_depthwise_s8(const msf_call *call) {
#if defined(MSF_ISA_HELIUM)
  const msf_conv2d_depthwise_s8_params *p =
      (const msf_conv2d_depthwise_s8_params *)call->params;
  msf_has_points(p) ? MakeRowsByPoints(call) : MakeRowsByTaps(call);
#else
  Pixel m;
  MakeRows(&m, call);
#endif
}
