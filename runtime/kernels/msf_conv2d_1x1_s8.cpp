/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 1x1 convolution, int8, two pixels at a time. There are no windows, so a
 * pixel costs little besides its products. The bytes are those of TFLite's
 * reference_integer_ops::ConvPerChannel. */
#include "kernels/msf_conv2d_1x1_s8.h"

#include "msf_isa.h"
#include "msf_kernels.h"

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_conv2d_1x1_row_body.h"

extern "C" void msf_conv2d_1x1_s8(const msf_call *call) {
  msf_conv2d_points(call);
}

#else
#include "kernels/msf_pixel_pairs.h"

namespace {

__attribute__((noinline)) void OnePixel(const msf_conv2d_s8_params *p,
                                        const int8_t *in, int8_t *out) {
  const int32_t filter = (p->in_c + 3) & ~3;
  if (msf_dot_end_pixel(p, in, p->in_c, filter, out)) return;
  int32_t sums[MSF_PAIR_CHANNELS];
  const int8_t *w = p->weights;
  for (int32_t o = 0; o < p->out_c; o += MSF_PAIR_CHANNELS) {
    const int32_t n = msf_min(p->out_c - o, MSF_PAIR_CHANNELS);
    for (int32_t i = 0; i < n; ++i) sums[i] = p->bias[o + i];
    msf_dots_s8(in, p->in_c, w, filter, n, sums);
    msf_finish_channels(p, sums, o, n, out);
    w += MSF_PAIR_CHANNELS * filter;
  }
}

/* Fills the operand with what follows word `done` and fits. Out of line: it
 * needs less stack than what comes after it. */
__attribute__((noinline)) int32_t PutChannels(msf_pair_operand *x,
                                              const int8_t *const in[2],
                                              int32_t in_c, int32_t done) {
  const int32_t count = msf_min(((in_c + 3) >> 2) - done, MSF_PAIR_WORDS);
  msf_pair_put_channels(x, in, in_c, done, count);
  return count;
}

/* The same of any size, some channels at a time. */
__attribute__((noinline)) void ByBlocks(const msf_conv2d_s8_params *p,
                                        const int8_t *const in[2], int8_t *out,
                                        int32_t next) {
  msf_pair_operand x;
  alignas(8) int32_t sums[2 * MSF_PAIR_CHANNELS];
  const int32_t words = (p->in_c + 3) >> 2;
  const int8_t *w = p->weights;
  int32_t last = 0; /* words in the operand */
  for (int32_t o = 0; o < p->out_c; o += MSF_PAIR_CHANNELS) {
    const int32_t n = msf_min(p->out_c - o, MSF_PAIR_CHANNELS);
    for (int32_t i = 0; i < n; ++i) {
      const int32_t bias = p->bias[o + i];
      sums[i] = bias;
      sums[i + MSF_PAIR_CHANNELS] = bias;
    }
    int32_t done = 0;
    /* What fits into one operand is there from the first block. */
    if (o == 0 || words > MSF_PAIR_WORDS) last = PutChannels(&x, in, p->in_c, 0);
    while (done + last < words) {
      msf_pair_multiply(&x, last, w, 4 * words, n, sums);
      w += 4 * last;
      done += last;
      last = PutChannels(&x, in, p->in_c, done);
    }
    if ((n & 1) == 0 && msf_pair_codes_fit(p)) {
      msf_pair_end_channels(p, &x, last, w, 4 * words, sums, MSF_PAIR_CHANNELS,
                            o, n, out, next);
    } else {
      msf_pair_multiply(&x, last, w, 4 * words, n, sums);
      msf_pair_finish(p, sums, o, n, out, next);
    }
    w += 4 * (MSF_PAIR_CHANNELS * words - done);
  }
  if (msf_pair_codes_fit(p)) msf_pair_clamp(p, out, next);
}

/* All pixels, if their channels fit into one operand: without sums in memory,
 * and in one place, which has little to do for each of them. */
__attribute__((noinline)) void ByOperands(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  msf_pair_operand x;
  const int32_t words = (p->in_c + 3) >> 2;
  const int32_t in_step = p->stride_w * p->in_c;
  const int32_t out_c = p->out_c;
  const int8_t *in0 = nullptr; /* a pixel that waits for another one */
  int8_t *out0 = nullptr;
  for (int32_t r = call->step; r <= call->step + call->more_rows; ++r) {
    const int8_t *in =
        (const int8_t *)msf_row(&call->in[0], r * p->stride_h) +
        call->x * in_step;
    int8_t *out = (int8_t *)msf_row(&call->out, r) + call->x * out_c;
    for (int32_t columns = msf_min(call->x_end, p->out_w) - call->x;
         columns > 0; --columns) {
      if (in0 == nullptr) {
        in0 = in;
        out0 = out;
      } else {
        const int8_t *const both[2] = {in0, in};
        msf_pair_put_channels(&x, both, p->in_c, 0, words);
        msf_pair_end_pixels(p, &x, words, out0, (int32_t)(out - out0));
        in0 = nullptr;
      }
      in += in_step;
      out += out_c;
    }
  }
  if (in0 != nullptr) OnePixel(p, in0, out0);
}

}  // namespace

extern "C" void msf_conv2d_1x1_s8(const msf_call *call) {
  const msf_conv2d_s8_params *p = (const msf_conv2d_s8_params *)call->params;
  if (p->in_c <= 4 * MSF_PAIR_WORDS && msf_pair_codes_fit(p)) {
    return ByOperands(call);
  }
  const auto make = [p](const int8_t *const in[2], int8_t *out, int32_t next,
                        int32_t pixels) {
    pixels == 2 ? ByBlocks(p, in, out, next) : OnePixel(p, in[0], out);
  };
  msf_by_pairs(call, p, make);
}

#endif
