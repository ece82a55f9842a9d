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
#include "kernels/msf_tap_sums.h"
#include "kernels/msf_window.h"
#include "msf_isa.h"
#include "msf_kernels.h"

namespace {

constexpr int32_t kChannels = MSF_PAIR_CHANNELS; /* at a time */

/* A pixel of the convolution that a window reads. */
struct Tap {
  const int8_t *const *rows; /* input rows under its own window */
  int32_t left;              /* the window's first input column */
  const int8_t *weights;     /* its products in the sums */
};

/* An output pixel, and some of its channels. */
struct Pixel {
  const msf_conv2d_depthwise_s8_params *p;
  int32_t filter; /* weights of a channel of the convolution */
  int32_t o;      /* the first channel */
  int32_t n;
  int32_t in_w_end; /* windows of the convolution begin before it */
  Tap waits;        /* for another one; `weights` null: none does */
  /* Input rows from the first one under the output row; null: padding. */
  const int8_t *rows[MSF_CONV2D_DEPTHWISE_ROWS];
  alignas(8) int32_t sums[kChannels];
  alignas(8) int8_t codes[2][kChannels]; /* of two taps */
  alignas(4) int8_t window[MSF_CONV2D_DEPTHWISE_BYTES];
};

/* Whether the kernel rows of a tap can be loaded where they are, as words. */
bool LiesInside(const Pixel *m, const Tap *tap) {
  const msf_conv2d_s8_params *p = &m->p->conv;
  if (tap->left < 0 || tap->left >= m->in_w_end) return false;
  return tap->rows[0] != nullptr &&
         tap->rows[(p->kernel_h - 1) * p->dilation_h] != nullptr;
}

/* The window of a tap as the weights are: kernel rows that begin at words.
 * Padding is the zero point; what is between the rows weighs nothing. Where the
 * window lies so, it is not copied. */
__attribute__((noinline)) const int8_t *PutWindow(Pixel *m, const Tap *tap) {
  const msf_conv2d_s8_params *p = &m->p->conv;
  const int32_t bytes = p->kernel_w * p->in_c;
  const int32_t at = tap->left * p->in_c;
  const bool inside = LiesInside(m, tap);
  if (inside && bytes == m->filter) return tap->rows[0] + at;
  const msf_taps taps = msf_taps_inside(tap->left, p->kernel_w, 1, p->in_w);
  const int32_t first = taps.first * p->in_c;
  const int32_t count = taps.last * p->in_c - first;
  const int8_t *const *row = tap->rows;
  int8_t *const end = m->window + m->filter;
  if (!inside) {
    for (int8_t *to = m->window; to != end;) {
      *to++ = (int8_t)p->input_zero_point;
    }
  }
  for (int8_t *to = m->window; to != end; to += (bytes + 3) & ~3) {
    if (*row != nullptr) msf_put_bytes(*row + at + first, count, to + first);
    row += p->dilation_h;
  }
  return m->window;
}

#if !defined(MSF_ISA_HELIUM)

/* The windows of two taps. */
__attribute__((noinline)) void PutBoth(Pixel *m, const Tap *a, const Tap *b,
                                       msf_tap_operand *x) {
  const msf_conv2d_s8_params *p = &m->p->conv;
  const int32_t bytes = p->kernel_w * p->in_c;
  if (bytes < 4 || !LiesInside(m, a) || !LiesInside(m, b)) {
    msf_pair_put(x, 0, 0, PutWindow(m, a), 4, m->filter >> 2);
    msf_pair_put(x, 1, 0, PutWindow(m, b), 4, m->filter >> 2);
    return;
  }
  const int32_t words = bytes >> 2;
  const int32_t rest = bytes & 3;
  const int32_t at_a = a->left * p->in_c;
  const int32_t at_b = b->left * p->in_c;
  const int8_t *const *rows_a = a->rows;
  const int8_t *const *rows_b = b->rows;
  int32_t to = 0;
  for (int32_t ky = p->kernel_h; ky > 0; --ky) {
    const int8_t *x_a = *rows_a + at_a;
    const int8_t *x_b = *rows_b + at_b;
    msf_pair_put_both(x, to, x_a, x_b, words);
    to += words;
    if (rest > 0) msf_pair_put_ends(x, to++, x_a + bytes, x_b + bytes, rest);
    rows_a += p->dilation_h;
    rows_b += p->dilation_h;
  }
}

/* Makes the codes of both taps whose windows are in the operand. */
void MakeCodes(Pixel *m, const msf_tap_operand *x) {
  const msf_conv2d_s8_params *p = &m->p->conv;
  const int32_t words = m->filter >> 2;
  const int8_t *w = p->weights + m->o * m->filter;
  int8_t *const out = m->codes[0] - m->o;
#if defined(MSF_PAIR_CODES)
  msf_pair_end_channels(p, x, words, w, m->filter, p->bias + m->o, 0, m->o,
                        m->n, out, kChannels);
  msf_clamp_codes(m->codes[0], m->n, p->clamp_min, p->clamp_max);
  msf_clamp_codes(m->codes[1], m->n, p->clamp_min, p->clamp_max);
#else
  alignas(8) int32_t sums[2 * kChannels];
  for (int32_t i = 0; i < m->n; ++i) {
    sums[i] = sums[i + kChannels] = p->bias[m->o + i];
  }
  msf_pair_multiply(x, words, w, m->filter, m->n, sums);
  msf_pair_finish(p, sums, m->o, m->n, out, kChannels);
#endif
}

/* Adds two taps. */
__attribute__((noinline)) void AddBoth(Pixel *m, const Tap *tap) {
  msf_tap_operand x;
  PutBoth(m, &m->waits, tap, &x);
  MakeCodes(m, &x);
  msf_add_taps(m->codes[0], m->waits.weights, m->codes[1], tap->weights, m->n,
               m->sums);
  m->waits.weights = nullptr;
}

#endif

/* Adds one. */
__attribute__((noinline)) void AddOne(Pixel *m, const Tap *tap) {
  const msf_conv2d_s8_params *p = &m->p->conv;
  const int8_t *w = p->weights + m->o * m->filter;
  int8_t *const out = m->codes[0] - m->o;
  const int8_t *const x = PutWindow(m, tap);
  if (!msf_dot_end_channels(p, x, m->filter, w, m->filter, p->bias + m->o,
                            m->o, m->n, out)) {
    alignas(8) int32_t sums[kChannels];
    for (int32_t i = 0; i < m->n; ++i) sums[i] = p->bias[m->o + i];
    msf_dots_s8(x, m->filter, w, m->filter, m->n, sums);
    msf_finish_channels(p, sums, m->o, m->n, out);
  }
  msf_add_tap(m->codes[0], tap->weights, m->n, m->sums);
}

/* Adds a tap on padding. */
__attribute__((noinline)) void AddPadding(Pixel *m, const int8_t *weights) {
  const int32_t zero = m->p->conv.output_zero_point;
  for (int32_t i = 0; i < m->n; ++i) {
    m->sums[i] = (int32_t)((uint32_t)m->sums[i] + (uint32_t)(zero * weights[i]));
  }
}

void AddTap(Pixel *m, const Tap &tap) {
#if defined(MSF_ISA_HELIUM) /* sixteen channels of one are as good */
  AddOne(m, &tap);
#else
  if (m->waits.weights != nullptr) {
    AddBoth(m, &tap);
  } else {
    m->waits = tap;
  }
#endif
}

/* Makes channels [o, o + n) of the pixel whose window begins at row `top` and
 * column `left` of what the convolution makes. */
__attribute__((noinline)) void MakeChannels(Pixel *m, int32_t top,
                                            int32_t left) {
  const msf_conv2d_depthwise_s8_params *p = m->p;
  const msf_conv2d_s8_params *conv = &p->conv;
  for (int32_t i = 0; i < m->n; ++i) m->sums[i] = p->bias[m->o + i];
  m->waits.weights = nullptr;
  Tap tap = {m->rows, 0, p->weights + m->o};
  const int32_t step = conv->stride_w * p->dilation_w;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const int32_t y = top + ky * p->dilation_h;
    const bool exists = y >= 0 && y < p->conv_h;
    int32_t x = left;
    tap.left = left * conv->stride_w - conv->pad_left;
    for (int32_t kx = p->kernel_w; kx > 0; --kx) {
      if (exists && x >= 0 && x < conv->out_w) {
        AddTap(m, tap);
      } else {
        AddPadding(m, tap.weights);
      }
      x += p->dilation_w;
      tap.left += step;
      tap.weights += conv->out_c;
    }
    tap.rows += p->dilation_h * conv->stride_h;
  }
  if (m->waits.weights != nullptr) AddOne(m, &m->waits);
}

/* The input rows under output row r. */
__attribute__((noinline)) void FindRows(Pixel *m, const msf_view *in,
                                        int32_t r) {
  const msf_conv2d_depthwise_s8_params *p = m->p;
  const msf_conv2d_s8_params *conv = &p->conv;
  const int32_t count =
      (p->kernel_h - 1) * p->dilation_h * conv->stride_h +
      (conv->kernel_h - 1) * conv->dilation_h + 1;
  int32_t y = (r * p->stride_h - p->pad_top) * conv->stride_h - conv->pad_top;
  const int8_t **rows = m->rows;
  for (int32_t i = count; i > 0; --i) {
    const bool exists = y >= 0 && y < in->rows;
    *rows++ = exists ? (const int8_t *)msf_row(in, y) : nullptr;
    ++y;
  }
}

}  // namespace

extern "C" void msf_conv2d_depthwise_s8(const msf_call *call) {
  const msf_conv2d_depthwise_s8_params *p =
      (const msf_conv2d_depthwise_s8_params *)call->params;
  const int32_t out_c = p->conv.out_c;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  Pixel m;
  m.p = p;
  m.filter =
      p->conv.kernel_h * ((p->conv.kernel_w * p->conv.in_c + 3) & ~3);
  m.in_w_end = p->conv.in_w - p->conv.kernel_w + 1;
  for (int32_t r = call->step; r <= call->step + call->more_rows; ++r) {
    FindRows(&m, &call->in[0], r);
    const int32_t top = r * p->stride_h - p->pad_top;
    int8_t *out = (int8_t *)msf_row(&call->out, r) + call->x * out_c;
    for (int32_t x = call->x; x < x_end; ++x) {
      for (m.o = 0; m.o < out_c; m.o += kChannels) {
        m.n = msf_min(out_c - m.o, kChannels);
        MakeChannels(&m, top, x * p->stride_w - p->pad_left);
        msf_finish_channels(p, m.sums, m.o, m.n, out);
      }
      out += out_c;
    }
  }
}
