// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// 1x1 convolutions and dense layers on Helium. The loops are those of
// isa/helium/msf_conv2d_1x1_row_body.h and its neighbours.
#include "cost/helium_counts.h"

namespace msf {
namespace {

constexpr int32_t kSlots = 3;  // pixels at a time

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
  return {{"msf_conv2d_1x1_s8", {Names<PointCounts>(kPointNames), &Count1x1}},
          {"msf_conv2d_part_s8", {sums.names, &CountPart}},
          {"msf_fully_connected_s8", {sums.names, &CountDense}},
          {"msf_fully_connected_acc_s8", {sums.names, &CountDenseAcc}}};
}

}  // namespace msf
