// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Convolutions with windows. The loops are those of
// kernels/msf_conv2d_s8_body.h and kernels/msf_conv2d_s8.cpp.
#include "cost/convolution_counts.h"

namespace msf {
namespace {

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

constexpr int32_t kWindowWords = 12;  // MSF_PAIR_WORDS of msf_conv2d_s8_body.h

// What all windows of a kernel have in common; as msf_conv2d_window.
struct Shape {
  const KernelShape& p;
  int32_t capacity;  // words of an operand
  int32_t taps;
  int32_t runs;
  int32_t words;   // of a run
  int32_t filter;  // words of one channel

  explicit Shape(const KernelShape& shape)
      : p(shape),
        capacity(kWindowWords),
        taps(shape.dilation_w == 1 ? shape.kernel_w : 1),
        runs(shape.dilation_w == 1 ? 1 : shape.kernel_w),
        words((taps * shape.in_c + 3) / 4),
        filter(shape.kernel_h * runs * words) {}
};

bool IsAligned(int64_t byte) { return byte % 4 == 0; }

// One window, or two.
struct Windows {
  const Shape& shape;
  int32_t left[2];  // input columns where they begin
  int32_t pixels;
  bool inside;  // two without padding at the sides

  Windows(const Shape& s, int32_t first, int32_t other, int32_t count)
      : shape(s), left{first, other}, pixels(count) {
    const KernelShape& p = s.p;
    const int32_t end = p.in_w - (p.kernel_w - 1) * p.dilation_w;
    inside = pixels == 2 && first >= 0 && other >= 0 && first < end &&
             other < end;
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
         : IsAligned(int64_t{column} * p.in_c + k)
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
    ++n.both_runs;
    n.both_tails += whole != words ? 1 : 0;
    for (const int32_t from : left) {
      const int64_t at = int64_t{from + column} * p.in_c + k;
      (IsAligned(at) ? n.both_words : n.both_unaligned_words) += whole;
    }
  }

  // A kernel row, as msf_conv2d_add_row: whether it exists in each window;
  // `collected` are the words that are in the operand. Returns how often that
  // was full.
  int32_t AddRow(const bool exists[2], int32_t& collected,
                 CollectCounts& n) const {
    const KernelShape& p = shape.p;
    int32_t full = 0;
    int32_t column = 0;
    for (int32_t run = 0; run < shape.runs; ++run, column += p.dilation_w) {
      for (int32_t done = 0; done < shape.words;) {
        if (collected == shape.capacity) {
          ++full;
          collected = 0;
        }
        const int32_t words =
            std::min(shape.words - done, shape.capacity - collected);
        if (inside && exists[0] && exists[1]) {
          PutBoth(column, 4 * done, words, n);
        } else {
          for (int32_t i = 0; i < pixels; ++i) {
            PutRun(exists[i], left[i] + column, 4 * done, words, n);
          }
        }
        collected += words;
        done += words;
      }
    }
    return full;
  }

  // All kernel rows of windows whose first input rows are `top`. Returns in
  // how many operands, and the words of the last one.
  std::pair<int32_t, int32_t> AddWindow(const int32_t top[2], int32_t in_rows,
                                        CollectCounts& n) const {
    const KernelShape& p = shape.p;
    int32_t collected = 0;
    int32_t full = 0;
    for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
      bool exists[2];
      for (int32_t i = 0; i < 2; ++i) {
        const int32_t r = top[i] + ky * p.dilation_h;
        exists[i] = r >= 0 && r < in_rows;
      }
      full += AddRow(exists, collected, n);
    }
    return {full + 1, collected};
  }
};

// --- msf_conv2d_s8 ---------------------------------------------------------

struct Conv2dCounts {
  int64_t calls = 0;
  int64_t starts = 0;   // of pixels by twos
  int64_t rows = 0;     // of them
  int64_t pairs = 0;    // of pixels
  int64_t singles = 0;  // pixels by themselves
  int64_t direct_blocks = 0;  // of a pixel that is made where its window lies
  int64_t direct_rows = 0;    // kernel rows of them
  int64_t pair_blocks = 0;  // of channels
  int64_t single_blocks = 0;
  int64_t bias = 0;  // channels
  CollectCounts collect;
  PairCounts pair;
  SingleCounts single;
  int64_t flash_bytes = 0;
};

constexpr const char* kConv2dNames[] = {
    "calls", "starts", "rows", "pairs", "singles", "direct_blocks",
    "direct_rows", "pair_blocks", "single_blocks", "bias",
    MSF_COLLECT_NAMES, MSF_PAIR_NAMES, MSF_SINGLE_NAMES, "flash_bytes"};

// A block of channels of pixels whose windows took `pieces` operands.
void CountBlock(const Windows& windows, const KernelBody& body,
                int32_t channels, std::pair<int32_t, int32_t> pieces,
                Conv2dCounts& n) {
  const Shape& shape = windows.shape;
  const KernelShape& p = shape.p;
  n.bias += channels;
  if (windows.pixels == 1) {
    n.single_blocks += 1;
    for (int32_t left = shape.filter; left > 0; left -= shape.capacity) {
      CountDots(4 * std::min(left, shape.capacity), channels, 1,
                n.single.dots);
    }
    CountFinish(p, channels, 1, n.single.finish);
    return;
  }
  n.pair_blocks += 1;
  if (CodesFit(p, body) && channels % 2 == 0) {
    CountMultiply(channels, shape.filter - pieces.second, pieces.first - 1,
                  n.pair);
    CountCodes(channels, pieces.second, n.pair);
    return;
  }
  CountMultiply(channels, shape.filter, pieces.first, n.pair);
  CountPairFinish(p, body, channels, n.pair, n.single);
}

// All channels of the windows' pixels, as Channels().
void CountPixels(const Windows& windows, const int32_t top[2],
                 const CallRange& call, const KernelBody& body,
                 Conv2dCounts& n) {
  const Shape& shape = windows.shape;
  const KernelShape& p = shape.p;
  CollectCounts collect;
  const auto pieces = windows.AddWindow(top, call.in_rows, collect);
  const bool is_pair = windows.pixels == 2;
  (is_pair ? n.pairs : n.singles) += 1;
  n.flash_bytes += int64_t{4} * shape.filter * p.out_c + ScaleBytes(p, p.out_c);
  const bool fits = shape.filter <= shape.capacity;
  const int32_t blocks = (p.out_c + kPairChannels - 1) / kPairChannels;
  AddTimes(n.collect, collect, fits ? 1 : blocks);
  if (fits && CodesFit(p, body)) {
    const int32_t begun = std::min(p.out_c, kPairChannels);
    if (is_pair) {
      n.bias += begun;
      return CountEndPixels(p, pieces.second, n.pair, n.single);
    }
    if (CountDotEnd(p, body, 4 * shape.filter, n.single)) {
      n.bias += begun;
      return;
    }
  }
  for (int32_t o = 0; o < p.out_c; o += kPairChannels) {
    CountBlock(windows, body, std::min(p.out_c - o, kPairChannels), pieces, n);
  }
  if (is_pair && CodesFit(p, body)) {
    CountClamp(p, p.out_c, n.single);
    CountClamp(p, p.out_c, n.single);
  }
}

// As OneInside().
void CountOneInside(const Shape& shape, const KernelBody& body,
                    Conv2dCounts& n) {
  const KernelShape& p = shape.p;
  const int64_t bytes = int64_t{shape.taps} * p.in_c;
  n.bias += p.out_c;
  n.flash_bytes += int64_t{4} * shape.filter * p.out_c + ScaleBytes(p, p.out_c);
  for (int32_t o = 0; o < p.out_c; o += 2 * kPairChannels) {
    const int32_t channels = std::min(p.out_c - o, 2 * kPairChannels);
    n.direct_blocks += 1;
    n.direct_rows += p.kernel_h;
    CountDots(bytes, channels, p.kernel_h - 1, n.single.dots);
    if (CountDotEndChannels(p, body, bytes, channels, n.single)) continue;
    CountDots(bytes, channels, 1, n.single.dots);
    CountFinish(p, channels, 1, n.single.finish);
  }
}

// As HasMadeLast().
bool LastLiesInside(const KernelShape& p, const CallRange& call,
                    int32_t columns) {
  const int32_t top = (call.step + call.more_rows) * p.stride_h - p.pad_top;
  const int32_t left = (call.x + columns - 1) * p.stride_w - p.pad_left;
  const int32_t last = top + (p.kernel_h - 1) * p.dilation_h;
  return p.dilation_w == 1 && left >= 0 && left + p.kernel_w <= p.in_w &&
         top >= 0 && last < call.in_rows;
}

void CountConv2d(const KernelShape& p, const CallRange& call,
                 const KernelBody& body, FeatureCounts& counts) {
  Conv2dCounts n;
  n.calls = 1;
  const Shape shape(p);
  const int32_t columns = std::min(call.x_end, p.out_w) - call.x;
  const int32_t all = columns * (1 + call.more_rows);
  const bool last = all % 2 != 0 && LastLiesInside(p, call, columns);
  if (last) CountOneInside(shape, body, n);
  if (all > 1 || !last) {
    n.starts = 1;
    n.rows = 1 + call.more_rows;
  }
  ForPairs(p, call, [&](int32_t r, int32_t x, int32_t other_r, int32_t other_x,
                        int32_t pixels) {
    if (pixels == 1 && last) return;
    const int32_t top[2] = {r * p.stride_h - p.pad_top,
                            other_r * p.stride_h - p.pad_top};
    CountPixels(Windows(shape, x * p.stride_w - p.pad_left,
                        other_x * p.stride_w - p.pad_left, pixels),
                top, call, body, n);
  });
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
  const bool exists[2] = {row_exists, row_exists};
  window.AddRow(exists, collected, n.collect);
  n.kernel_rows += 1;
  const int32_t words = shape.runs * shape.words;
  for (int32_t left = words; left > 0; left -= shape.capacity) {
    CountDots(4 * std::min(left, shape.capacity), shape.p.out_c, 1, n.dots);
  }
  n.flash_bytes += int64_t{4} * words * shape.p.out_c;
}

void CountConv2dAcc(const KernelShape& p, const CallRange& call,
                    const KernelBody&, FeatureCounts& counts) {
  Conv2dAccCounts n;
  n.calls = 1;
  const Shape shape(p);
  const msf_taps inside = RowsInside(p, 0, call.in_rows);
  const int32_t ky =
      msf_tap_at(-p.pad_top, p.kernel_h, p.dilation_h, call.step);
  for (int32_t x = 0; x < p.out_w; ++x) {
    const Windows window(shape, x * p.stride_w - p.pad_left, 0, 1);
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

}  // namespace

std::vector<CostedKernel> ConvolutionFeatures() {
  return {{"msf_conv2d_s8", {Names<Conv2dCounts>(kConv2dNames), &CountConv2d}, &ClassByRowsInside},
          {"msf_conv2d_acc_s8", {Names<Conv2dAccCounts>(kConv2dAccNames), &CountConv2dAcc}, &ClassOfAccumulation}};
}

}  // namespace msf
