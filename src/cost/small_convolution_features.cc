// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Convolutions with small windows. The loops are those of
// kernels/msf_conv2d_small_s8.cpp.
#include "cost/convolution_counts.h"

namespace msf {
namespace {

// Windows that are copied to where they lie behind each other.
struct SmallCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t pairs = 0;
  int64_t singles = 0;
  int64_t direct = 0;        // pairs that go to the operand from where they are
  int64_t direct_rows = 0;   // kernel rows of them
  int64_t direct_below = 0;  // of pixels of two rows
  int64_t direct_ends = 0;   // with bytes behind the last word
  int64_t windows = 0;       // the others
  int64_t window_rows = 0;   // all kernel rows
  int64_t edge_windows = 0;
  int64_t filled_rows = 0;
  int64_t filled_words = 0;
  int64_t copied_rows = 0;
  int64_t copied_words = 0;
  int64_t copied_bytes = 0;  // behind the last word
  int64_t operand_words = 0;
  int64_t bias = 0;
  PairCounts pair;
  SingleCounts single;
  int64_t flash_bytes = 0;
};

constexpr const char* kSmallNames[] = {
    "calls",        "rows",         "pairs",        "singles",
    "direct",       "direct_rows",  "direct_below", "direct_ends",
    "windows",      "window_rows",  "edge_windows", "filled_rows",
    "filled_words", "copied_rows",  "copied_words", "copied_bytes",
    "operand_words", "bias",        MSF_PAIR_NAMES, MSF_SINGLE_NAMES,
    "flash_bytes"};

// As PutWindow().
void CountPutWindow(const KernelShape& p, const CallRange& call, int32_t r,
                    int32_t x, SmallCounts& n) {
  const int32_t left = x * p.stride_w - p.pad_left;
  const bool whole = left >= 0 && left + p.kernel_w <= p.in_w;
  const msf_taps taps = msf_taps_inside(left, p.kernel_w, 1, p.in_w);
  const int32_t inside = (taps.last - taps.first) * p.in_c;
  n.windows += 1;
  n.edge_windows += whole ? 0 : 1;
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    const int32_t row = r * p.stride_h - p.pad_top + ky * p.dilation_h;
    const bool exists = row >= 0 && row < call.in_rows;
    n.window_rows += 1;
    if (!whole || !exists) {
      n.filled_rows += 1;
      n.filled_words += (p.kernel_w * p.in_c + 3) / 4;
    } else if (p.kernel_w * p.in_c % 4 != 0) {
      n.filled_rows += 1;
      n.filled_words += 1;
    }
    if (exists) {
      n.copied_rows += 1;
      n.copied_words += inside / 4;
      n.copied_bytes += inside % 4;
    }
  }
}

bool LiesInside(const KernelShape& p, const CallRange& call, int32_t r,
                int32_t x) {
  const int32_t top = r * p.stride_h - p.pad_top;
  const int32_t left = x * p.stride_w - p.pad_left;
  return p.kernel_w * p.in_c >= 4 && left >= 0 && left + p.kernel_w <= p.in_w &&
         top >= 0 && top + (p.kernel_h - 1) * p.dilation_h < call.in_rows;
}

// As PutInside().
void CountPutInside(const KernelShape& p, bool below, SmallCounts& n) {
  n.direct += 1;
  n.direct_rows += p.kernel_h;
  if (below) n.direct_below += p.kernel_h;
  if (p.kernel_w * p.in_c % 4 != 0) n.direct_ends += p.kernel_h;
  n.operand_words += int64_t{p.kernel_h} * (p.kernel_w * p.in_c / 4);
}

void CountSmall(const KernelShape& p, const CallRange& call,
                const KernelBody& body, FeatureCounts& counts) {
  SmallCounts n;
  n.calls = 1;
  n.rows = 1 + call.more_rows;
  const int64_t words =
      int64_t{p.kernel_h} * ((p.kernel_w * p.in_c + 3) / 4);
  ForPairs(p, call, [&](int32_t r, int32_t x, int32_t other_r, int32_t other_x,
                        int32_t pixels) {
    if (pixels == 2 && LiesInside(p, call, r, x) &&
        LiesInside(p, call, other_r, other_x)) {
      CountPutInside(p, other_r != r, n);
    } else {
      CountPutWindow(p, call, r, x, n);
      if (pixels == 2) {
        CountPutWindow(p, call, other_r, other_x, n);
        n.operand_words += words;
      }
    }
    (pixels == 2 ? n.pairs : n.singles) += 1;
    n.flash_bytes += 4 * words * p.out_c + ScaleBytes(p, p.out_c);
    if (body.pair_codes) {
      if (pixels == 1) {
        CountDotEnd(p, body, 4 * words, n.single);
        return;
      }
      CountEndPixels(p, words, n.pair, n.single);
      return;
    }
    for (int32_t o = 0; o < p.out_c; o += kPairChannels) {
      const int32_t channels = std::min(p.out_c - o, kPairChannels);
      n.bias += channels;
      if (pixels == 2) {
        CountMultiply(channels, words, 1, n.pair);
        CountPairFinish(p, body, channels, n.pair, n.single);
      } else {
        CountDots(4 * words, channels, 1, n.single.dots);
        CountFinish(p, channels, 1, n.single.finish);
      }
    }
  });
  AddTo(counts, n);
}

}  // namespace

std::vector<CostedKernel> SmallConvolutionFeatures() {
  return {{"msf_conv2d_small_s8",
           {Names<SmallCounts>(kSmallNames), &CountSmall},
           &ClassByRowsInside}};
}

}  // namespace msf
