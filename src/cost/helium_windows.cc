// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Convolutions with windows on Helium. The loops are those of
// isa/helium/msf_conv2d_row_body.h and of what it includes.
#include "cost/helium_counts.h"
#include "cost/helium_runs.h"

namespace msf {
namespace {

constexpr int32_t kSlots = 3;           // MSF_SLOTS: pixels at a time
constexpr int32_t kPieceBytes = 48;     // MSF_PIECE_BYTES
constexpr int32_t kPieceChannels = 16;  // MSF_PIECE_CHANNELS
constexpr int32_t kSlotBytes = 96;      // of windows that are made at once

struct ConvCounts {
  int64_t calls = 0;
  int64_t pixels = 0;
  int64_t groups = 0;  // of pixels
  int64_t finds = 0;   // msf_find_rows
  int64_t found_rows = 0;
  // By runs.
  int64_t starts = 0;
  int64_t whole_rows = 0;  // runs of a pixel
  int64_t cut_groups = 0;
  int64_t cut_pixels = 0;
  int64_t cut_runs = 0;  // of a pixel
  RunCounts by_runs;
  // At once.
  int64_t row_copies = 0;
  int64_t row_copy_turns = 0;
  JobCounts job;
  // In pieces; windows that edges cut also at once.
  int64_t windows = 0;
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
    "calls", "pixels", "groups", "finds", "found_rows", "starts", "whole_rows",
    "cut_groups", "cut_pixels", "cut_runs", MSF_RUN_NAMES, "row_copies", "row_copy_turns",
    MSF_JOB_NAMES, "windows", "collects", "runs", "copies", "copy_turns",
    "single_copies", "single_copy_turns", "fills", "fill_turns", "edges",
    "edge_turns", "blocks", "start_turns", "multiplies", "pairs", "pair_turns",
    "odds", "finishes_of_three", "finish_three_turns", MSF_VECTOR_DOT_NAMES,
    MSF_VECTOR_FINISH_NAMES, "flash_bytes"};

// Pixels of a row whose windows are collected; as msf_conv2d_row.
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
  n.windows += 1;
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

// As msf_pixel_walk.
struct Walk {
  const KernelShape& p;
  const CallRange& call;
  ConvCounts& n;
  int32_t x_end;
  int32_t end_row;
  int32_t r;
  int32_t x;
  bool exist = false;

  Walk(const KernelShape& shape, const CallRange& of, ConvCounts& counts)
      : p(shape),
        call(of),
        n(counts),
        x_end(std::min(of.x_end, shape.out_w)),
        end_row(of.step + of.more_rows + 1),
        r(of.step),
        x(of.x) {}

  void CountFind() const {
    n.finds += 1;
    n.found_rows += p.kernel_h;
  }

  void FindRows() {
    exist = p.dilation_w == 1;
    if (!exist) return;
    CountFind();
    const int32_t top = r * p.stride_h - p.pad_top;
    exist =
        top >= 0 && top + (p.kernel_h - 1) * p.dilation_h < call.in_rows;
  }

  bool IsBehind() const { return r >= end_row || call.x >= x_end; }

  bool IsWhole() const {
    const int32_t left = x * p.stride_w - p.pad_left;
    return exist && left >= 0 && left <= p.in_w - p.kernel_w;
  }

  // To the next pixel, and whether it is one of another row.
  bool Advance() {
    if (++x < x_end) return false;
    x = call.x;
    ++r;
    return true;
  }

  void Next() {
    if (Advance() && r != end_row) FindRows();
  }
};

// As msf_conv2d_at_once.
void CountAtOnce(Walk walk, ConvCounts& n) {
  const KernelShape& p = walk.p;
  const Group any(p, walk.call, 0);
  walk.FindRows();
  for (int32_t slot = 0; !walk.IsBehind(); walk.Next()) {
    n.pixels += 1;
    if (slot == 0) {
      n.groups += 1;
      CountEndAll(p, any.filter(), n.job);
      n.flash_bytes +=
          int64_t{any.filter()} * p.out_c + ScaleBytes(p, p.out_c);
    }
    slot = (slot + 1) % kSlots;
    if (walk.IsWhole()) {
      n.row_copies += p.kernel_h;
      n.row_copy_turns += p.kernel_h * DivideUp(p.kernel_w * p.in_c, 16);
      continue;
    }
    Group window(p, walk.call, walk.r);
    window.left = walk.x * p.stride_w - p.pad_left;
    window.pixels = 1;
    window.Collect(1 << 20, n, [&](int32_t) { n.collects += 1; });
  }
}

// As msf_cuts_of.
uint32_t CutsOf(Walk walk, int32_t pixels) {
  const KernelShape& p = walk.p;
  if (p.dilation_w != 1) return ~0u;
  uint32_t cut_at = 1;
  for (; pixels > 0; --pixels) {
    const int32_t first = p.pad_left - walk.x * p.stride_w;
    const int32_t last = first + p.in_w;
    if (first > 0 && first < p.kernel_w) cut_at |= 1u << first;
    if (last > 0 && last < p.kernel_w) cut_at |= 1u << last;
    walk.Advance();
  }
  return cut_at;
}

// As msf_cut_pixels.
bool CountCut(Walk walk, int32_t pixels, RunList& list, ConvCounts& n) {
  n.cut_groups += 1;
  n.cut_pixels += pixels;
  if (!list.Cut(CutsOf(walk, pixels), n.by_runs)) return false;
  n.cut_runs += int64_t{pixels} * list.count * walk.p.kernel_h;
  walk.CountFind();
  for (int32_t j = 1; j < pixels; ++j) {
    if (walk.Advance()) walk.CountFind();
  }
  return true;
}

// As msf_conv2d_by_runs: pixels from *at on, as long as their runs fit.
void CountByRuns(Walk* at, ConvCounts& n) {
  const KernelShape& p = at->p;
  const Group any(p, at->call, 0);
  RunList list(p);
  Walk walk = *at;
  n.starts += 1;
  walk.FindRows();
  while (!walk.IsBehind()) {
    const Walk first = walk;
    bool whole = true;
    int32_t pixels = 0;
    for (; pixels < kSlots && !walk.IsBehind(); ++pixels) {
      n.pixels += 1;
      if (walk.IsWhole()) {
        n.whole_rows += p.kernel_h;
      } else {
        whole = false;
      }
      walk.Next();
    }
    at->r = first.r;
    at->x = first.x;
    if (whole) {
      list.Whole(n.by_runs);
    } else {
      if (!CountCut(first, pixels, list, n)) return;
      if (!walk.IsBehind()) walk.FindRows();
    }
    n.groups += 1;
    n.flash_bytes += int64_t{any.filter()} * p.out_c + ScaleBytes(p, p.out_c);
    list.End(pixels, n.by_runs);
  }
  at->r = walk.r;
}

void CountSmall(const KernelShape& p, const CallRange& call, const KernelBody&,
                FeatureCounts& counts) {
  ConvCounts n;
  n.calls = 1;
  CountAtOnce(Walk(p, call, n), n);
  AddTo(counts, n);
}

void CountConv2d(const KernelShape& p, const CallRange& call,
                 const KernelBody& body, FeatureCounts& counts) {
  const int32_t filter = Group(p, call, 0).filter();
  if (HasCodes(p) && filter <= kSlotBytes) {
    return CountSmall(p, call, body, counts);
  }
  ConvCounts n;
  n.calls = 1;
  const bool by_runs = HasCodes(p) && p.kernel_h <= kMostRuns && p.kernel_w <= 32 &&
                       p.kernel_w * p.dilation_w * p.in_c <= 0x7fff;
  for (Walk walk(p, call, n); !walk.IsBehind();) {
    if (by_runs) CountByRuns(&walk, n);
    if (walk.IsBehind()) break;
    Group group(p, call, walk.r);
    group.To(walk.x, walk.x_end);
    n.flash_bytes += int64_t{filter} * p.out_c + ScaleBytes(p, p.out_c);
    CountBlocks(group, n);
    for (int32_t j = 0; j < group.pixels; ++j) walk.Advance();
  }
  AddTo(counts, n);
}

}  // namespace

std::vector<HeliumSet> HeliumWindows() {
  const auto conv = Names<ConvCounts>(kConvNames);
  return {{"msf_conv2d_s8", {conv, &CountConv2d}},
          {"msf_conv2d_small_s8", {conv, &CountSmall}}};
}

}  // namespace msf
