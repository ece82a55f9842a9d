// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What the kernels' feature functions share. Each kernel has an aggregate of
// int64_t members, whose names in their order are its features.
#pragma once

#include <algorithm>
#include <cstring>

#include "cost/features.h"
#include "kernels/msf_window.h"

namespace msf {

// Adds an aggregate of int64_t.
template <typename Counts>
void AddTo(FeatureCounts& sum, const Counts& counts) {
  static_assert(sizeof(Counts) % sizeof(int64_t) == 0);
  constexpr size_t kSize = sizeof(Counts) / sizeof(int64_t);
  static_assert(kSize <= kMaxFeatures);
  std::array<int64_t, kSize> values;
  std::memcpy(values.data(), &counts, sizeof(counts));
  for (size_t i = 0; i < kSize; ++i) sum[i] += values[i];
}

// Adds one aggregate of int64_t to another, so many times.
template <typename Counts>
void AddTimes(Counts& to, const Counts& from, int64_t times) {
  FeatureCounts sum{};
  AddTo(sum, from);
  for (int64_t& value : sum) value *= times;
  AddTo(sum, to);
  std::memcpy(static_cast<void*>(&to), sum.data(), sizeof(to));
}

// Checks that names and members are as many.
template <typename Counts, size_t N>
constexpr std::span<const char* const> Names(const char* const (&names)[N]) {
  static_assert(N == sizeof(Counts) / sizeof(int64_t));
  return {names, N};
}

// Outputs that are written from their sums, as msf_finish_channels does it.
struct FinishCounts {
  int64_t finishes = 0;          // calls
  int64_t finish_plain = 0;      // elements with simple scales
  int64_t finish_clamped = 0;    // the same with a clamp
  int64_t finish_general = 0;    // elements with other scales
};
#define MSF_FINISH_NAMES \
  "finishes", "finish_plain", "finish_clamped", "finish_general"

inline void CountFinish(const KernelShape& p, int64_t channels, int64_t times,
                        FinishCounts& n) {
  n.finishes += times;
  int64_t& elements = !p.simple_scales ? n.finish_general
                      : p.clamps()     ? n.finish_clamped
                                       : n.finish_plain;
  elements += channels * times;
}

// Products of msf_dots_s8: `bytes` of input, with the weights of `channels`.
struct DotCounts {
  int64_t dots = 0;            // calls
  int64_t dot_rests = 0;       // of them with more than quads of words
  int64_t dot_quads = 0;       // four channels at a time
  int64_t dot_quad_words = 0;  // of four bytes
  int64_t dot_singles = 0;     // channels behind the last four
  int64_t dot_single_words = 0;
  int64_t dot_tails = 0;       // channels with bytes behind the last word
  int64_t dot_tail_bytes = 0;
};
#define MSF_DOT_NAMES                                                      \
  "dots", "dot_rests", "dot_quads", "dot_quad_words", "dot_singles",       \
      "dot_single_words", "dot_tails", "dot_tail_bytes"

inline void CountDots(int64_t bytes, int64_t channels, int64_t times,
                      DotCounts& n) {
  const int64_t words = bytes / 4;
  const int64_t tail = bytes % 4;
  n.dots += times;
  n.dot_rests += tail != 0 || channels % 4 != 0 ? times : 0;
  n.dot_quads += channels / 4 * times;
  n.dot_quad_words += channels / 4 * words * times;
  n.dot_singles += channels % 4 * times;
  n.dot_single_words += channels % 4 * words * times;
  n.dot_tails += tail != 0 ? channels * times : 0;
  n.dot_tail_bytes += tail * channels * times;
}

// Bytes of constants for `channels` outputs: bias, multipliers, shifts.
inline int64_t ScaleBytes(const KernelShape& p, int64_t channels) {
  return channels * (p.scale_step != 0 ? 9 : 4);
}

// The kernel rows of a window that lie inside the input.
inline msf_taps RowsInside(const KernelShape& p, int32_t step, int32_t rows) {
  return msf_taps_inside(step * p.stride_h - p.pad_top, p.kernel_h,
                         p.dilation_h, rows);
}

// Classes for kernels with a window whose step makes an output row.
inline int32_t ClassByRowsInside(const KernelShape& p, const CallRange& call) {
  const msf_taps inside = RowsInside(p, call.step, call.in_rows);
  return inside.first * 256 + inside.last;
}

// Tables of the kernels, by family.
std::vector<CostedKernel> ConvolutionFeatures();
std::vector<CostedKernel> DepthwiseFeatures();
std::vector<CostedKernel> PoolFeatures();
std::vector<CostedKernel> ElementwiseFeatures();
std::vector<CostedKernel> MoveFeatures();
std::vector<CostedKernel> PatchFeatures();
std::vector<CostedKernel> MachineFeatures();

// Of a windowed kernel that takes input rows as they come: the first step, those
// whose row some kernel row reads, the last one.
inline int32_t ClassOfAccumulation(const KernelShape& p, const CallRange& call) {
  const bool reads =
      msf_tap_at(-p.pad_top, p.kernel_h, p.dilation_h, call.step) >= 0;
  return (call.step == 0 ? 1 : 0) + (reads ? 2 : 0) +
         (call.step + 1 == call.in_rows ? 4 : 0);
}

}  // namespace msf
