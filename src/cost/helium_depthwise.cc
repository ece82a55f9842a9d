// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Depthwise convolutions on Helium. The loops are those of
// isa/helium/msf_strip.h, msf_strip_sums.h and msf_depthwise_row_body.h.
#include "cost/helium_counts.h"

namespace msf {
namespace {

// --- Strips ----------------------------------------------------------------

struct StripCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t groups = 0;  // of four channels
  int64_t strips = 0;
  int64_t outside_groups = 0;  // of which some kernel rows are padding
  int64_t outside_channels = 0;
  int64_t edge_strips = 0;
  int64_t pad_columns = 0;
  int64_t empty_strips = 0;  // no input row exists
  int64_t fills = 0;         // with input columns: kernel rows 0 to 3
  int64_t fill_turns = 0;
  int64_t more_fills = 0;  // kernel rows 4 and on
  int64_t more_fill_turns = 0;
  int64_t byte_columns = 0;
  int64_t byte_channels = 0;
  int64_t bytes = 0;
  int64_t channels = 0;
  int64_t small_strips = 0;  // of 3x3 windows
  int64_t small_outside = 0;
  int64_t small_fills = 0;
  int64_t small_fill_turns = 0;
  int64_t large_fills = 0;  // kernel rows 4 and on of 7x7 windows
  int64_t large_fill_turns = 0;
  int64_t small_channels = 0;
  int64_t small_turns_by_one = 0;
  int64_t small_turns_by_two = 0;
  int64_t turns_by_one = 0;  // of the loop over larger windows
  int64_t turns_by_two = 0;
  int64_t more_turns = 0;
  int64_t end_turns = 0;
  int64_t ends_any = 0;  // of scales that are not simple
  int64_t end_any_turns = 0;
  int64_t one_scale = 0;
  int64_t narrow_rows = 0;  // without strips
  int64_t narrow_kernel_rows = 0;
  int64_t narrow_pixels = 0;
  int64_t narrow_inside_rows = 0;  // kernel rows of pixels without padding
  int64_t narrow_inside_taps = 0;
  int64_t narrow_edge_rows = 0;
  int64_t narrow_edge_taps = 0;
  int64_t narrow_quads = 0;      // two quads at once
  int64_t narrow_quad_taps = 0;  // two taps at once
  int64_t narrow_ends = 0;       // of which one has fewer channels
  int64_t flash_bytes = 0;
};

constexpr const char* kStripNames[] = {
    "calls",       "rows",         "groups",       "strips",
    "outside_groups", "outside_channels", "edge_strips", "pad_columns",
    "empty_strips", "fills",       "fill_turns",   "more_fills",
    "more_fill_turns", "byte_columns", "byte_channels", "bytes",
    "channels",    "small_strips", "small_outside", "small_fills",
    "small_fill_turns", "large_fills", "large_fill_turns", "small_channels",
    "small_turns_by_one",
    "small_turns_by_two", "turns_by_one", "turns_by_two", "more_turns",
    "end_turns",   "ends_any",     "end_any_turns", "one_scale",
    "narrow_rows", "narrow_kernel_rows", "narrow_pixels", "narrow_inside_rows",
    "narrow_inside_taps", "narrow_edge_rows", "narrow_edge_taps",
    "narrow_quads", "narrow_quad_taps", "narrow_ends", "flash_bytes"};

// A row of strips.
struct StripRow {
  const KernelShape& p;
  int32_t kernel;
  int32_t stride;     // 1, or 2 for all others
  int32_t most;       // outputs of a strip
  int32_t rows_inside;
  bool simple;
  bool one_scale;

  // As msf_fill_strip, of kernel rows 4q and on.
  void Fill(int32_t q, int32_t column, int32_t count, int32_t channels,
            StripCounts& n) const {
    if (rows_inside == 0) {
      n.empty_strips += 1;
      return;
    }
    const bool edge =
        column < 0 || column + (count - 1) * p.dilation_w >= p.in_w;
    msf_taps taps = {0, count};
    if (edge) taps = msf_taps_inside(column, count, p.dilation_w, p.in_w);
    const int32_t inside = taps.last - taps.first;
    n.edge_strips += edge ? 1 : 0;
    n.pad_columns += count - inside;
    if (inside == 0) return;
    if (p.in_c % 4 != 0) {
      n.byte_columns += inside;
      n.byte_channels += int64_t{inside} * channels;
      n.bytes += int64_t{inside} * channels * std::min(kernel - 4 * q, 4);
      return;
    }
    const int64_t turns = DivideUp(inside, 4);
    n.small_fills += kernel == 3 ? 1 : 0;
    n.small_fill_turns += kernel == 3 ? turns : 0;
    n.large_fills += kernel == 7 && q > 0 ? 1 : 0;
    n.large_fill_turns += kernel == 7 && q > 0 ? turns : 0;
    n.fills += kernel != 3 && q == 0 ? 1 : 0;
    n.fill_turns += kernel != 3 && q == 0 ? turns : 0;
    n.more_fills += kernel == 5 && q > 0 ? 1 : 0;
    n.more_fill_turns += kernel == 5 && q > 0 ? turns : 0;
  }

  // As msf_make_pixels.
  void Strip(int32_t column, int32_t outputs, int32_t channels,
             StripCounts& n) const {
    const int32_t columns = (outputs - 1) * stride + kernel;
    n.strips += 1;
    Fill(0, column, columns, channels, n);
    if (kernel == 3) {
      n.small_strips += 1;
      n.small_channels += channels;
      (stride == 1 ? n.small_turns_by_one : n.small_turns_by_two) +=
          channels * (stride == 1 ? DivideUp(outputs, 2) : outputs);
    } else {
      n.channels += channels;
      (stride == 1 ? n.turns_by_one : n.turns_by_two) +=
          int64_t{outputs} * channels;
      Fill(1, column, columns, channels, n);
      n.more_turns += int64_t{outputs} * channels;
    }
    n.one_scale += one_scale ? 1 : 0;
    if (simple) {
      n.end_turns += outputs;
    } else {
      n.ends_any += 1;
      n.end_any_turns += outputs;
    }
  }
};

void CountRow(const StripRow& row, const CallRange& call, bool overlaps,
              StripCounts& n) {
  const KernelShape& p = row.p;
  const int32_t x_end = std::min(call.x_end, p.out_w);
  const auto strips = [&](int32_t channels, int64_t times) {
    StripCounts one;
    one.groups = 1;
    if (row.rows_inside != row.kernel) {
      one.outside_groups = 1;
      (row.kernel == 3 ? one.small_outside : one.outside_channels) = channels;
    }
    for (int32_t x = call.x; x < x_end; x += row.most) {
      row.Strip(x * p.stride_w - p.pad_left, std::min(x_end - x, row.most),
                channels, one);
    }
    AddTimes(n, one, times);
  };
  n.rows += 1;
  n.flash_bytes += p.weight_bytes;
  strips(4, overlaps ? DivideUp(p.in_c, 4) : p.in_c / 4);
  if (!overlaps && p.in_c % 4 != 0) strips(p.in_c % 4, 1);
}

// Outputs of a strip.
int32_t MostOutputs(int32_t kernel, int32_t stride) {
  return ((kernel == 3 ? 6 : 4) + stride - 1) / stride;
}

void CountSweep(const KernelShape& p, const CallRange& call, const KernelBody&,
                FeatureCounts& counts) {
  StripCounts n;
  n.calls = 1;
  const int32_t stride = p.stride_w == 1 ? 1 : 2;
  const msf_taps rows = RowsInside(p, call.step, call.in_rows);
  CountRow({p, p.kernel_w, stride, MostOutputs(p.kernel_w, stride),
            rows.last - rows.first, p.simple_scales != 0, p.scale_step == 0},
           call, false, n);
  AddTo(counts, n);
}

// As msf_window_narrow, of columns [call.x, x_end).
void CountNarrowRow(const KernelShape& p, const CallRange& call, int32_t x_end,
                    bool rows_exist, StripCounts& n) {
  const int32_t taps = p.size * p.size;
  n.narrow_rows += 1;
  n.narrow_kernel_rows += p.size;
  for (int32_t x = call.x; x < x_end; ++x) {
    const int32_t left = x * p.stride_w - p.pad_left;
    const bool inside =
        rows_exist && left >= 0 && left + (p.size - 1) * p.dilation_w < p.in_w;
    n.narrow_pixels += 1;
    (inside ? n.narrow_inside_rows : n.narrow_edge_rows) += p.size;
    (inside ? n.narrow_inside_taps : n.narrow_edge_taps) += taps;
    n.narrow_quads += DivideUp(p.in_c, 8);
    n.narrow_quad_taps += DivideUp(p.in_c, 8) * (taps / 2);
    n.narrow_ends += p.in_c % 8 != 0 ? 1 : 0;
    n.flash_bytes += DivideUp(p.in_c, 4) * 4 * (10 + taps - 1);
  }
}

void CountWindows(const KernelShape& p, const CallRange& call,
                  const KernelBody&, FeatureCounts& counts) {
  StripCounts n;
  n.calls = 1;
  const int32_t x_end = std::min(call.x_end, p.out_w);
  if (x_end - call.x <= (p.size == 3 ? 6 : 4) && p.in_c <= 65536) {
    for (int32_t i = 0; i <= call.more_rows; ++i) {
      const msf_taps rows = RowsInside(p, call.step + i, call.in_rows);
      CountNarrowRow(p, call, x_end, rows.last - rows.first == p.size, n);
    }
    return AddTo(counts, n);
  }
  const int32_t stride = p.stride_w == 1 ? 1 : 2;
  const bool shares = p.dilation_w == 1 && p.stride_w == stride;
  for (int32_t i = 0; i <= call.more_rows; ++i) {
    const msf_taps rows = RowsInside(p, call.step + i, call.in_rows);
    CountRow({p, p.size, stride, shares ? MostOutputs(p.size, stride) : 1,
              rows.last - rows.first, true, false},
             call, true, n);
  }
  AddTo(counts, n);
}

// --- Sixteen channels of a pixel -------------------------------------------

struct LaneCounts {
  int64_t calls = 0;
  int64_t pixels = 0;
  int64_t blocks = 0;  // that are begun
  int64_t shared_blocks = 0;  // out of fewer input channels
  int64_t windows = 0;
  int64_t rows = 0;  // kernel rows
  int64_t adds = 0;  // of them, with products
  int64_t taps = 0;
  int64_t taps_inside = 0;
  int64_t copies = 0;  // of sums
  int64_t copy_turns = 0;
  VectorFinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kLaneNames[] = {
    "calls",  "pixels", "blocks", "shared_blocks", "windows", "rows", "adds",
    "taps",   "taps_inside", "copies", "copy_turns", MSF_VECTOR_FINISH_NAMES,
    "flash_bytes"};

constexpr int32_t kLanes = 16;

int64_t ColumnsInside(const KernelShape& p, int32_t x) {
  const msf_taps taps = msf_taps_inside(x * p.stride_w - p.pad_left,
                                        p.kernel_w, p.dilation_w, p.in_w);
  return taps.last - taps.first;
}

void CountLanes(const KernelShape& p, const CallRange& call, const KernelBody&,
                FeatureCounts& counts) {
  LaneCounts n;
  n.calls = 1;
  const int32_t out_c = p.in_c * p.depth_multiplier;
  const msf_taps rows = RowsInside(p, call.step, call.in_rows);
  const int32_t x_end = std::min(call.x_end, p.out_w);
  for (int32_t o = 0; o < out_c; o += kLanes) {
    const int32_t channels = std::min(out_c - o, kLanes);
    n.blocks += 1;
    n.shared_blocks += p.depth_multiplier > 1 ? 1 : 0;
    for (int32_t x = call.x; x < x_end; ++x) {
      n.windows += 1;
      n.rows += p.kernel_h;
      n.taps += int64_t{p.kernel_h} * p.kernel_w;
      n.taps_inside += (rows.last - rows.first) * ColumnsInside(p, x);
      n.copies += 1;
      n.copy_turns += DivideUp(channels, 4);
      CountVectorFinish(p, channels, 1, n.finish);
      n.flash_bytes += int64_t{p.kernel_h} * p.kernel_w * channels +
                       ScaleBytes(p, channels);
    }
  }
  n.pixels = x_end - call.x;
  AddTo(counts, n);
}

void CountLanesAcc(const KernelShape& p, const CallRange& call,
                   const KernelBody&, FeatureCounts& counts) {
  LaneCounts n;
  n.calls = 1;
  n.pixels = p.out_w;
  const int32_t out_c = p.in_c * p.depth_multiplier;
  const msf_taps inside = RowsInside(p, 0, call.in_rows);
  const int32_t ky =
      msf_tap_at(-p.pad_top, p.kernel_h, p.dilation_h, call.step);
  const int64_t outside =
      call.step == 0 ? p.kernel_h - (inside.last - inside.first) : 0;
  const int64_t adds = outside + (ky >= 0 ? 1 : 0);
  for (int32_t x = 0; x < p.out_w; ++x) {
    for (int32_t o = 0; o < out_c; o += kLanes) {
      const int32_t channels = std::min(out_c - o, kLanes);
      n.blocks += 1;
      n.shared_blocks += p.depth_multiplier > 1 ? 1 : 0;
      n.windows += 1;
      n.rows += p.kernel_h;
      n.adds += adds;
      n.taps += adds * p.kernel_w;
      n.taps_inside += ky >= 0 ? ColumnsInside(p, x) : 0;
      n.copies += 2;
      n.copy_turns += 2 * DivideUp(channels, 4);
      n.flash_bytes += adds * p.kernel_w * channels;
      if (call.step + 1 == call.in_rows) {
        CountVectorFinish(p, channels, 1, n.finish);
        n.flash_bytes += ScaleBytes(p, channels);
      }
    }
  }
  AddTo(counts, n);
}

}  // namespace

std::vector<HeliumSet> HeliumDepthwise() {
  const auto strips = Names<StripCounts>(kStripNames);
  const auto lanes = Names<LaneCounts>(kLaneNames);
  return {{"msf_depthwise_conv2d_3x3_s8", {strips, &CountSweep}},
          {"msf_depthwise_conv2d_5x5_s8", {strips, &CountSweep}},
          {"msf_depthwise_conv2d_7x7_s8", {strips, &CountSweep}},
          {"msf_depthwise_conv2d_window_s8", {strips, &CountWindows}},
          {"msf_depthwise_conv2d_s8", {lanes, &CountLanes}},
          {"msf_depthwise_conv2d_acc_s8", {lanes, &CountLanesAcc}}};
}

}  // namespace msf
