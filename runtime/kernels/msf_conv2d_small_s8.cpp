/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 2-D convolution, int8, whose windows are small: the first layer, which reads
 * the few channels of a picture. All of a window fits into one operand, so that
 * no sums have to be kept. The bytes are those of TFLite's
 * reference_integer_ops::ConvPerChannel. */
#include "kernels/msf_conv2d_small_s8.h"

#include "msf_isa.h"
#include "msf_kernels.h"

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_conv2d_row_body.h"

extern "C" void msf_conv2d_small_s8(const msf_call *call) {
  msf_conv2d_at_once<MSF_CONV2D_SMALL_BYTES>(call);
}

#else
#include "kernels/msf_pair_s8.h"
#include "kernels/msf_position.h"
#include "kernels/msf_window.h"

namespace {

/* The windows of one or two pixels as the weights are: kernel rows that begin
 * at words. What is between the rows weighs nothing. */
struct Windows {
  const msf_conv2d_s8_params *p;
  const msf_view *in;
  alignas(4) int8_t bytes[2][MSF_CONV2D_SMALL_BYTES];
};

/* The window whose first tap is at row `top` and column `left` of the input. */
__attribute__((noinline)) void PutWindow(const Windows *windows, int32_t top,
                                         int32_t left, int8_t *to) {
  const msf_conv2d_s8_params *p = windows->p;
  const int32_t in_c = p->in_c;
  msf_taps taps = {0, p->kernel_w};
  const bool whole = left >= 0 && left + p->kernel_w <= p->in_w;
  if (!whole) taps = msf_taps_inside(left, p->kernel_w, 1, p->in_w);
  const int32_t inside = (taps.last - taps.first) * in_c;
  const int32_t rest = (p->kernel_w * in_c) & 3;
  const int32_t step = (p->kernel_w * in_c + 3) & ~3;
  const uint32_t padding = (uint8_t)p->input_zero_point * 0x01010101u;
  const int32_t end = top + p->kernel_h * p->dilation_h;
  for (int32_t r = top; r < end; r += p->dilation_h) {
    const bool exists = r >= 0 && r < windows->in->rows;
    if (!whole || !exists || rest > 0) {
      for (int32_t i = whole && exists ? step - 4 : 0; i < step; i += 4) {
        __builtin_memcpy(__builtin_assume_aligned(to + i, 4), &padding, 4);
      }
    }
    if (exists) {
      const int8_t *row = (const int8_t *)msf_row(windows->in, r);
      msf_put_bytes(row + (left + taps.first) * in_c, inside,
                    to + taps.first * in_c);
    }
    to += step;
  }
}

/* The first tap of a pixel's window. */
struct Corner {
  int32_t top;
  int32_t left;
};

/* Whether PutInside() serves: it loads words, of rows that have some. */
inline bool LiesInside(const Windows *windows, const Corner &at) {
  const msf_conv2d_s8_params *p = windows->p;
  return p->kernel_w * p->in_c >= 4 && at.left >= 0 && at.left + p->kernel_w <= p->in_w && at.top >= 0 &&
         at.top + (p->kernel_h - 1) * p->dilation_h < windows->in->rows;
}

/* Two windows that lie inside go to the operand from where they are. */
__attribute__((noinline)) void PutInside(const Windows *windows,
                                         const Corner *corners,
                                         msf_pair_operand *x) {
  const msf_conv2d_s8_params *p = windows->p;
  const int32_t bytes = p->kernel_w * p->in_c;
  const int32_t words = bytes >> 2;
  const int32_t rest = bytes & 3;
  const int32_t at0 = corners[0].left * p->in_c;
  const int32_t at1 = corners[1].left * p->in_c;
  const int32_t below = corners[1].top - corners[0].top;
  int32_t r = corners[0].top;
  int32_t to = 0;
  for (int32_t rows = p->kernel_h; rows > 0; --rows) {
    const int8_t *row = (const int8_t *)msf_row(windows->in, r);
    const int8_t *x0 = row + at0;
    if (below != 0) row = (const int8_t *)msf_row(windows->in, r + below);
    const int8_t *x1 = row + at1;
    msf_pair_put_both(x, to, x0, x1, words);
    to += words;
    if (rest > 0) msf_pair_put_ends(x, to++, x0 + bytes, x1 + bytes, rest);
    r += p->dilation_h;
  }
}

#if defined(MSF_PAIR_CODES)

/* Two pixels whose operand is there, or one whose window is. */
void EndPixels(const Windows *windows, const msf_pair_operand *x,
               int32_t filter, int32_t pixels, int8_t *out, int32_t next) {
  const msf_conv2d_s8_params *p = windows->p;
  if (pixels == 1) {
    msf_dot_end_pixel(p, windows->bytes[0], filter, filter, out);
  } else {
    msf_pair_end_pixels(p, x, filter >> 2, out, next);
  }
}

#else

/* Two pixels whose operand is there, or one whose window is. */
void EndPixels(const Windows *windows, const msf_pair_operand *x,
               int32_t filter, int32_t pixels, int8_t *out, int32_t next) {
  const msf_conv2d_s8_params *p = windows->p;
  alignas(8) int32_t sums[2 * MSF_PAIR_CHANNELS];
  const int8_t *w = p->weights;
  for (int32_t o = 0; o < p->out_c; o += MSF_PAIR_CHANNELS) {
    const int32_t n = msf_min(p->out_c - o, MSF_PAIR_CHANNELS);
    for (int32_t i = 0; i < n; ++i) {
      const int32_t bias = p->bias[o + i];
      sums[i] = bias;
      sums[i + MSF_PAIR_CHANNELS] = bias;
    }
    if (pixels == 2) {
      msf_pair_multiply(x, filter >> 2, w, filter, n, sums);
      msf_pair_finish(p, sums, o, n, out, next);
    } else {
      msf_dots_s8(windows->bytes[0], filter, w, filter, n, sums);
      msf_finish_channels(p, sums, o, n, out);
    }
    w += MSF_PAIR_CHANNELS * filter;
  }
}

#endif

}  // namespace

extern "C" void msf_conv2d_small_s8(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  Windows windows;
  windows.p = p;
  windows.in = &call->in[0];
  const int32_t filter = p->kernel_h * ((p->kernel_w * p->in_c + 3) & ~3);
  msf_pair_operand x;
  for (msf_position at(call, p->out_w); !at.is_behind();) {
    int8_t *const out = at.row + at.x * p->out_c;
    Corner corners[2];
    int32_t pixels = 0;
    int32_t next = 0;
    do {
      corners[pixels] = {at.r * p->stride_h - p->pad_top,
                         at.x * p->stride_w - p->pad_left};
      next = (int32_t)(at.row + at.x * p->out_c - out);
      at.next();
    } while (++pixels < 2 && !at.is_behind());
    if (pixels == 2 && LiesInside(&windows, corners[0]) &&
        LiesInside(&windows, corners[1])) {
      PutInside(&windows, corners, &x);
    } else {
      for (int32_t i = 0; i < pixels; ++i) {
        PutWindow(&windows, corners[i].top, corners[i].left, windows.bytes[i]);
      }
      if (pixels == 2) {
        msf_pair_put_both(&x, 0, windows.bytes[0], windows.bytes[1],
                          filter >> 2);
      }
    }
    EndPixels(&windows, &x, filter, pixels, out, next);
  }
}

#endif
