// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// 1x1 convolutions and dense layers. The loops are those of
// kernels/msf_conv2d_1x1_s8.cpp and kernels/msf_conv2d_part_s8.cpp.
#include "cost/convolution_counts.h"

namespace msf {
namespace {

struct PointwiseCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t pairs = 0;    // of pixels
  int64_t singles = 0;  // pixels by themselves
  int64_t pair_blocks = 0;  // of channels
  int64_t single_blocks = 0;
  int64_t bias = 0;      // channels
  int64_t operands = 0;  // that are filled
  int64_t operand_words = 0;
  int64_t unaligned_words = 0;
  int64_t tails = 0;  // words that are filled up with zeros
  PairCounts pair;
  SingleCounts single;
  int64_t flash_bytes = 0;
};

constexpr const char* kPointwiseNames[] = {
    "calls",         "rows",  "pairs",    "singles",       "pair_blocks",
    "single_blocks", "bias",  "operands", "operand_words", "unaligned_words",
    "tails",         MSF_PAIR_NAMES, MSF_SINGLE_NAMES, "flash_bytes"};

// All channels of two pixels in operands, `times` over; pixels lie `step` bytes
// apart, the first one at `at`.
void CountOperands(const KernelShape& p, int64_t capacity, int64_t at,
                   int64_t times, PointwiseCounts& n) {
  const int64_t words = (p.in_c + 3) / 4;
  n.operands += times * ((words + capacity - 1) / capacity);
  const bool aligned = at % 4 == 0 && p.in_c * p.stride_w % 4 == 0;
  (aligned ? n.operand_words : n.unaligned_words) += times * (p.in_c / 4);
  if (p.in_c % 4 != 0) n.tails += times;
}

// As ByBlocks() and AllChannels().
void CountTwoPixels(const KernelShape& p, const KernelBody& body, int64_t at,
                    PointwiseCounts& n) {
  const int64_t words = (p.in_c + 3) / 4;
  n.pairs += 1;
  const bool fits = words <= body.pair_words;
  if (fits && CodesFit(p, body)) {
    CountOperands(p, body.pair_words, at, 1, n);
    return CountEndPixels(p, words, n.pair, n.single);
  }
  const int64_t blocks = (p.out_c + kPairChannels - 1) / kPairChannels;
  CountOperands(p, body.pair_words, at, fits ? 1 : blocks, n);
  n.pair_blocks += blocks;
  n.bias += p.out_c;
  const int64_t pieces = (words + body.pair_words - 1) / body.pair_words;
  const int64_t last = words - (pieces - 1) * body.pair_words;
  for (int32_t o = 0; o < p.out_c; o += kPairChannels) {
    const int32_t channels = std::min(p.out_c - o, kPairChannels);
    if (CodesFit(p, body) && channels % 2 == 0) {
      CountMultiply(channels, words - last, pieces - 1, n.pair);
      CountCodes(channels, last, n.pair);
      continue;
    }
    CountMultiply(channels, words, pieces, n.pair);
    CountPairFinish(p, body, channels, n.pair, n.single);
  }
  if (!CodesFit(p, body)) return;
  CountClamp(p, p.out_c, n.single);
  CountClamp(p, p.out_c, n.single);
}

void CountOnePixel(const KernelShape& p, const KernelBody& body,
                   PointwiseCounts& n) {
  n.singles += 1;
  if (CountDotEnd(p, body, p.in_c, n.single)) return;
  for (int32_t o = 0; o < p.out_c; o += kPairChannels) {
    const int32_t channels = std::min(p.out_c - o, kPairChannels);
    n.single_blocks += 1;
    n.bias += channels;
    CountDots(p.in_c, channels, 1, n.single.dots);
    CountFinish(p, channels, 1, n.single.finish);
  }
}

void Count1x1(const KernelShape& p, const CallRange& call,
              const KernelBody& body, FeatureCounts& counts) {
  PointwiseCounts n;
  n.calls = 1;
  n.rows = 1 + call.more_rows;
  ForPairs(p, call,
           [&](int32_t, int32_t x, int32_t, int32_t, int32_t pixels) {
             n.flash_bytes += int64_t{(p.in_c + 3) / 4 * 4} * p.out_c +
                              ScaleBytes(p, p.out_c);
             if (pixels == 1) return CountOnePixel(p, body, n);
             CountTwoPixels(p, body, int64_t{x} * p.stride_w * p.in_c, n);
           });
  AddTo(counts, n);
}

// --- msf_conv2d_part_s8 ----------------------------------------------------

struct PartCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t pairs = 0;
  int64_t singles = 0;
  int64_t bias = 0;
  int64_t operand_words = 0;
  int64_t tails = 0;
  int64_t sums = 0;  // msf_sum_rows: products into sums
  int64_t sum_twos = 0;
  int64_t sum_words = 0;
  PairCounts pair;
  SingleCounts single;
  int64_t flash_bytes = 0;
};

constexpr const char* kPartNames[] = {
    "calls", "rows", "pairs", "singles", "bias", "operand_words", "tails",
    "sums", "sum_twos", "sum_words", MSF_PAIR_NAMES, MSF_SINGLE_NAMES,
    "flash_bytes"};

void CountPartPair(const KernelShape& p, PartCounts& n) {
  const int64_t words = (p.in_c + 3) / 4;
  n.pairs += 1;
  n.operand_words += p.in_c / 4;
  n.tails += p.in_c % 4 != 0 ? 1 : 0;
  if (p.finish == 0) {
    n.sums += 1;
    n.sum_twos += p.out_c / 2;
    n.sum_words += p.out_c / 2 * words;
    return;
  }
  CountCodes(p.out_c, words, n.pair);
  CountClamp(p, p.out_c, n.single);
  CountClamp(p, p.out_c, n.single);
}

void CountPart(const KernelShape& p, const CallRange& call,
               const KernelBody& body, FeatureCounts& counts) {
  PartCounts n;
  n.calls = 1;
  n.rows = 1 + call.more_rows;
  const int64_t columns = std::min(call.x_end, p.out_w) - call.x;
  const bool has_pairs = CodesFit(p, body) && p.out_c % 2 == 0 &&
                         p.in_c <= 4 * body.pair_words;
  // One column pairs with that of the row below.
  const bool by_rows = call.more_rows > 0 && columns == 1;
  const int64_t pairs = !has_pairs ? 0
                        : by_rows  ? n.rows / 2
                                   : n.rows * (columns / 2);
  const int64_t singles = n.rows * columns - 2 * pairs;
  PartCounts pair;
  CountPartPair(p, pair);
  AddTimes(n, pair, pairs);
  n.singles += singles;
  if (p.has_bias) n.bias = singles * p.out_c;
  CountDots(p.in_c, p.out_c, singles, n.single.dots);
  if (p.finish) CountFinish(p, p.out_c, singles, n.single.finish);
  n.flash_bytes = (pairs + singles) *
                  (int64_t{(p.in_c + 3) / 4 * 4} * p.out_c +
                   (p.finish ? ScaleBytes(p, p.out_c) : 0));
  AddTo(counts, n);
}

// --- Dense layers ----------------------------------------------------------

struct DenseCounts {
  int64_t calls = 0;
  int64_t vectors = 0;
  int64_t blocks = 0;
  int64_t bias = 0;
  DotCounts dots;
  FinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kDenseNames[] = {
    "calls",       "vectors",        "blocks",     "bias",
    MSF_DOT_NAMES, MSF_FINISH_NAMES, "flash_bytes"};

void CountDense(const KernelShape& p, const CallRange&, const KernelBody&,
                FeatureCounts& counts) {
  DenseCounts n;
  n.calls = 1;
  n.vectors = p.batches;
  n.bias = int64_t{p.batches} * p.units;
  for (int32_t o = 0; o < p.units; o += 16) {  // units at once
    const int32_t units = std::min(p.units - o, 16);
    n.blocks += p.batches;
    CountDots(p.depth, units, p.batches, n.dots);
    CountFinish(p, units, p.batches, n.finish);
  }
  n.flash_bytes =
      p.batches * (int64_t{p.depth} * p.units + ScaleBytes(p, p.units));
  AddTo(counts, n);
}

int32_t ClassOfEnds(const KernelShape&, const CallRange& call) {
  return (call.step == 0 ? 1 : 0) + (call.step + 1 == call.in_rows ? 2 : 0);
}

void CountDenseAcc(const KernelShape& p, const CallRange& call,
                   const KernelBody&, FeatureCounts& counts) {
  DenseCounts n;
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

std::vector<CostedKernel> PointwiseFeatures() {
  const auto dense = Names<DenseCounts>(kDenseNames);
  return {{"msf_conv2d_1x1_s8", {Names<PointwiseCounts>(kPointwiseNames), &Count1x1}, nullptr},
          {"msf_conv2d_part_s8", {Names<PartCounts>(kPartNames), &CountPart}, nullptr},
          {"msf_fully_connected_s8", {dense, &CountDense}, nullptr},
          {"msf_fully_connected_acc_s8", {dense, &CountDenseAcc}, &ClassOfEnds}};
}

}  // namespace msf
