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
  std::vector<int8_t> weights;  // [kOut][kInner]
  std::vector<int32_t> bias;
  std::vector<int32_t> multipliers;
  std::vector<int8_t> shifts;

  explicit TiledCase(uint32_t seed) {
    std::mt19937 engine(seed);
    for (int32_t i = 0; i < kOut * kInner; ++i) {
      weights.push_back(static_cast<int8_t>(engine()));
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
      const auto row = weights.begin() + o * kInner;
      part.insert(part.end(), row + begin, row + end);
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

Bytes RunTiled(const TiledCase& tiled, Chain& chain, const Shape& shape,
               int32_t tile) {
  const Window inner = chain.nodes[0];
  const int32_t passes = (inner.c + tile - 1) / tile;
  Chain narrow = chain;
  narrow.nodes.push_back({.reads = {{.source = 0,
                                     .rows = {},
                                     .columns = {},
                                     .width = inner.width,
                                     .c = tile}},
                          .rows = inner.rows,
                          .width = inner.width,
                          .c = TiledCase::kOut});
  const Sizes sizes = SizesOf(narrow, shape);
  GuardedMemory scratch;
  scratch.PlaceNotes(2 * sizeof(msf_patch_note));
  const int32_t tile_offset =
      scratch.Place(sizes.tile_rows[0] * sizes.tile_cols[0] * tile);
  const int32_t sums_offset = scratch.Place(
      shape.patch_rows * inner.width * TiledCase::kOut * 4);
  const msf_patch_read outer{-1,
                             inner.reads[0].rows.stride,
                             -inner.reads[0].rows.pad,
                             inner.reads[0].rows.extent,
                             inner.reads[0].columns.stride,
                             -inner.reads[0].columns.pad,
                             inner.reads[0].columns.extent};
  const msf_patch_read pixel{0, 1, 0, 1, 1, 0, 1};
  std::vector<Window> windows(static_cast<size_t>(passes), inner);
  std::vector<std::vector<int8_t>> weights;
  std::vector<msf_conv2d_part_s8_params> parts(static_cast<size_t>(passes));
  std::vector<msf_patch_node> nodes;
  for (int32_t p = 0; p < passes; ++p) {
    const auto at = static_cast<size_t>(p);
    const int32_t begin = p * tile;
    const int32_t end = std::min(begin + tile, inner.c);
    windows[at].first_channel = begin;
    windows[at].c = end - begin;
    weights.push_back(tiled.Columns(begin, end));
    parts[at] = {.weights = weights.back().data(),
                 .bias = p == 0 ? tiled.bias.data() : nullptr,
                 .multipliers = tiled.multipliers.data(),
                 .shifts = tiled.shifts.data(),
                 .scale_step = 1,
                 .in_c = end - begin,
                 .out_w = inner.width,
                 .out_c = TiledCase::kOut,
                 .sums_rows = shape.patch_rows,
                 .finish = p + 1 == passes,
                 .output_zero_point = 3,
                 .clamp_min = -120,
                 .clamp_max = 110};
    nodes.push_back({&RunWindow, &windows[at], &outer, 1, inner.rows,
                     inner.width, end - begin, sizes.tile_rows[0],
                     sizes.tile_cols[0], tile_offset, 0, 0});
    nodes.push_back({&msf_conv2d_part_s8, &parts[at], &pixel, 1, inner.rows,
                     inner.width, TiledCase::kOut, 0, 0, 0, 0, 0});
  }
  const msf_patch_params params{nodes.data(),     2, passes, shape.patch_rows,
                                shape.patch_cols, 0, sums_offset};
  Bytes output(
      static_cast<size_t>(inner.rows * inner.width * TiledCase::kOut));
  msf_call call{};
  call.params = &params;
  call.in[0] = ViewOf(chain.inputs[0].bytes, chain.inputs[0].rows);
  call.out = ViewOf(output, inner.rows);
  call.x_end = MSF_WHOLE_ROW;
  for (; call.step * shape.patch_rows < inner.rows; ++call.step) {
    scratch.Fill();
    call.scratch = scratch.data();
    msf_patch(&call);
    scratch.ExpectGuardsIntact();
  }
  return output;
}

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
      ASSERT_EQ(RunTiled(tiled, chain, shape, tile), expected)
          << "seed " << seed << ", " << tile << " channels at once";
    }
  }
}

}  // namespace
}  // namespace msf
