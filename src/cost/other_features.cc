// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Pools, means, elementwise kernels, and those that move bytes.
#include "cost/count.h"

namespace msf {
namespace {

// --- Pools -----------------------------------------------------------------

struct PoolCounts {
  int64_t calls = 0;
  int64_t pixels = 0;
  int64_t quads = 0;  // four channels at a time
  int64_t quad_rows = 0;
  int64_t quad_taps = 0;
  int64_t singles = 0;
  int64_t single_rows = 0;
  int64_t single_taps = 0;
};

constexpr const char* kPoolNames[] = {"calls",     "pixels",    "quads",
                                      "quad_rows", "quad_taps", "singles",
                                      "single_rows", "single_taps"};

int32_t Clip(int32_t i, int32_t stride, int32_t pad, int32_t kernel,
             int32_t size) {
  const int32_t start = i * stride - pad;
  return std::min(start + kernel, size) - std::max(start, 0);
}

void CountPool(const KernelShape& p, const CallRange& call, const KernelBody&,
               FeatureCounts& counts) {
  PoolCounts n;
  n.calls = 1;
  const int64_t rows =
      Clip(call.step, p.stride_h, p.pad_top, p.kernel_h, call.in_rows);
  const int64_t quads = p.c / 4;
  const int64_t singles = p.c % 4;
  const int32_t x_end = std::min(call.x_end, p.out_w);
  for (int32_t x = call.x; x < x_end; ++x) {
    const int64_t taps =
        rows * Clip(x, p.stride_w, p.pad_left, p.kernel_w, p.in_w);
    n.pixels += 1;
    n.quads += quads;
    n.quad_rows += quads * rows;
    n.quad_taps += quads * taps;
    n.singles += singles;
    n.single_rows += singles * rows;
    n.single_taps += singles * taps;
  }
  AddTo(counts, n);
}

int32_t ClassOfPool(const KernelShape& p, const CallRange& call) {
  return Clip(call.step, p.stride_h, p.pad_top, p.kernel_h, call.in_rows);
}

struct PoolAccCounts {
  int64_t calls = 0;
  int64_t columns = 0;
  int64_t starts = 0;  // elements that are set at first
  int64_t taps = 0;    // pixels
  int64_t adds = 0;    // elements
  int64_t add_words = 0;  // of four, in each pixel
  int64_t add_turns = 0;  // of sixteen
  int64_t folds = 0;      // elements of pixels that become one sum
  int64_t ends = 0;    // elements of the output
};

constexpr const char* kPoolAccNames[] = {
    "calls",     "columns",   "starts", "taps", "adds",
    "add_words", "add_turns", "folds",  "ends"};

// `pixels` of c channels.
void CountAdds(int64_t pixels, int64_t c, PoolAccCounts& n) {
  n.taps += pixels;
  n.adds += pixels * c;
  n.add_words += pixels * (c / 4);
  n.add_turns += pixels * ((c + 15) / 16);
}

void CountPoolAcc(const KernelShape& p, const CallRange& call,
                  const KernelBody&, FeatureCounts& counts) {
  PoolAccCounts n;
  n.calls = 1;
  n.columns = p.out_w;
  const int64_t length = int64_t{p.out_w} * p.c;
  if (call.step == 0) n.starts = length;
  const bool reads = call.step + p.pad_top < p.kernel_h;
  for (int32_t x = 0; reads && x < p.out_w; ++x) {
    const int64_t taps = Clip(x, p.stride_w, p.pad_left, p.kernel_w, p.in_w);
    CountAdds(taps, p.c, n);
  }
  if (call.step + 1 == call.in_rows) n.ends = length;
  AddTo(counts, n);
}

int32_t ClassOfPoolAcc(const KernelShape& p, const CallRange& call) {
  return (call.step == 0 ? 1 : 0) +
         (call.step + p.pad_top < p.kernel_h ? 2 : 0) +
         (call.step + 1 == call.in_rows ? 4 : 0);
}

void CountMeanAcc(const KernelShape& p, const CallRange& call,
                  const KernelBody&, FeatureCounts& counts) {
  PoolAccCounts n;
  n.calls = 1;
  const int64_t channels = p.reduce_c ? 1 : p.c;
  const int64_t length = p.reduce_w ? channels : p.w * channels;
  n.columns = p.w;
  if (p.reduce_c) {
    n.folds = int64_t{p.w} * p.c;
  } else {
    CountAdds(p.w, p.c, n);
  }
  if (call.step == 0) n.starts = length;
  if (call.step + 1 == call.in_rows) n.ends = length;
  AddTo(counts, n);
}

int32_t ClassOfEnds(const KernelShape&, const CallRange& call) {
  return (call.step == 0 ? 1 : 0) + (call.step + 1 == call.in_rows ? 2 : 0);
}

// --- Elements --------------------------------------------------------------

struct ElementCounts {
  int64_t calls = 0;
  int64_t columns = 0;  // outside the fast loop
  int64_t plain = 0;    // elements of the fast loop
  int64_t general = 0;  // elements of the other one
  int64_t clamp_calls = 0;
  int64_t clamped = 0;
};

constexpr const char* kElementNames[] = {"calls",   "columns",     "plain",
                                         "general", "clamp_calls", "clamped"};

// As msf_add_is_plain.
bool IsPlain(int32_t small_shift, int32_t large_multiplier,
             int32_t large_shift) {
  return small_shift >= -4 && small_shift <= -1 &&
         large_multiplier == (1 << 30) && large_shift == 0;
}

bool HasScale(int32_t shift) { return shift >= -23 && shift <= -1; }

void AddElements(const KernelShape& p, bool plain, int64_t columns,
                 FeatureCounts& counts) {
  ElementCounts n;
  n.calls = 1;
  const int64_t elements = columns * p.c;
  n.columns = plain ? 0 : columns;
  (plain ? n.plain : n.general) = elements;
  n.clamp_calls = plain && p.clamps() ? 1 : 0;
  n.clamped = plain && p.clamps() ? elements : 0;
  AddTo(counts, n);
}

void CountAdd(const KernelShape& p, const CallRange& call, const KernelBody&,
              FeatureCounts& counts) {
  const bool runs = (p.channel_stride_1 & p.channel_stride_2) == 1 &&
                    p.column_stride_1 == p.c && p.column_stride_2 == p.c &&
                    HasScale(p.shift);
  const bool plain = IsPlain(p.shift_1, p.multiplier_2, p.shift_2) ||
                     IsPlain(p.shift_2, p.multiplier_1, p.shift_1);
  AddElements(p, runs && plain, std::min(call.x_end, p.w) - call.x, counts);
}

void CountRequantize(const KernelShape& p, const CallRange& call,
                     const KernelBody&, FeatureCounts& counts) {
  AddElements(p, HasScale(p.shift), std::min(call.x_end, p.w) - call.x,
              counts);
}

struct SoftmaxCounts {
  int64_t calls = 0;
  int64_t pixels = 0;
  int64_t elements = 0;
};

constexpr const char* kSoftmaxNames[] = {"calls", "pixels", "elements"};

void CountSoftmax(const KernelShape& p, const CallRange&, const KernelBody&,
                  FeatureCounts& counts) {
  AddTo(counts, SoftmaxCounts{1, p.w, int64_t{p.w} * p.c});
}

struct FloatCounts {
  int64_t calls = 0;
  int64_t elements = 0;
};

constexpr const char* kFloatNames[] = {"calls", "elements"};

void CountDequantize(const KernelShape&, const CallRange& call,
                     const KernelBody&, FeatureCounts& counts) {
  AddTo(counts, FloatCounts{1, call.in_row_bytes});
}

void CountQuantize(const KernelShape& p, const CallRange& call,
                   const KernelBody&, FeatureCounts& counts) {
  AddTo(counts,
        FloatCounts{1, int64_t{std::min(call.x_end, p.w) - call.x} * p.c});
}

struct MeanCounts {
  int64_t calls = 0;
  int64_t means = 0;
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t elements = 0;
};

constexpr const char* kMeanNames[] = {"calls", "means", "rows", "columns",
                                      "elements"};

void CountMean(const KernelShape& p, const CallRange&, const KernelBody&,
               FeatureCounts& counts) {
  const int64_t h = p.reduce_h ? p.rows : 1;
  const int64_t w = p.reduce_w ? p.w : 1;
  const int64_t c = p.reduce_c ? p.c : 1;
  const int64_t elements = int64_t{p.rows} * p.w * p.c;
  AddTo(counts, MeanCounts{1, elements / (h * w * c), elements / (w * c),
                           elements / c, elements});
}

// --- Bytes -----------------------------------------------------------------

struct PadCounts {
  int64_t calls = 0;
  int64_t filled = 0;  // words, as memset does it
  int64_t filled_bytes = 0;
  int64_t pixels = 0;
  int64_t copied = 0;  // bytes
};

constexpr const char* kPadNames[] = {"calls", "filled", "filled_bytes",
                                     "pixels", "copied"};

int32_t ClassOfPad(const KernelShape& p, const CallRange& call) {
  const int32_t r = call.step - p.top;
  return r >= 0 && r < call.in_rows ? 1 : 0;
}

void CountPad(const KernelShape& p, const CallRange& call, const KernelBody&,
              FeatureCounts& counts) {
  PadCounts n;
  n.calls = 1;
  const int32_t x_end = std::min(call.x_end, p.out_w);
  const int64_t filled = int64_t{x_end - call.x} * p.out_c;
  n.filled = filled / 4;
  n.filled_bytes = filled % 4;
  if (ClassOfPad(p, call) == 1) {
    n.pixels = std::max(
        0, std::min(x_end, p.left + p.w) - std::max(call.x, p.left));
    n.copied = n.pixels * p.c;
  }
  AddTo(counts, n);
}

struct CopyCounts {
  int64_t calls = 0;
  int64_t words = 0;
  int64_t bytes = 0;  // behind the last word, or not on words
};

constexpr const char* kCopyNames[] = {"calls", "words", "bytes"};

void CountCopy(const KernelShape& p, const CallRange& call, const KernelBody&,
               FeatureCounts& counts) {
  const int64_t bytes =
      int64_t{p.whole ? call.in_rows : 1} * call.in_row_bytes;
  // Rows begin on words if they are made of them; tensors do.
  const bool words = p.whole || call.in_row_bytes % 4 == 0;
  AddTo(counts, CopyCounts{1, words ? bytes / 4 : 0,
                           words ? bytes % 4 : bytes});
}

struct TransposeCounts {
  int64_t calls = 0;
  int64_t runs = 0;
  int64_t turns = 0;  // of the dimension before the last
  int64_t bytes = 0;
};

constexpr const char* kTransposeNames[] = {"calls", "runs", "turns", "bytes"};

void CountTranspose(const KernelShape& p, const CallRange&, const KernelBody&,
                    FeatureCounts& counts) {
  AddTo(counts, TransposeCounts{1, p.runs, p.runs / std::max(p.last_dim, 1),
                                int64_t{p.runs} * p.run_bytes});
}

}  // namespace

std::vector<CostedKernel> PoolFeatures() {
  const auto pool = Names<PoolCounts>(kPoolNames);
  const auto acc = Names<PoolAccCounts>(kPoolAccNames);
  return {{"msf_average_pool_s8", {pool, &CountPool}, &ClassOfPool},
          {"msf_max_pool_s8", {pool, &CountPool}, &ClassOfPool},
          {"msf_average_pool_acc_s8", {acc, &CountPoolAcc}, &ClassOfPoolAcc},
          {"msf_max_pool_acc_s8", {acc, &CountPoolAcc}, &ClassOfPoolAcc},
          {"msf_mean_acc_s8", {acc, &CountMeanAcc}, &ClassOfEnds},
          {"msf_mean_s8", {Names<MeanCounts>(kMeanNames), &CountMean}, nullptr}};
}

std::vector<CostedKernel> ElementwiseFeatures() {
  const auto elements = Names<ElementCounts>(kElementNames);
  const auto floats = Names<FloatCounts>(kFloatNames);
  return {
      {"msf_add_s8", {elements, &CountAdd}, nullptr},
      {"msf_add_constant_s8", {elements, &CountAdd}, nullptr},
      {"msf_requantize_s8", {elements, &CountRequantize}, nullptr},
      {"msf_softmax_s8", {Names<SoftmaxCounts>(kSoftmaxNames), &CountSoftmax}, nullptr},
      {"msf_dequantize_s8_f32", {floats, &CountDequantize}, nullptr},
      {"msf_quantize_f32_s8", {floats, &CountQuantize}, nullptr}};
}

std::vector<CostedKernel> MoveFeatures() {
  return {{"msf_pad_s8", {Names<PadCounts>(kPadNames), &CountPad}, &ClassOfPad},
          {"msf_copy", {Names<CopyCounts>(kCopyNames), &CountCopy}, nullptr},
          {"msf_transpose", {Names<TransposeCounts>(kTransposeNames), &CountTranspose}, nullptr}};
}

}  // namespace msf
