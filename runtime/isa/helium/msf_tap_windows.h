/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Whole windows of msf_conv2d_depthwise_s8 for Helium, where the convolution is
 * of a common kind. C++ only; Pixel is that kernel's. */
#ifndef MSF_TAP_WINDOWS_HELIUM_H_
#define MSF_TAP_WINDOWS_HELIUM_H_

#include "isa/helium/msf_tap_points.h"
#include "isa/helium/msf_tap_threes.h"
#include "isa/helium/msf_vectors.h"

/* Adds a tap on padding, with n > 0 sums. */
static inline void msf_add_padding(int32_t zero, const int8_t *weights,
                                   int32_t n, int32_t *sums) {
  int32x4_t x, w;
  __asm__ volatile(
      "dlstp.32 lr, %[n]\n"
      "1:\n\t"
      "vldrb.s32 %q[w], [%[weights]], #4\n\t"
      "vldrw.s32 %q[x], [%[sums]]\n\t"
      "vmla.s32 %q[x], %q[w], %[zero]\n\t"
      "vstrw.32 %q[x], [%[sums]], #16\n\t"
      "letp lr, 1b"
      : [x] "=&w"(x), [w] "=&w"(w), [weights] "+l"(weights), [sums] "+r"(sums)
      : [n] "r"(n), [zero] "r"(zero)
      : "lr", "memory");
}

/* Any window of a 1x1 convolution, three taps at once; it begins at row `top`
 * and column `left` of what the convolution makes. */
template <typename Pixel>
__attribute__((noinline)) static void msf_add_points(Pixel *m, int32_t top,
                                                     int32_t left) {
  static const int8_t kNothing[sizeof(m->sums) / sizeof(m->sums[0])] = {};
  const auto *p = m->p;
  msf_point_job *job = m->points;
  const int8_t *weights = p->weights + m->o;
  const int8_t *const *row = m->rows;
  const int32_t step = p->conv_stride_w * p->in_c;
  int32_t held = 0;
  for (int32_t y = top; y < top + p->kernel_h; ++y) {
    const bool exists = y >= 0 && y < p->conv_h;
    for (int32_t x = left; x < left + p->kernel_w; ++x) {
      if (!exists || x < 0 || x >= p->conv_w) {
        msf_add_padding(p->conv_output_zero_point, weights, m->n, m->sums);
      } else {
        job->x[held] = *row + x * step;
        job->weights[held] = weights;
        if (++held == 3) {
          msf_points_add(job);
          held = 0;
        }
      }
      weights += p->conv_c;
    }
    row += p->conv_stride_h;
  }
  if (held == 0) return;
  for (; held < 3; ++held) {
    job->x[held] = job->x[0];
    job->weights[held] = kNothing;
  }
  msf_points_add(job);
}

/* The same where nothing is padding, and kernel rows have three taps. */
template <typename Pixel>
__attribute__((noinline)) static void msf_add_points_inside(Pixel *m,
                                                            int32_t left) {
  const auto *p = m->p;
  msf_point_job *job = m->points;
  const int8_t *weights = p->weights + m->o;
  const int8_t *const *row = m->rows;
  const int32_t step = p->conv_stride_w * p->in_c;
  const int32_t at = left * step;
  for (int32_t ky = p->kernel_h; ky > 0; --ky) {
    const int8_t *x = *row + at;
    for (int32_t i = 0; i < 3; ++i) {
      job->x[i] = x;
      job->weights[i] = weights;
      x += step;
      weights += p->conv_c;
    }
    msf_points_add(job);
    row += p->conv_stride_h;
  }
}

/* A window without padding, from input column `left` on; two taps at once. */
template <typename Pixel>
__attribute__((noinline)) static void msf_add_threes(Pixel *m, int32_t left) {
  const auto *p = m->p;
  msf_three_job three;
  three.sums = m->sums;
  three.end = m->sums + m->n;
  three.rows = m->conv;
  three.zero_point = p->conv_output_zero_point;
  three.bytes = m->bytes;
  three.dilation = p->conv_dilation_h;
  const int8_t *weights = p->weights + m->o;
  const int8_t *const *rows = m->rows;
  const int32_t step = p->conv_stride_w * p->in_c;
  bool waits = false;
  for (int32_t ky = p->kernel_h; ky > 0; --ky) {
    int32_t at = left * p->in_c;
    for (int32_t kx = p->kernel_w; kx > 0; --kx) {
      if (waits) {
        three.rows_b = rows;
        three.at_b = at;
        three.w_b = weights;
        msf_tap_threes(&three);
      } else {
        three.rows_a = rows;
        three.at_a = at;
        three.w_a = weights;
      }
      waits = !waits;
      at += step;
      weights += p->conv_c;
    }
    rows += p->conv_stride_h;
  }
  if (waits) msf_tap_three(&three);
}

/* Whether msf_add_points() serves. */
template <typename Params>
static inline bool msf_has_points(const Params *p) {
  return p->conv_kernel_h == 1 && p->conv_kernel_w == 1 &&
         p->conv_pad_top == 0 && p->conv_pad_left == 0 &&
         (p->in_c <= 4 * MSF_POINT_WORDS || (p->in_c & 3) == 0) &&
         (p->conv_c & 3) == 0;
}

/* The sums of a window of a common kind; false: of another one. `first` is its
 * first input column; inside: nothing is padding. */
template <typename Pixel>
static inline bool msf_add_window(Pixel *m, int32_t top, int32_t left,
                                  int32_t first, bool inside) {
  if (m->points != nullptr) {
    m->points->rows = m->conv;
    m->points->end = m->sums + m->n;
    if (inside && m->p->kernel_w == 3) {
      msf_add_points_inside(m, left);
    } else {
      msf_add_points(m, top, left);
    }
    return true;
  }
  if (!inside || m->words != 9 || m->p->conv_kernel_h != 3 ||
      (m->n & 3) != 0) {
    return false;
  }
  msf_add_threes(m, first);
  return true;
}

#endif /* MSF_TAP_WINDOWS_HELIUM_H_ */
