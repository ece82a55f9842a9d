// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Convolutions and dense layers. The loops are those of
// kernels/msf_conv2d_s8_body.h and kernels/msf_conv2d_s8.cpp.
#include "cost/count.h"

namespace msf {
namespace {

constexpr int32_t kPairChannels = 16;  // MSF_PAIR_CHANNELS of the runtime

// How the bytes of windows get into the operand.
struct CollectCounts {
  int64_t both_runs = 0;  // of two windows inside the input
  int64_t both_words = 0;
  int64_t both_unaligned_words = 0;
  int64_t both_tails = 0;       // words that are filled up with zeros
  int64_t edge_runs = 0;        // of one window, which may reach over an edge
  int64_t edge_pieces = 0;      // of them that are inside or outside
  int64_t edge_words = 0;       // inside, of a pair of windows
  int64_t edge_unaligned_words = 0;
  int64_t edge_single_words = 0;  // inside, of a window by itself
  int64_t edge_mixed_words = 0;   // over an edge
  int64_t edge_zero_words = 0;    // outside
};
#define MSF_COLLECT_NAMES                                                    \
  "both_runs", "both_words", "both_unaligned_words", "both_tails",           \
      "edge_runs", "edge_pieces", "edge_words", "edge_unaligned_words",      \
      "edge_single_words", "edge_mixed_words", "edge_zero_words"

// What all windows of a kernel have in common; as msf_conv2d_window.
struct Shape {
  const KernelShape& p;
  int32_t capacity;  // words of an operand
  int32_t taps;
  int32_t runs;
  int32_t words;   // of a run
  int32_t filter;  // words of one channel

  Shape(const KernelShape& shape, const KernelBody& body)
      : p(shape),
        capacity(body.pair_words),
        taps(shape.dilation_w == 1 ? shape.kernel_w : 1),
        runs(shape.dilation_w == 1 ? 1 : shape.kernel_w),
        words((taps * shape.in_c + 3) / 4),
        filter(shape.kernel_h * runs * words) {}
};

bool IsAligned(int64_t byte, int64_t step) { return (byte | step) % 4 == 0; }

// One window, or two.
struct Windows {
  const Shape& shape;
  int32_t left;   // input column of the first one
  int32_t pixels;
  bool inside;    // two without padding at the sides

  Windows(const Shape& s, int32_t first, int32_t count)
      : shape(s), left(first), pixels(count) {
    const KernelShape& p = s.p;
    const int32_t last = left + p.stride_w + (p.kernel_w - 1) * p.dilation_w;
    inside = pixels == 2 && left >= 0 && last < p.in_w;
  }

  // Words [k / 4, k / 4 + words) of a run, as msf_conv2d_put_run.
  void PutRun(bool row_exists, int32_t column, int32_t k, int32_t words,
              CollectCounts& n) const {
    const KernelShape& p = shape.p;
    const msf_taps taps =
        msf_taps_inside(column, shape.taps, 1, row_exists ? p.in_w : 0);
    const int32_t first = taps.first * p.in_c;
    const int32_t last = taps.last * p.in_c;
    ++n.edge_runs;
    for (int32_t left_over = words; left_over > 0;) {
      int32_t count = left_over;
      if (k >= first && k + 4 <= last) {
        count = std::min(count, (last - k) >> 2);
        n.edge_pieces += 1;
        (pixels == 1 ? n.edge_single_words
         : IsAligned(int64_t{column} * p.in_c + k, 0)
             ? n.edge_words
             : n.edge_unaligned_words) += count;
      } else if (k < last && k + 4 > first) {
        count = 1;
        n.edge_mixed_words += 1;
      } else {
        if (k < first) count = std::min(count, (first - k) >> 2);
        n.edge_pieces += 1;
        n.edge_zero_words += count;
      }
      left_over -= count;
      k += 4 * count;
    }
  }

  // The same of two windows inside, as msf_conv2d_put_both.
  void PutBoth(int32_t column, int32_t k, int32_t words,
               CollectCounts& n) const {
    const KernelShape& p = shape.p;
    const int32_t bytes = shape.taps * p.in_c - k;
    const int32_t whole = std::min(words, bytes >> 2);
    const int64_t at = int64_t{column} * p.in_c + k;
    const int64_t next = int64_t{p.stride_w} * p.in_c;
    ++n.both_runs;
    n.both_tails += whole != words ? 1 : 0;
    for (const int64_t from : {at, at + next}) {
      (IsAligned(from, 0) ? n.both_words : n.both_unaligned_words) += whole;
    }
  }

  // A kernel row, as msf_conv2d_add_row; `collected` are the words that are in
  // the operand. Returns how often it was full.
  int32_t AddRow(bool row_exists, int32_t& collected, CollectCounts& n) const {
    const KernelShape& p = shape.p;
    int32_t full = 0;
    int32_t column = left;
    for (int32_t run = 0; run < shape.runs; ++run, column += p.dilation_w) {
      for (int32_t done = 0; done < shape.words;) {
        if (collected == shape.capacity) {
          ++full;
          collected = 0;
        }
        const int32_t words =
            std::min(shape.words - done, shape.capacity - collected);
        if (inside && row_exists) {
          PutBoth(column, 4 * done, words, n);
        } else {
          PutRun(row_exists, column, 4 * done, words, n);
          if (pixels == 2) {
            PutRun(row_exists, column + p.stride_w, 4 * done, words, n);
          }
        }
        collected += words;
        done += words;
      }
    }
    return full;
  }
};

// --- msf_conv2d_s8 ---------------------------------------------------------

struct Conv2dCounts {
  int64_t calls = 0;
  int64_t pairs = 0;    // of pixels
  int64_t singles = 0;  // pixels by themselves
  int64_t pair_blocks = 0;  // of channels
  int64_t single_blocks = 0;
  int64_t bias = 0;  // channels
  CollectCounts collect;
  int64_t multiplies = 0;  // of pairs of pixels
  int64_t twos = 0;        // two channels at a time
  int64_t two_words = 0;
  int64_t quads = 0;       // four channels at a time
  int64_t quad_words = 0;
  int64_t rests = 0;       // channels behind the last four
  int64_t rest_words = 0;
  int64_t pair_finishes = 0;  // of pairs with simple scales: calls, channels
  int64_t pair_plain = 0;
  int64_t pair_clamped = 0;
  DotCounts dots;  // of single pixels
  FinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kConv2dNames[] = {
    "calls",         "pairs",      "singles",    "pair_blocks",
    "single_blocks", "bias",       MSF_COLLECT_NAMES,
    "multiplies",    "twos",       "two_words",  "quads",
    "quad_words",    "rests",      "rest_words", "pair_finishes",
    "pair_plain",    "pair_clamped", MSF_DOT_NAMES, MSF_FINISH_NAMES,
    "flash_bytes"};

// A pair of pixels times the weights of `channels`, `words` in all, in as many
// pieces as operands were filled.
void CountPairs(int64_t channels, int64_t words, int64_t pieces,
                Conv2dCounts& n) {
  n.multiplies += pieces;
  n.twos += pieces * ((channels + 1) / 2);
  n.two_words += words * ((channels + 1) / 2);
  n.quads += pieces * (channels / 4);
  n.quad_words += words * (channels / 4);
  n.rests += pieces * (channels % 4);
  n.rest_words += words * (channels % 4);
}

void CountPairFinish(const KernelShape& p, int64_t channels,
                     Conv2dCounts& n) {
  if (!p.simple_scales || p.scale_step == 0) {
    CountFinish(p, channels, 2, n.finish);
    return;
  }
  n.pair_finishes += 1;
  (p.clamps() ? n.pair_clamped : n.pair_plain) += channels;
}

// All channels of the windows' pixels.
void CountPixels(const Windows& windows, msf_taps rows, Conv2dCounts& n) {
  const Shape& shape = windows.shape;
  const KernelShape& p = shape.p;
  const int64_t blocks = (p.out_c + kPairChannels - 1) / kPairChannels;
  CollectCounts collect;
  int32_t collected = 0;
  int32_t pieces = 1;
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    pieces += windows.AddRow(ky >= rows.first && ky < rows.last, collected,
                             collect);
  }
  const int64_t times = shape.filter > shape.capacity ? blocks : 1;
  AddTimes(n.collect, collect, times);
  const bool is_pair = windows.pixels == 2;
  (is_pair ? n.pairs : n.singles) += 1;
  (is_pair ? n.pair_blocks : n.single_blocks) += blocks;
  n.bias += p.out_c;
  n.flash_bytes += int64_t{4} * shape.filter * p.out_c + ScaleBytes(p, p.out_c);
  for (int32_t o = 0; o < p.out_c; o += kPairChannels) {
    const int32_t channels = std::min(p.out_c - o, kPairChannels);
    if (is_pair) {
      CountPairs(channels, shape.filter, pieces, n);
      CountPairFinish(p, channels, n);
      continue;
    }
    for (int32_t left = shape.filter; left > 0; left -= shape.capacity) {
      CountDots(4 * std::min(left, shape.capacity), channels, 1, n.dots);
    }
    CountFinish(p, channels, 1, n.finish);
  }
}

void CountConv2d(const KernelShape& p, const CallRange& call,
                 const KernelBody& body, FeatureCounts& counts) {
  Conv2dCounts n;
  n.calls = 1;
  const Shape shape(p, body);
  const msf_taps rows = RowsInside(p, call.step, call.in_rows);
  const int32_t x_end = std::min(call.x_end, p.out_w);
  for (int32_t x = call.x; x < x_end; x += 2) {
    CountPixels(
        Windows(shape, x * p.stride_w - p.pad_left, std::min(x_end - x, 2)),
        rows, n);
  }
  AddTo(counts, n);
}

// --- msf_conv2d_acc_s8 -----------------------------------------------------

struct Conv2dAccCounts {
  int64_t calls = 0;
  int64_t columns = 0;
  int64_t bias = 0;
  int64_t kernel_rows = 0;
  CollectCounts collect;
  DotCounts dots;
  FinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kConv2dAccNames[] = {
    "calls",       "columns",     "bias",           "kernel_rows",
    MSF_COLLECT_NAMES, MSF_DOT_NAMES, MSF_FINISH_NAMES, "flash_bytes"};

void CountKernelRow(const Windows& window, bool row_exists,
                    Conv2dAccCounts& n) {
  const Shape& shape = window.shape;
  int32_t collected = 0;
  window.AddRow(row_exists, collected, n.collect);
  n.kernel_rows += 1;
  const int32_t words = shape.runs * shape.words;
  for (int32_t left = words; left > 0; left -= shape.capacity) {
    CountDots(4 * std::min(left, shape.capacity), shape.p.out_c, 1, n.dots);
  }
  n.flash_bytes += int64_t{4} * words * shape.p.out_c;
}

void CountConv2dAcc(const KernelShape& p, const CallRange& call,
                    const KernelBody& body, FeatureCounts& counts) {
  Conv2dAccCounts n;
  n.calls = 1;
  const Shape shape(p, body);
  const msf_taps inside = RowsInside(p, 0, call.in_rows);
  const int32_t ky =
      msf_tap_at(-p.pad_top, p.kernel_h, p.dilation_h, call.step);
  for (int32_t x = 0; x < p.out_w; ++x) {
    const Windows window(shape, x * p.stride_w - p.pad_left, 1);
    n.columns += 1;
    if (call.step == 0) {
      n.bias += p.out_c;
      for (int32_t k = 0; k < p.kernel_h; ++k) {
        if (k < inside.first || k >= inside.last) {
          CountKernelRow(window, false, n);
        }
      }
    }
    if (ky >= 0) CountKernelRow(window, true, n);
    if (call.step + 1 == call.in_rows) {
      CountFinish(p, p.out_c, 1, n.finish);
      n.flash_bytes += ScaleBytes(p, p.out_c);
    }
  }
  AddTo(counts, n);
}

int32_t ClassOfAccumulation(const KernelShape& p, const CallRange& call) {
  const bool reads =
      p.kernel_h == 0 ||
      msf_tap_at(-p.pad_top, p.kernel_h, p.dilation_h, call.step) >= 0;
  return (call.step == 0 ? 1 : 0) + (reads ? 2 : 0) +
         (call.step + 1 == call.in_rows ? 4 : 0);
}

// --- msf_conv2d_part_s8, dense layers --------------------------------------

struct PartCounts {
  int64_t calls = 0;
  int64_t pixels = 0;
  int64_t bias = 0;
  DotCounts dots;
  FinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kPartNames[] = {"calls",          "pixels",
                                      "bias",           MSF_DOT_NAMES,
                                      MSF_FINISH_NAMES, "flash_bytes"};

void CountPart(const KernelShape& p, const CallRange& call, const KernelBody&,
               FeatureCounts& counts) {
  PartCounts n;
  const int64_t pixels = std::min(call.x_end, p.out_w) - call.x;
  n.calls = 1;
  n.pixels = pixels;
  if (p.has_bias) n.bias = pixels * p.out_c;
  CountDots(p.in_c, p.out_c, pixels, n.dots);
  if (p.finish) CountFinish(p, p.out_c, pixels, n.finish);
  n.flash_bytes = pixels * (int64_t{p.in_c} * p.out_c +
                            (p.finish ? ScaleBytes(p, p.out_c) : 0));
  AddTo(counts, n);
}

void CountDense(const KernelShape& p, const CallRange&, const KernelBody&,
                FeatureCounts& counts) {
  PartCounts n;
  n.calls = 1;
  n.pixels = p.batches;
  n.bias = int64_t{p.batches} * p.units;
  for (int32_t o = 0; o < p.units; o += 16) {  // units at once
    const int32_t units = std::min(p.units - o, 16);
    CountDots(p.depth, units, p.batches, n.dots);
    CountFinish(p, units, p.batches, n.finish);
  }
  n.flash_bytes = p.batches * (int64_t{p.depth} * p.units +
                               ScaleBytes(p, p.units));
  AddTo(counts, n);
}

void CountDenseAcc(const KernelShape& p, const CallRange& call,
                   const KernelBody&, FeatureCounts& counts) {
  PartCounts n;
  n.calls = 1;
  if (call.step == 0) n.bias = p.units;
  CountDots(call.in_row_bytes, p.units, 1, n.dots);
  n.flash_bytes = int64_t{call.in_row_bytes} * p.units;
  if (call.step + 1 == call.in_rows) {
    CountFinish(p, p.units, 1, n.finish);
    n.flash_bytes += ScaleBytes(p, p.units);
  }
  AddTo(counts, n);
}

}  // namespace

std::vector<CostedKernel> ConvolutionFeatures() {
  const auto part = Names<PartCounts>(kPartNames);
  return {{"msf_conv2d_s8", Names<Conv2dCounts>(kConv2dNames), &CountConv2d,
           &ClassByRowsInside},
          {"msf_conv2d_acc_s8", Names<Conv2dAccCounts>(kConv2dAccNames),
           &CountConv2dAcc, &ClassOfAccumulation},
          {"msf_conv2d_part_s8", part, &CountPart, nullptr},
          {"msf_fully_connected_s8", part, &CountDense, nullptr},
          {"msf_fully_connected_acc_s8", part, &CountDenseAcc,
           &ClassOfAccumulation}};
}

}  // namespace msf
