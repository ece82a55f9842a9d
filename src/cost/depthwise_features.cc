// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Depthwise convolutions. The loops are those of kernels/msf_sweep.h and
// kernels/msf_depthwise_conv2d_s8_body.h.
#include "cost/count.h"

namespace msf {
namespace {

// --- Sweeps: 3x3 -----------------------------------------------------------

// One stride's loops.
struct StrideCounts {
  int64_t rows = 0;  // calls
  int64_t channels = 0;
  int64_t skips = 0;    // columns before the first window ends
  int64_t windows = 0;  // that end in the inner loop
  int64_t loops = 0;    // inner loops with a window
  int64_t left = 0;     // channels with padding before
  int64_t right = 0;    // and behind
};
#define MSF_STRIDE_NAMES(s)                                             \
  s "_rows", s "_channels", s "_skips", s "_windows", s "_loops", s "_left", \
      s "_right"

struct Sweep3x3Counts {
  StrideCounts by_one;
  StrideCounts by_two;
  int64_t split_channels = 0;  // some kernel rows lie on padding
  int64_t clamp_calls = 0;
  int64_t clamped = 0;
  int64_t flash_bytes = 0;
};

constexpr const char* kSweep3x3Names[] = {
    MSF_STRIDE_NAMES("s1"), MSF_STRIDE_NAMES("s2"), "split_channels",
    "clamp_calls",          "clamped",              "flash_bytes"};

// Columns of the input under a range of outputs; as msf_sweep.
struct SweepRange {
  int32_t left = 0;
  int32_t columns = 0;
  int32_t right = 0;
  int32_t outputs = 0;

  SweepRange(const KernelShape& p, const CallRange& call, int32_t kernel) {
    const int32_t x_end = std::min(call.x_end, p.out_w);
    const int32_t first = call.x * p.stride_w - p.pad_left;
    const int32_t last = (x_end - 1) * p.stride_w - p.pad_left + kernel;
    left = std::max(0, -first);
    right = std::max(0, last - p.in_w);
    columns = last - right - (first + left);
    outputs = x_end - call.x;
  }
};

void Count3x3(const KernelShape& p, const CallRange& call, const KernelBody&,
              FeatureCounts& counts) {
  Sweep3x3Counts n;
  StrideCounts& s = p.stride_w == 1 ? n.by_one : n.by_two;
  const SweepRange range(p, call, 3);
  const msf_taps rows = RowsInside(p, call.step, call.in_rows);
  const int32_t skip =
      std::min(3 - p.stride_w - range.left, range.columns);
  const int32_t windows = (range.columns - skip) / p.stride_w;
  s.rows = 1;
  s.channels = p.in_c;
  s.skips = int64_t{std::max(skip, 0)} * p.in_c;
  s.windows = int64_t{std::max(windows, 0)} * p.in_c;
  s.loops = windows > 0 ? p.in_c : 0;
  s.left = range.left > 0 ? p.in_c : 0;
  s.right = range.right > 0 ? p.in_c : 0;
  if (rows.last - rows.first != 3) n.split_channels = p.in_c;
  n.clamp_calls = p.clamps() ? 1 : 0;
  n.clamped = p.clamps() ? int64_t{range.outputs} * p.in_c : 0;
  n.flash_bytes = int64_t{9} * p.in_c + ScaleBytes(p, p.in_c);
  AddTo(counts, n);
}

// --- Sweeps: 5x5, 7x7 ------------------------------------------------------

// One stride's loops. Pairs are pairs of rows.
struct WideCounts {
  int64_t rows = 0;
  int64_t channels = 0;
  int64_t padding = 0;      // columns
  int64_t begins = 0;       // columns that begin a window
  int64_t begin_rows = 0;   // times their rows
  int64_t begin_pairs = 0;
  int64_t odds = 0;         // other columns
  int64_t odd_rows = 0;
  int64_t odd_pairs = 0;
  int64_t outputs = 0;
  int64_t set_up_rows = 0;  // of weights
  int64_t set_up_pairs = 0;
};
#define MSF_WIDE_NAMES(s)                                                     \
  s "_rows", s "_channels", s "_padding", s "_begins", s "_begin_rows",       \
      s "_begin_pairs", s "_odds", s "_odd_rows", s "_odd_pairs", s "_outputs", \
      s "_set_up_rows", s "_set_up_pairs"

struct SweepWideCounts {
  WideCounts by_one;
  WideCounts by_two;
  int64_t split_channels = 0;
  int64_t split_rows = 0;  // kernel rows on padding
  int64_t clamp_calls = 0;
  int64_t clamped = 0;
  int64_t flash_bytes = 0;
};

constexpr const char* kSweepWideNames[] = {
    MSF_WIDE_NAMES("s1"), MSF_WIDE_NAMES("s2"), "split_channels", "split_rows",
    "clamp_calls",        "clamped",            "flash_bytes"};

void CountWide(const KernelShape& p, const CallRange& call, const KernelBody&,
               FeatureCounts& counts) {
  SweepWideCounts n;
  WideCounts& s = p.stride_w == 1 ? n.by_one : n.by_two;
  const SweepRange range(p, call, p.kernel_w);
  const msf_taps taps = RowsInside(p, call.step, call.in_rows);
  const int64_t rows = taps.last - taps.first;
  const int64_t pairs = (rows + 1) / 2;
  const int64_t c = p.in_c;
  s.rows = 1;
  s.channels = c;
  s.padding = (range.left + range.right) * c;
  // Windows begin with each column, or with each second one from the first.
  const int32_t first = range.left;
  const int32_t last = range.left + range.columns;
  const int64_t begins = p.stride_w == 1
                             ? range.columns
                             : (last + 1) / 2 - (first + 1) / 2;
  const int64_t odds = range.columns - begins;
  s.begins = begins * c;
  s.begin_rows = begins * rows * c;
  s.begin_pairs = begins * pairs * c;
  s.odds = odds * c;
  s.odd_rows = odds * rows * c;
  s.odd_pairs = odds * pairs * c;
  s.outputs = int64_t{range.outputs} * c;
  s.set_up_rows = rows * c;
  s.set_up_pairs = pairs * c;
  if (rows != p.kernel_h) {
    n.split_channels = c;
    n.split_rows = (p.kernel_h - rows) * c;
  }
  n.clamp_calls = p.clamps() ? 1 : 0;
  n.clamped = p.clamps() ? range.outputs * c : 0;
  n.flash_bytes = int64_t{p.kernel_h} * p.kernel_w * c + ScaleBytes(p, c);
  AddTo(counts, n);
}

// --- Pixel by pixel --------------------------------------------------------

// Blocks of four channels and of one, each with its loops.
struct BlockCounts {
  int64_t blocks = 0;
  int64_t rows = 0;  // kernel rows inside
  int64_t taps = 0;  // inside
  int64_t starts = 0;  // blocks of pixels with padding
  int64_t start_rows = 0;
  int64_t start_taps = 0;  // on padding
};
#define MSF_BLOCK_NAMES(s)                                                  \
  s "_blocks", s "_rows", s "_taps", s "_starts", s "_start_rows", s "_start_taps"

struct PixelCounts {
  int64_t calls = 0;
  int64_t pixels = 0;
  int64_t edge_pixels = 0;
  BlockCounts quads;
  BlockCounts singles;
  BlockCounts shared;  // four channels out of one
  FinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kPixelNames[] = {
    "calls",       "pixels",        "edge_pixels",
    MSF_BLOCK_NAMES("quad"), MSF_BLOCK_NAMES("single"),
    MSF_BLOCK_NAMES("shared"), MSF_FINISH_NAMES, "flash_bytes"};

// An output pixel: taps inside, and those on padding.
struct Pixel {
  int64_t rows;     // inside
  int64_t columns;  // inside
  int64_t kernel_rows;
  int64_t kernel_columns;
  int64_t padding() const {
    return kernel_rows * kernel_columns - rows * columns;
  }
};

// Blocks of each kind in a pixel.
struct Blocks {
  int64_t quads = 0;
  int64_t singles = 0;
  int64_t shared = 0;

  explicit Blocks(const KernelShape& p) {
    if (p.depth_multiplier == 1) {
      quads = p.in_c / 4;
      singles = p.in_c % 4;
    } else {
      shared = int64_t{p.in_c} * (p.depth_multiplier / 4);
      singles = int64_t{p.in_c} * (p.depth_multiplier % 4);
    }
  }
};

void AddTaps(const Pixel& pixel, int64_t blocks, BlockCounts& n) {
  n.blocks += blocks;
  n.rows += blocks * pixel.rows;
  n.taps += blocks * pixel.rows * pixel.columns;
}

void AddStart(const Pixel& pixel, int64_t blocks, BlockCounts& n) {
  n.starts += blocks;
  n.start_rows += blocks * pixel.kernel_rows;
  n.start_taps += blocks * pixel.padding();
}

int64_t ColumnsInside(const KernelShape& p, int32_t x) {
  const msf_taps taps = msf_taps_inside(x * p.stride_w - p.pad_left,
                                        p.kernel_w, p.dilation_w, p.in_w);
  return taps.last - taps.first;
}

void CountPixels(const KernelShape& p, const CallRange& call,
                 const KernelBody&, FeatureCounts& counts) {
  PixelCounts n;
  n.calls = 1;
  const msf_taps rows = RowsInside(p, call.step, call.in_rows);
  const Blocks blocks(p);
  const int64_t out_c = int64_t{p.in_c} * p.depth_multiplier;
  const int32_t x_end = std::min(call.x_end, p.out_w);
  for (int32_t x = call.x; x < x_end; ++x) {
    const Pixel pixel = {rows.last - rows.first, ColumnsInside(p, x),
                         p.kernel_h, p.kernel_w};
    n.pixels += 1;
    AddTaps(pixel, blocks.quads, n.quads);
    AddTaps(pixel, blocks.singles, n.singles);
    AddTaps(pixel, blocks.shared, n.shared);
    if (pixel.padding() > 0) {
      n.edge_pixels += 1;
      AddStart(pixel, blocks.quads, n.quads);
      AddStart(pixel, blocks.singles, n.singles);
      AddStart(pixel, blocks.shared, n.shared);
    }
    CountFinish(p, 4, blocks.quads + blocks.shared, n.finish);
    CountFinish(p, 1, blocks.singles, n.finish);
    n.flash_bytes += int64_t{p.kernel_h} * p.kernel_w * out_c +
                     ScaleBytes(p, out_c);
  }
  AddTo(counts, n);
}

void CountPixelsAcc(const KernelShape& p, const CallRange& call,
                    const KernelBody&, FeatureCounts& counts) {
  PixelCounts n;
  n.calls = 1;
  const msf_taps rows = RowsInside(p, 0, call.in_rows);
  const int32_t ky =
      msf_tap_at(-p.pad_top, p.kernel_h, p.dilation_h, call.step);
  const Blocks blocks(p);
  const int64_t out_c = int64_t{p.in_c} * p.depth_multiplier;
  for (int32_t x = 0; x < p.out_w; ++x) {
    const Pixel pixel = {rows.last - rows.first, ColumnsInside(p, x),
                         p.kernel_h, p.kernel_w};
    n.pixels += 1;
    if (call.step == 0) AddStart(pixel, out_c, n.singles);
    if (ky >= 0) {
      const Pixel row = {1, pixel.columns, 1, p.kernel_w};
      AddTaps(row, blocks.quads, n.quads);
      AddTaps(row, blocks.singles, n.singles);
      AddTaps(row, blocks.shared, n.shared);
      n.flash_bytes += p.kernel_w * out_c;
    }
    if (call.step + 1 == call.in_rows) {
      CountFinish(p, out_c, 1, n.finish);
      n.flash_bytes += ScaleBytes(p, out_c);
    }
  }
  AddTo(counts, n);
}

// --- Window by window ------------------------------------------------------

struct WindowCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t pixels = 0;
  int64_t row_finds = 0;  // of rows one after the other, without padding
  int64_t inside_finds = 0;  // windows in them
  int64_t inside_rows = 0;   // kernel rows of them
  int64_t finds = 0;      // other windows whose taps are looked for
  int64_t find_rows = 0;  // of them: whole kernel rows, on padding or not
  int64_t find_rows_inside = 0;
  int64_t edge_rows = 0;  // kernel rows over an edge
  int64_t edge_taps = 0;
  int64_t quads = 0;  // of channels
  int64_t quad_taps = 0;
  int64_t rests = 0;  // last quads that overlap
  int64_t clamp_calls = 0;
  int64_t clamped = 0;
  int64_t flash_bytes = 0;
};

constexpr const char* kWindowNames[] = {
    "calls",     "rows",      "pixels",    "row_finds",   "inside_finds",
    "inside_rows", "finds",   "find_rows",
    "find_rows_inside", "edge_rows", "edge_taps", "quads", "quad_taps",
    "rests",     "clamp_calls", "clamped", "flash_bytes"};

// As FindTaps().
void CountFindTaps(const KernelShape& p, int32_t rows_inside, bool whole,
                   WindowCounts& n) {
  n.finds += 1;
  n.find_rows += whole ? p.kernel_h : p.kernel_h - rows_inside;
  n.find_rows_inside += rows_inside;
  if (whole) return;
  n.edge_rows += rows_inside;
  n.edge_taps += int64_t{rows_inside} * p.kernel_w;
}

void CountWindowRow(const KernelShape& p, const CallRange& call, int32_t r,
                    WindowCounts& n) {
  const msf_taps rows = RowsInside(p, r, call.in_rows);
  const int32_t rows_inside = rows.last - rows.first;
  const bool complete = rows_inside == p.kernel_h;
  const int32_t last = p.in_w - 1 - (p.kernel_w - 1) * p.dilation_w;
  bool found = false;
  n.row_finds += complete ? 1 : 0;
  const int32_t x_end = std::min(call.x_end, p.out_w);
  for (int32_t x = call.x; x < x_end; ++x) {
    const int32_t left = x * p.stride_w - p.pad_left;
    const bool whole = left >= 0 && left <= last;
    const bool inside = complete && whole;
    if (inside && !found) {
      n.inside_finds += 1;
      n.inside_rows += p.kernel_h;
    } else if (!inside) {
      CountFindTaps(p, rows_inside, whole, n);
    }
    found = inside;
  }
  const int64_t pixels = x_end - call.x;
  n.pixels += pixels;
  if (!p.clamps()) return;
  n.clamp_calls += p.out_step == p.in_c ? 1 : pixels;
  n.clamped += pixels * p.in_c;
}

void CountByWindows(const KernelShape& p, const CallRange& call,
                    const KernelBody&, FeatureCounts& counts) {
  WindowCounts n;
  n.calls = 1;
  n.rows = 1 + call.more_rows;
  for (int32_t i = 0; i <= call.more_rows; ++i) {
    CountWindowRow(p, call, call.step + i, n);
  }
  const int64_t quads = (p.in_c + 3) / 4;
  n.quads = n.pixels * quads;
  n.quad_taps = n.quads * p.kernel_h * p.kernel_w;
  n.rests = p.in_c % 4 != 0 ? n.pixels : 0;
  n.flash_bytes = n.pixels * p.weight_bytes;
  AddTo(counts, n);
}

}  // namespace

std::vector<CostedKernel> DepthwiseFeatures() {
  const auto wide = Names<SweepWideCounts>(kSweepWideNames);
  const auto pixels = Names<PixelCounts>(kPixelNames);
  return {{"msf_depthwise_conv2d_3x3_s8", {Names<Sweep3x3Counts>(kSweep3x3Names), &Count3x3}, &ClassByRowsInside},
          {"msf_depthwise_conv2d_5x5_s8", {wide, &CountWide}, &ClassByRowsInside},
          {"msf_depthwise_conv2d_7x7_s8", {wide, &CountWide}, &ClassByRowsInside},
          {"msf_depthwise_conv2d_window_s8", {Names<WindowCounts>(kWindowNames), &CountByWindows}, &ClassByRowsInside},
          {"msf_depthwise_conv2d_s8", {pixels, &CountPixels}, &ClassByRowsInside},
          {"msf_depthwise_conv2d_acc_s8", {pixels, &CountPixelsAcc}, &ClassOfAccumulation}};
}

}  // namespace msf
