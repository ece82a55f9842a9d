// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// msf_patch in several passes, each over some channels of its inner tensor.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "kernels/msf_conv2d_part_s8.h"
#include "kernels/msf_conv2d_s8.h"
#include "kernels/msf_patch.h"
#include "msf_kernels.h"
#include "tests/runtime/guarded_memory.h"
#include "tests/runtime/patch_chain.h"

namespace msf {
namespace {

// A window that makes 11 channels, then a 1x1 convolution.
struct TiledCase {
  static constexpr int32_t kInner = 11;
  static constexpr int32_t kOut = 6;
  static constexpr int32_t kPadded = 12;  // msf_conv2d_s8: rows of words
  std::vector<int8_t> weights;            // [kOut][kPadded]
  std::vector<int32_t> bias;
  std::vector<int32_t> multipliers;
  std::vector<int8_t> shifts;

  explicit TiledCase(uint32_t seed) {
    std::mt19937 engine(seed);
    for (int32_t i = 0; i < kOut * kPadded; ++i) {
      const bool is_weight = i % kPadded < kInner;
      weights.push_back(is_weight ? static_cast<int8_t>(engine()) : int8_t{0});
    }
    for (int32_t o = 0; o < kOut; ++o) {
      bias.push_back(static_cast<int32_t>(engine() % 20001) - 10000);
      multipliers.push_back(static_cast<int32_t>((1u << 30) + engine() % 1000));
      shifts.push_back(static_cast<int8_t>(-8 - o % 2));
    }
  }

  msf_conv2d_s8_params Whole(int32_t width) const {
    msf_conv2d_s8_params p{};
    p.weights = weights.data();
    p.bias = bias.data();
    p.multipliers = multipliers.data();
    p.shifts = shifts.data();
    p.scale_step = 1;
    p.in_w = p.out_w = width;
    p.in_c = kInner;
    p.out_c = kOut;
    p.kernel_h = p.kernel_w = p.stride_h = p.stride_w = 1;
    p.dilation_h = p.dilation_w = 1;
    p.output_zero_point = 3;
    p.clamp_min = -120;
    p.clamp_max = 110;
    return p;
  }

  std::vector<int8_t> Columns(int32_t begin, int32_t end) const {
    std::vector<int8_t> part;
    for (int32_t o = 0; o < kOut; ++o) {
      const auto row = weights.begin() + o * kPadded;
      part.insert(part.end(), row + begin, row + end);
      part.resize((part.size() + 3) / 4 * 4);
    }
    return part;
  }
};

Bytes RunConv(const TiledCase& tiled, Bytes inner, int32_t rows,
              int32_t width) {
  const msf_conv2d_s8_params params = tiled.Whole(width);
  Bytes output(static_cast<size_t>(rows * width * TiledCase::kOut));
  msf_call call{};
  call.params = &params;
  call.in[0] = ViewOf(inner, rows);
  call.out = ViewOf(output, rows);
  call.x_end = MSF_WHOLE_ROW;
  for (; call.step < rows; ++call.step) msf_conv2d_s8(&call);
  return output;
}

// A patch of the window and the convolution, `tile` inner channels at once.
class TiledPatch {
 public:
  TiledPatch(const TiledCase& tiled, Chain& chain, const Shape& shape,
             int32_t tile)
      : tiled_(tiled),
        chain_(chain),
        shape_(shape),
        inner_(chain.nodes[0]),
        sizes_(SizesOf(WithConvolution(), shape)),
        passes_((inner_.c + tile - 1) / tile),
        windows_(static_cast<size_t>(passes_), inner_),
        weights_(static_cast<size_t>(passes_)),
        parts_(static_cast<size_t>(passes_)) {
    const WindowRead& read = inner_.reads[0];
    outer_ = {-1, read.rows.stride, -read.rows.pad, read.rows.extent};
    scratch_.PlaceNotes(2 * sizeof(msf_patch_note));
    tile_offset_ =
        scratch_.Place(sizes_.tile_rows[0] * sizes_.tile_cols[0] * tile);
    sums_offset_ = scratch_.Place(shape.patch_rows * shape.strip_cols *
                                  TiledCase::kOut * 4);
    for (int32_t begin = 0; begin < inner_.c; begin += tile) {
      AddPass(begin, std::min(begin + tile, inner_.c));
    }
  }

  Bytes Run() {
    const msf_patch_params params{nodes_.data(),      2,
                                  passes_,            shape_.patch_rows,
                                  shape_.patch_cols,  shape_.patch_cols,
                                  shape_.strip_cols,  0,
                                  sums_offset_};
    Bytes output(
        static_cast<size_t>(inner_.rows * inner_.width * TiledCase::kOut));
    msf_call call{};
    call.params = &params;
    call.in[0] = ViewOf(chain_.inputs[0].bytes, chain_.inputs[0].rows);
    call.out = ViewOf(output, inner_.rows);
    call.x_end = MSF_WHOLE_ROW;
    for (; call.step * shape_.patch_rows < inner_.rows; ++call.step) {
      scratch_.Fill();
      call.scratch = scratch_.data();
      msf_patch(&call);
      scratch_.ExpectGuardsIntact();
    }
    return output;
  }

 private:
  Chain WithConvolution() const {
    Chain chain = chain_;
    chain.nodes.push_back({.reads = {{.source = 0,
                                      .rows = {},
                                      .columns = {},
                                      .width = inner_.width,
                                      .c = inner_.c}},
                           .rows = inner_.rows,
                           .width = inner_.width,
                           .c = TiledCase::kOut});
    return chain;
  }

  // Inner channels [begin, end).
  void AddPass(int32_t begin, int32_t end) {
    const size_t pass = nodes_.size() / 2;
    windows_[pass].first_channel = begin;
    windows_[pass].c = end - begin;
    weights_[pass] = tiled_.Columns(begin, end);
    parts_[pass] = {.weights = weights_[pass].data(),
                    .bias = begin == 0 ? tiled_.bias.data() : nullptr,
                    .multipliers = tiled_.multipliers.data(),
                    .shifts = tiled_.shifts.data(),
                    .scale_step = 1,
                    .in_c = end - begin,
                    .out_w = inner_.width,
                    .out_c = TiledCase::kOut,
                    .sums_rows = shape_.patch_rows,
                    .sums_cols = shape_.strip_cols,
                    .finish = end == inner_.c,
                    .output_zero_point = 3,
                    .clamp_min = -120,
                    .clamp_max = 110};
    nodes_.push_back({.kernel = &RunWindow,
                      .params = &windows_[pass],
                      .reads = &outer_,
                      .read_count = 1,
                      .rows = inner_.rows,
                      .width = inner_.width,
                      .x_scale = 1,
                      .pixel_bytes = end - begin,
                      .tile_rows = sizes_.tile_rows[0],
                      .tile_row_bytes = sizes_.tile_cols[0] * (end - begin),
                      .tile_offset = tile_offset_});
    nodes_.push_back({.kernel = &msf_conv2d_part_s8,
                      .params = &parts_[pass],
                      .reads = &pixel_,
                      .read_count = 1,
                      .rows = inner_.rows,
                      .width = inner_.width,
                      .x_scale = 1,
                      .pixel_bytes = TiledCase::kOut,
                      .many_rows = shape_.patch_rows > 1});
  }

  const TiledCase& tiled_;
  Chain& chain_;
  const Shape& shape_;
  const Window inner_;
  const Sizes sizes_;
  const int32_t passes_;
  std::vector<Window> windows_;
  std::vector<std::vector<int8_t>> weights_;
  std::vector<msf_conv2d_part_s8_params> parts_;
  std::vector<msf_patch_node> nodes_;
  msf_patch_read outer_{};
  const msf_patch_read pixel_{0, 1, 0, 1};
  GuardedMemory scratch_;
  int32_t tile_offset_ = 0;
  int32_t sums_offset_ = 0;
};

TEST(Patch, ChannelTilesAddUpToTheWholeConvolution) {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    Maker maker(seed);
    Chain chain = maker.Make();
    chain.inputs.resize(1);
    chain.nodes.resize(1);
    chain.nodes[0].reads.resize(1);
    chain.nodes[0].c = TiledCase::kInner;
    const TiledCase tiled(seed);
    const Window& inner = chain.nodes[0];
    const Bytes expected =
        RunConv(tiled, RunWhole(chain), inner.rows, inner.width);
    for (int32_t tile : {1, 3, 4, 8, 11}) {
      Shape shape = maker.Fit(chain);
      shape.keeps = {false};
      if (tile == TiledCase::kInner) shape.strip_cols = inner.width;
      ASSERT_EQ(TiledPatch(tiled, chain, shape, tile).Run(), expected)
          << "seed " << seed << ", " << tile << " channels at once";
    }
  }
}

}  // namespace
}  // namespace msf
