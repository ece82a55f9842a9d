// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What convolutions count alike: products of pairs of pixels and of single
// ones, and how codes come out of them.
#pragma once

#include "cost/count.h"

namespace msf {

inline constexpr int32_t kPairChannels = 16;  // MSF_PAIR_CHANNELS

// Products of a pair of pixels.
struct PairCounts {
  int64_t multiplies = 0;  // msf_pair_multiply
  int64_t twos = 0;        // two channels at a time
  int64_t two_words = 0;
  int64_t quads = 0;  // four channels at a time
  int64_t quad_words = 0;
  int64_t rests = 0;  // channels behind the last four
  int64_t rest_words = 0;
  int64_t pair_finishes = 0;  // with simple scales: calls, channels
  int64_t pair_plain = 0;
  int64_t pair_clamped = 0;
  int64_t codes = 0;  // msf_code_rows: products and codes in one
  int64_t code_twos = 0;
  int64_t code_words = 0;
};
#define MSF_PAIR_NAMES                                                      \
  "multiplies", "twos", "two_words", "quads", "quad_words", "rests",        \
      "rest_words", "pair_finishes", "pair_plain", "pair_clamped", "codes", \
      "code_twos", "code_words"

// Products of a single pixel, with its codes.
struct SingleCounts {
  DotCounts dots;
  FinishCounts finish;
  int64_t dot_codes = 0;  // msf_dot_codes: products and codes in one
  int64_t dot_code_quads = 0;
  int64_t dot_code_words = 0;
  int64_t clamp_calls = 0;  // msf_clamp_codes, of pairs too
  int64_t clamped = 0;
};
#define MSF_SINGLE_NAMES                                                      \
  MSF_DOT_NAMES, MSF_FINISH_NAMES, "dot_codes", "dot_code_quads",             \
      "dot_code_words", "clamp_calls", "clamped"

// msf_pair_codes_fit().
inline bool CodesFit(const KernelShape& p, const KernelBody& body) {
  return body.pair_codes && p.simple_scales == 2 && p.scale_step == 1 &&
         p.out_c > 1;
}

inline void CountClamp(const KernelShape& p, int64_t codes, SingleCounts& n) {
  if (!p.clamps()) return;
  n.clamp_calls += 1;
  n.clamped += codes;
}

// `words` of products with `channels`, in `pieces` operands.
inline void CountMultiply(int64_t channels, int64_t words, int64_t pieces,
                          PairCounts& n) {
  n.multiplies += pieces;
  n.twos += pieces * ((channels + 1) / 2);
  n.two_words += words * ((channels + 1) / 2);
  n.quads += pieces * (channels / 4);
  n.quad_words += words * (channels / 4);
  n.rests += pieces * (channels % 4);
  n.rest_words += words * (channels % 4);
}

inline void CountCodes(int64_t channels, int64_t words, PairCounts& n) {
  n.codes += 1;
  n.code_twos += channels / 2;
  n.code_words += channels / 2 * words;
}

// msf_pair_finish().
inline void CountPairFinish(const KernelShape& p, const KernelBody& body,
                            int64_t channels, PairCounts& n,
                            SingleCounts& single) {
  if (body.pair_codes || !p.simple_scales || p.scale_step == 0) {
    CountFinish(p, channels, 2, single.finish);
    return;
  }
  n.pair_finishes += 1;
  (p.clamps() ? n.pair_clamped : n.pair_plain) += channels;
}

// msf_pair_end_pixels().
inline void CountEndPixels(const KernelShape& p, int64_t words, PairCounts& n,
                           SingleCounts& single) {
  CountCodes(p.out_c / 2 * 2, words, n);
  if (p.out_c % 2 != 0) CountCodes(2, words, n);
  CountClamp(p, p.out_c, single);
  CountClamp(p, p.out_c, single);
}

// msf_dot_end_channels(); false if it does not serve.
inline bool CountDotEndChannels(const KernelShape& p, const KernelBody& body,
                                int64_t bytes, int64_t channels,
                                SingleCounts& n) {
  if (!body.dot_codes || p.simple_scales != 2 || p.scale_step == 0 ||
      channels % 4 != 0 || bytes % 4 != 0) {
    return false;
  }
  n.dot_codes += 1;
  n.dot_code_quads += channels / 4;
  n.dot_code_words += channels / 4 * (bytes / 4);
  CountClamp(p, channels, n);
  return true;
}

// msf_dot_end_pixel(); false if it does not serve.
inline bool CountDotEnd(const KernelShape& p, const KernelBody& body,
                        int64_t bytes, SingleCounts& n) {
  if (!body.dot_codes || p.simple_scales != 2 || p.scale_step == 0 ||
      p.out_c < 4 || bytes % 4 != 0) {
    return false;
  }
  const int64_t quads = p.out_c / 4 + (p.out_c % 4 != 0 ? 1 : 0);
  n.dot_codes += p.out_c % 4 != 0 ? 2 : 1;
  n.dot_code_quads += quads;
  n.dot_code_words += quads * (bytes / 4);
  CountClamp(p, p.out_c, n);
  return true;
}

// The pixels of a call, row after row, by twos. make(r, x, other r, other x,
// pixels).
template <typename Make>
void ForPairs(const KernelShape& p, const CallRange& call, const Make& make) {
  const int32_t x_end = std::min(call.x_end, p.out_w);
  int32_t r = call.step;
  int32_t x = call.x;
  const auto next = [&] {
    if (++x < x_end) return;
    x = call.x;
    ++r;
  };
  const int32_t last = call.step + call.more_rows;
  while (r <= last && call.x < x_end) {
    const int32_t first_r = r;
    const int32_t first_x = x;
    next();
    const bool two = r <= last;
    make(first_r, first_x, r, x, two ? 2 : 1);
    if (two) next();
  }
}

std::vector<CostedKernel> PointwiseFeatures();
std::vector<CostedKernel> SmallConvolutionFeatures();
std::vector<CostedKernel> TapFeatures();

}  // namespace msf
