// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Convolutions and dense layers on Helium. The loops are those of
// isa/helium/msf_conv2d_row_body.h and its neighbours.
#include "cost/helium_counts.h"

namespace msf {
namespace {

constexpr int32_t kSlots = 3;          // MSF_SLOTS: pixels at a time
constexpr int32_t kPieceBytes = 48;    // MSF_PIECE_BYTES
constexpr int32_t kPieceChannels = 16; // MSF_PIECE_CHANNELS
constexpr int32_t kSlotBytes = 96;     // of windows that are made at once

// Products and codes in one: msf_operand_codes.
struct JobCounts {
  int64_t jobs = 0;
  int64_t job_quads = 0;
  int64_t job_turns = 0;
};
#define MSF_JOB_NAMES "jobs", "job_quads", "job_turns"

void CountEndAll(const KernelShape& p, int64_t bytes, JobCounts& n) {
  const int64_t quads = p.out_c / 4 + (p.out_c % 4 != 0 ? 1 : 0);
  n.jobs += p.out_c % 4 != 0 ? 2 : 1;
  n.job_quads += quads;
  n.job_turns += quads * 2 * DivideUp(bytes, 16);
}

bool HasCodes(const KernelShape& p) {
  return p.simple_scales != 0 && p.scale_step != 0 && p.out_c >= 4;
}

struct ConvCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t groups = 0;  // of pixels
  int64_t collects = 0;
  int64_t runs = 0;
  int64_t copies = 0;  // of a run in all windows
  int64_t copy_turns = 0;
  int64_t single_copies = 0;  // of a run in one window
  int64_t single_copy_turns = 0;
  int64_t fills = 0;
  int64_t fill_turns = 0;
  int64_t edges = 0;
  int64_t edge_turns = 0;
  JobCounts job;
  int64_t blocks = 0;
  int64_t start_turns = 0;
  int64_t multiplies = 0;
  int64_t pairs = 0;
  int64_t pair_turns = 0;
  int64_t odds = 0;
  int64_t finishes_of_three = 0;
  int64_t finish_three_turns = 0;
  VectorDotCounts dots;
  VectorFinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kConvNames[] = {
    "calls",  "rows",      "groups",      "collects",  "runs",
    "copies", "copy_turns", "single_copies", "single_copy_turns", "fills",
    "fill_turns", "edges", "edge_turns",  MSF_JOB_NAMES, "blocks",
    "start_turns", "multiplies", "pairs", "pair_turns", "odds",
    "finishes_of_three", "finish_three_turns", MSF_VECTOR_DOT_NAMES,
    MSF_VECTOR_FINISH_NAMES, "flash_bytes"};

// Up to three pixels of a row; as msf_conv2d_row.
struct Group {
  const KernelShape& p;
  int32_t in_rows;
  int32_t taps;
  int32_t runs;
  int32_t run_bytes;
  int32_t top;
  int32_t left = 0;
  int32_t pixels = 0;
  bool inside = false;

  Group(const KernelShape& shape, const CallRange& call, int32_t y)
      : p(shape),
        in_rows(call.in_rows),
        taps(p.dilation_w == 1 ? p.kernel_w : 1),
        runs(p.dilation_w == 1 ? 1 : p.kernel_w),
        run_bytes((taps * p.in_c + 3) / 4 * 4),
        top(y * p.stride_h - p.pad_top) {}

  int32_t filter() const { return p.kernel_h * runs * run_bytes; }

  void To(int32_t x, int32_t x_end) {
    pixels = std::min(x_end - x, kSlots);
    left = x * p.stride_w - p.pad_left;
    const int32_t span = (p.kernel_w - 1) * p.dilation_w;
    inside = left >= 0 && left + (pixels - 1) * p.stride_w + span < p.in_w;
  }

  // Bytes [at, at + bytes) of a run, as msf_operand_put.
  void Put(bool row_exists, int32_t column, int32_t at, int32_t bytes,
           ConvCounts& n) const {
    bytes = std::min(bytes, taps * p.in_c - at);
    const int64_t turns = DivideUp(std::max(bytes, 0), 16);
    n.runs += 1;
    if (inside && row_exists) {
      n.copies += 1;
      n.copy_turns += turns;
      return;
    }
    for (int32_t j = 0; j < pixels; ++j, column += p.stride_w) {
      if (!row_exists) {
        n.fills += 1;
        n.fill_turns += turns;
      } else if (column >= 0 && column + taps <= p.in_w) {
        n.single_copies += 1;
        n.single_copy_turns += turns;
      } else {
        n.edges += 1;
        n.edge_turns += turns;
      }
    }
  }

  // All runs in pieces of `room` bytes; `piece` is told how large each is.
  template <typename Piece>
  void Collect(int32_t room, ConvCounts& n, const Piece& piece) const {
    int32_t collected = 0;
    for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
      const int32_t y = top + ky * p.dilation_h;
      const bool exists = y >= 0 && y < in_rows;
      for (int32_t run = 0; run < runs; ++run) {
        for (int32_t at = 0; at < run_bytes;) {
          const int32_t bytes = std::min(run_bytes - at, room - collected);
          Put(exists, left + run * p.dilation_w, at, bytes, n);
          collected += bytes;
          at += bytes;
          if (collected < room) continue;
          piece(collected);
          collected = 0;
        }
      }
    }
    if (collected > 0) piece(collected);
  }
};

// As msf_operand_by_blocks.
void CountBlocks(const Group& group, ConvCounts& n) {
  const KernelShape& p = group.p;
  for (int32_t o = 0; o < p.out_c; o += kPieceChannels) {
    const int32_t channels = std::min(p.out_c - o, kPieceChannels);
    n.blocks += 1;
    n.start_turns += DivideUp(channels, 4);
    group.Collect(kPieceBytes, n, [&](int32_t bytes) {
      n.collects += 1;
      if (group.pixels == 1) return CountVectorDots(bytes, channels, 1, n.dots);
      const int64_t turns = DivideUp(bytes, 16);
      n.multiplies += channels / 2 > 0 ? 1 : 0;
      n.pairs += (channels + 1) / 2;
      n.pair_turns += turns * ((channels + 1) / 2);
      n.odds += channels % 2;
    });
    if (group.pixels == kSlots && p.simple_scales && p.scale_step != 0) {
      n.finishes_of_three += 1;
      n.finish_three_turns += DivideUp(channels, 4);
    } else {
      CountVectorFinish(p, channels, group.pixels, n.finish);
    }
  }
}

void CountConv(const KernelShape& p, const CallRange& call, bool at_once,
               FeatureCounts& counts) {
  ConvCounts n;
  n.calls = 1;
  n.rows = 1 + call.more_rows;
  const int32_t x_end = std::min(call.x_end, p.out_w);
  for (int32_t y = call.step; y <= call.step + call.more_rows; ++y) {
    Group group(p, call, y);
    for (int32_t x = call.x; x < x_end; x += group.pixels) {
      group.To(x, x_end);
      n.groups += 1;
      n.flash_bytes += int64_t{group.filter()} * p.out_c +
                       ScaleBytes(p, p.out_c);
      if (!at_once) {
        CountBlocks(group, n);
        continue;
      }
      group.Collect(1 << 20, n, [&](int32_t) { n.collects += 1; });
      CountEndAll(p, group.filter(), n.job);
    }
  }
  AddTo(counts, n);
}

void CountConv2d(const KernelShape& p, const CallRange& call,
                 const KernelBody&, FeatureCounts& counts) {
  const Group group(p, call, 0);
  CountConv(p, call, HasCodes(p) && group.filter() <= kSlotBytes, counts);
}

void CountSmall(const KernelShape& p, const CallRange& call, const KernelBody&,
                FeatureCounts& counts) {
  CountConv(p, call, true, counts);
}

// --- 1x1 -------------------------------------------------------------------

struct PointCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t groups = 0;
  JobCounts job;
  int64_t singles = 0;
  int64_t blocks = 0;
  int64_t bias_turns = 0;
  VectorDotCounts dots;
  VectorFinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kPointNames[] = {
    "calls",  "rows",    "groups", MSF_JOB_NAMES, "singles",
    "blocks", "bias_turns", MSF_VECTOR_DOT_NAMES, MSF_VECTOR_FINISH_NAMES,
    "flash_bytes"};

void CountPoint(const KernelShape& p, PointCounts& n) {
  n.singles += 1;
  for (int32_t o = 0; o < p.out_c; o += 16) {
    const int32_t channels = std::min(p.out_c - o, 16);
    n.blocks += 1;
    n.bias_turns += DivideUp(channels, 4);
    CountVectorDots(p.in_c, channels, 1, n.dots);
    CountVectorFinish(p, channels, 1, n.finish);
  }
}

void Count1x1(const KernelShape& p, const CallRange& call, const KernelBody&,
              FeatureCounts& counts) {
  PointCounts row;
  const int32_t x_end = std::min(call.x_end, p.out_w);
  const int32_t most = HasCodes(p) ? kSlots : 1;
  for (int32_t x = call.x; x < x_end; x += most) {
    row.flash_bytes += int64_t{p.in_c} * p.out_c + ScaleBytes(p, p.out_c);
    if (std::min(x_end - x, most) == 1) {
      CountPoint(p, row);
      continue;
    }
    row.groups += 1;
    CountEndAll(p, p.in_c, row.job);
  }
  PointCounts n;
  n.calls = 1;
  n.rows = 1 + call.more_rows;
  AddTimes(n, row, 1 + call.more_rows);
  AddTo(counts, n);
}

// --- Sums in memory --------------------------------------------------------

struct SumCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t pixels = 0;
  int64_t blocks = 0;
  int64_t bias = 0;
  VectorDotCounts dots;
  VectorFinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kSumNames[] = {
    "calls",  "rows", "pixels", "blocks", "bias", MSF_VECTOR_DOT_NAMES,
    MSF_VECTOR_FINISH_NAMES, "flash_bytes"};

void CountPart(const KernelShape& p, const CallRange& call, const KernelBody&,
               FeatureCounts& counts) {
  SumCounts n;
  n.calls = 1;
  n.rows = 1 + call.more_rows;
  n.pixels = n.rows * (std::min(call.x_end, p.out_w) - call.x);
  if (p.has_bias) n.bias = n.pixels * p.out_c;
  CountVectorDots(p.in_c, p.out_c, n.pixels, n.dots);
  if (p.finish) CountVectorFinish(p, p.out_c, n.pixels, n.finish);
  n.flash_bytes = n.pixels * (int64_t{p.in_c} * p.out_c +
                              (p.finish ? ScaleBytes(p, p.out_c) : 0));
  AddTo(counts, n);
}

void CountDense(const KernelShape& p, const CallRange&, const KernelBody&,
                FeatureCounts& counts) {
  SumCounts n;
  n.calls = 1;
  n.rows = 1;
  n.pixels = p.batches;
  n.bias = int64_t{p.batches} * p.units;
  for (int32_t o = 0; o < p.units; o += 16) {
    const int32_t units = std::min(p.units - o, 16);
    n.blocks += p.batches;
    CountVectorDots(p.depth, units, p.batches, n.dots);
    CountVectorFinish(p, units, p.batches, n.finish);
  }
  n.flash_bytes =
      p.batches * (int64_t{p.depth} * p.units + ScaleBytes(p, p.units));
  AddTo(counts, n);
}

void CountDenseAcc(const KernelShape& p, const CallRange& call,
                   const KernelBody&, FeatureCounts& counts) {
  SumCounts n;
  n.calls = 1;
  n.rows = 1;
  if (call.step == 0) n.bias = p.units;
  CountVectorDots(call.in_row_bytes, p.units, 1, n.dots);
  n.flash_bytes = int64_t{call.in_row_bytes} * p.units;
  if (call.step + 1 == call.in_rows) {
    CountVectorFinish(p, p.units, 1, n.finish);
    n.flash_bytes += ScaleBytes(p, p.units);
  }
  AddTo(counts, n);
}

}  // namespace

std::vector<HeliumSet> HeliumConvolutions() {
  const FeatureSet sums = {Names<SumCounts>(kSumNames), nullptr};
  const auto conv = Names<ConvCounts>(kConvNames);
  return {{"msf_conv2d_s8", {conv, &CountConv2d}},
          {"msf_conv2d_small_s8", {conv, &CountSmall}},
          {"msf_conv2d_1x1_s8", {Names<PointCounts>(kPointNames), &Count1x1}},
          {"msf_conv2d_part_s8", {sums.names, &CountPart}},
          {"msf_fully_connected_s8", {sums.names, &CountDense}},
          {"msf_fully_connected_acc_s8", {sums.names, &CountDenseAcc}}};
}

}  // namespace msf
