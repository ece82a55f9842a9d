/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * 1x1 convolution, int8, over some of its input channels. Sums of int32 are
 * exact in any order, so the bytes are those of msf_conv2d_s8. */
#include "kernels/msf_conv2d_part_s8.h"

#include "kernels/msf_pixel_pairs.h"
#include "msf_kernels.h"

namespace {

/* Adds the products of one pixel to its sums, which the first part starts. */
void AddPixel(const msf_conv2d_part_s8_params *p, const int8_t *in,
              int32_t *sums, int8_t *out) {
  const int32_t out_c = p->out_c;
  const int32_t *bias = p->bias;
  if (bias != nullptr) {
    for (int32_t o = 0; o < out_c; ++o) sums[o] = bias[o];
  }
  msf_dots_s8(in, p->in_c, p->weights, (p->in_c + 3) & ~3, out_c, sums);
  if (p->finish) msf_finish_channels(p, sums, 0, out_c, out);
}

#if defined(MSF_PAIR_CODES)

/* Whether AddPair() serves. */
bool HasPairs(const msf_conv2d_part_s8_params *p) {
  return msf_pair_codes_fit(p) && (p->out_c & 1) == 0 &&
         p->in_c <= 4 * MSF_PAIR_WORDS;
}

/* Two pixels at once: their sums are loaded once for all products, and in the
 * last part stay in registers. The second output is `next` bytes behind. */
__attribute__((noinline)) void AddPair(const msf_conv2d_part_s8_params *p,
                                       const int8_t *const in[2],
                                       int32_t *const sums[2], int8_t *out,
                                       int32_t next) {
  msf_pair_operand x;
  const int32_t words = (p->in_c + 3) >> 2;
  const int32_t next_sums = (int32_t)(sums[1] - sums[0]);
  const int32_t *start = p->bias != nullptr ? p->bias : sums[0];
  const int32_t next_start = p->bias != nullptr ? 0 : next_sums;
  msf_pair_put_channels(&x, in, p->in_c, 0, words);
  if (p->finish) {
    msf_pair_end_channels(p, &x, words, p->weights, 4 * words, start,
                          next_start, 0, p->out_c, out, next);
    msf_pair_clamp(p, out, next);
  } else {
    msf_sum_rows(x.words[0], p->weights, 4 * words, words, p->out_c >> 1, start,
                 4 * next_start, sums[0], 4 * next_sums);
  }
}

#else

bool HasPairs(const msf_conv2d_part_s8_params *) { return false; }
void AddPair(const msf_conv2d_part_s8_params *, const int8_t *const[2],
             int32_t *const[2], int8_t *, int32_t) {}

#endif

/* Columns [x, x_end) of a row, two at a time. */
void AddRow(const msf_conv2d_part_s8_params *p, const int8_t *in, int32_t *sums,
            int8_t *out, int32_t x, int32_t x_end) {
  const bool pairs = x_end - x > 1 && HasPairs(p);
  in += x * p->in_c;
  sums += x * p->out_c;
  out += x * p->out_c;
  for (; pairs && x + 2 <= x_end; x += 2) {
    const int8_t *const both[2] = {in, in + p->in_c};
    int32_t *const both_sums[2] = {sums, sums + p->out_c};
    AddPair(p, both, both_sums, out, p->out_c);
    in += 2 * p->in_c;
    sums += 2 * p->out_c;
    out += 2 * p->out_c;
  }
  for (; x < x_end; ++x) {
    AddPixel(p, in, sums, out);
    in += p->in_c;
    sums += p->out_c;
    out += p->out_c;
  }
}

}  // namespace

extern "C" void msf_conv2d_part_s8(const msf_call *call) {
  const msf_conv2d_part_s8_params *p =
      (const msf_conv2d_part_s8_params *)call->params;
  const int32_t x_end = msf_min(call->x_end, p->out_w);
  const int32_t row_sums = p->sums_cols * p->out_c;
  int32_t r = call->step;
  const int32_t end_row = r + 1 + call->more_rows;
  /* One column pairs with that of the row below. */
  const bool by_rows =
      call->more_rows > 0 && x_end - call->x == 1 && HasPairs(p);
  for (; by_rows && r + 2 <= end_row; r += 2) {
    const int32_t at = call->x * p->out_c;
    int32_t *const all = (int32_t *)call->state + at;
    const int8_t *const in[2] = {
        (const int8_t *)msf_row(&call->in[0], r) + call->x * p->in_c,
        (const int8_t *)msf_row(&call->in[0], r + 1) + call->x * p->in_c};
    int32_t *const sums[2] = {all + r % p->sums_rows * row_sums,
                              all + (r + 1) % p->sums_rows * row_sums};
    int8_t *out = (int8_t *)msf_row(&call->out, r) + at;
    AddPair(p, in, sums, out,
            (int32_t)((int8_t *)msf_row(&call->out, r + 1) + at - out));
  }
  for (; r < end_row; ++r) {
    AddRow(p, (const int8_t *)msf_row(&call->in[0], r),
           (int32_t *)call->state + r % p->sums_rows * row_sums,
           (int8_t *)msf_row(&call->out, r), call->x, x_end);
  }
}
