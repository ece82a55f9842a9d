// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Windows that Helium multiplies where they lie; the loops are those of
// isa/helium/msf_conv2d_runs.h and isa/helium/msf_run_codes.h.
#pragma once

#include "cost/helium_counts.h"

namespace msf {

inline constexpr int32_t kMostRuns = 9;       // MSF_RUNS
inline constexpr int32_t kPaddingBytes = 64;  // MSF_PADDING_BYTES

struct RunCounts {
  int64_t whole_lists = 0;
  int64_t cut_lists = 0;
  int64_t cut_list_runs = 0;
  // msf_run_codes_*: groups of three pixels, of two, of one.
  int64_t run_jobs = 0;
  int64_t three_quads = 0;
  int64_t three_runs = 0;
  int64_t three_turns = 0;
  int64_t two_quads = 0;
  int64_t two_runs = 0;
  int64_t two_turns = 0;
  int64_t one_quads = 0;
  int64_t one_runs = 0;
  int64_t one_turns = 0;
  int64_t apart_runs = 0;  // of three or two: those that are not dense
  int64_t apart_one_runs = 0;
};
#define MSF_RUN_NAMES                                                         \
  "whole_lists", "cut_lists", "cut_list_runs", "run_jobs", "three_quads", "three_runs", "three_turns", "two_quads",        \
      "two_runs", "two_turns", "one_quads", "one_runs", "one_turns",          \
      "apart_runs", "apart_one_runs"

// The runs of a group of pixels, as msf_run_list.
struct RunList {
  const KernelShape& p;
  uint32_t cut_at = 0;
  int32_t count = 0;  // of a kernel row
  int64_t turns = 0;

  explicit RunList(const KernelShape& shape) : p(shape) {}

  // As msf_list_whole_runs.
  void Whole(RunCounts& n) {
    if (cut_at == 0 && count != 0) return;
    n.whole_lists += 1;
    cut_at = 0;
    count = 1;
    turns = DivideUp(p.kernel_w * p.in_c, 16);
  }

  // As msf_list_cut_runs.
  bool Cut(uint32_t at, RunCounts& n) {
    if (at == cut_at && count != 0) return true;
    n.cut_lists += 1;
    cut_at = at;
    count = 0;
    turns = 0;
    int32_t cuts = 0;
    int32_t end = 0;
    for (int32_t tap = 0; tap < p.kernel_w; tap = end) {
      for (end = tap + 1; end < p.kernel_w && (at >> end & 1) == 0;) ++end;
      const int32_t bytes = (end - tap) * p.in_c;
      cuts += static_cast<int32_t>(DivideUp(bytes, kPaddingBytes));
      turns += DivideUp(bytes, 16);
      if (cuts > kMostRuns) return false;
    }
    if (cuts * p.kernel_h > kMostRuns) return false;
    n.cut_list_runs += cuts * p.kernel_h;
    count = cuts;
    return true;
  }

  // As msf_end_runs.
  void End(int32_t pixels, RunCounts& n) const {
    const int64_t quads = QuadsOf(p);
    const int64_t runs = int64_t{count} * p.kernel_h;
    const int64_t all = turns * p.kernel_h;
    n.run_jobs += p.out_c % 4 != 0 ? 2 : 1;
    if (pixels == 1) {
      n.one_quads += quads;
      n.one_runs += quads * runs;
      n.one_turns += quads * all;
      if (p.in_c % 16 != 0) n.apart_one_runs += quads * runs;
      return;
    }
    (pixels == 2 ? n.two_quads : n.three_quads) += quads;
    (pixels == 2 ? n.two_runs : n.three_runs) += 2 * quads * runs;
    (pixels == 2 ? n.two_turns : n.three_turns) += 2 * quads * all;
    if (p.in_c % 16 != 0) n.apart_runs += 2 * quads * runs;
  }
};

}  // namespace msf
