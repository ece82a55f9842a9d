// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// msf_patch against its inner kernels over whole tensors. Tiles and rings are
// exactly as large as a simulation by sets says, with poison around and in
// them.
#include "kernels/msf_patch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <climits>
#include <random>
#include <string>
#include <vector>

#include "kernels/msf_conv2d_part_s8.h"
#include "kernels/msf_conv2d_s8.h"
#include "msf_kernels.h"

namespace {

constexpr uint8_t kPoison = 0xcd;
constexpr int32_t kGuard = 16;

// One dimension of a window.
struct Span {
  int32_t stride = 1;
  int32_t pad = 0;
  int32_t extent = 1;
  int32_t first(int32_t i) const { return i * stride - pad; }
  int32_t end(int32_t i) const { return first(i) + extent; }
};

struct WindowRead {
  int32_t source = 0;
  Span rows;
  Span columns;
  int32_t width = 0;  // of the source
  int32_t c = 0;
};

// An operator that lets every byte of its window show in the output.
struct Window {
  std::vector<WindowRead> reads;
  int32_t rows = 0;
  int32_t width = 0;
  int32_t c = 0;
  int32_t first_channel = 0;  // of the whole tensor's
  std::vector<int32_t>* made = nullptr;  // how often each pixel was
};

uint8_t WindowByte(const Window& window, const msf_call* call, int32_t x,
                   int32_t channel) {
  uint32_t hash = static_cast<uint32_t>(channel) * 37 + 11;
  for (size_t i = 0; i < window.reads.size(); ++i) {
    const WindowRead& read = window.reads[i];
    const int32_t rows = call->in[i].rows;
    for (int32_t y = read.rows.first(call->step);
         y < read.rows.end(call->step); ++y) {
      if (y < 0 || y >= rows) continue;
      const uint8_t* row = msf_row(&call->in[i], y);
      for (int32_t u = read.columns.first(x); u < read.columns.end(x); ++u) {
        if (u < 0 || u >= read.width) continue;
        for (int32_t k = 0; k < read.c; ++k) {
          hash = hash * 5 + row[u * read.c + k];
        }
      }
    }
  }
  return static_cast<uint8_t>(hash ^ (hash >> 13));
}

void RunWindow(const msf_call* call) {
  const auto& window = *static_cast<const Window*>(call->params);
  uint8_t* row = msf_row(&call->out, call->step);
  const int32_t x_end = std::min(call->x_end, window.width);
  for (int32_t x = call->x; x < x_end; ++x) {
    for (int32_t k = 0; k < window.c; ++k) {
      row[x * window.c + k] =
          WindowByte(window, call, x, window.first_channel + k);
    }
    if (window.made == nullptr) continue;
    ++(*window.made)[static_cast<size_t>(call->step * window.width + x)];
  }
}

using Bytes = std::vector<uint8_t>;

struct Input {
  int32_t rows = 0;
  int32_t width = 0;
  int32_t c = 0;
  Bytes bytes;
};

msf_view ViewOf(Bytes& bytes, int32_t rows) {
  return {bytes.data(), static_cast<int32_t>(bytes.size()) / rows, rows, rows};
}

struct Chain {
  std::vector<Input> inputs;
  std::vector<Window> nodes;
};

// --- What memory a patch needs, from the definition alone ------------------

struct Sizes {
  std::vector<int32_t> tile_rows;
  std::vector<int32_t> tile_cols;
  std::vector<int32_t> kept_rows;
};

struct Shape {
  int32_t patch_rows = 1;
  int32_t patch_cols = 1;
  std::vector<bool> keeps;
};

// Elements that elements of `wanted` read, of a source of `size`.
void AddReads(const std::vector<bool>& wanted, const Span& span,
              std::vector<bool>& read) {
  const auto size = static_cast<int32_t>(read.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    const auto at = static_cast<int32_t>(i);
    const int32_t end = std::min(span.end(at), size);
    for (int32_t k = std::max(span.first(at), 0); k < end; ++k) {
      read[static_cast<size_t>(k)] = true;
    }
  }
}

int32_t First(const std::vector<bool>& set) {
  return static_cast<int32_t>(std::find(set.begin(), set.end(), true) -
                              set.begin());
}
int32_t End(const std::vector<bool>& set) {
  return static_cast<int32_t>(
      set.rend() - std::find(set.rbegin(), set.rend(), true));
}

class Simulation {
 public:
  Simulation(const Chain& chain, const Shape& shape)
      : chain_(chain), shape_(shape) {
    sizes_.tile_rows.assign(chain.nodes.size(), 1);
    sizes_.tile_cols.assign(chain.nodes.size(), 1);
    sizes_.kept_rows.assign(chain.nodes.size(), 0);
    for (size_t n = 0; n + 1 < chain.nodes.size(); ++n) {
      if (shape.keeps[n]) sizes_.kept_rows[n] = 1;
    }
  }

  Sizes Run() {
    Rows();
    Columns();
    return sizes_;
  }

 private:
  std::vector<std::vector<bool>> Sets(bool rows) const {
    std::vector<std::vector<bool>> sets;
    for (const Window& node : chain_.nodes) {
      sets.emplace_back(static_cast<size_t>(rows ? node.rows : node.width));
    }
    return sets;
  }

  void Rows() {
    auto made = Sets(true);
    const int32_t rows = chain_.nodes.back().rows;
    for (int32_t top = 0; top < rows; top += shape_.patch_rows) {
      auto need = Sets(true);
      const int32_t bottom = std::min(top + shape_.patch_rows, rows);
      for (int32_t r = top; r < bottom; ++r) {
        need.back()[static_cast<size_t>(r)] = true;
      }
      for (size_t n = chain_.nodes.size(); n-- > 0;) Band(n, need[n], made, need);
    }
  }

  void Band(size_t n, std::vector<bool> rows,
            std::vector<std::vector<bool>>& made,
            std::vector<std::vector<bool>>& need) {
    const bool inner = n + 1 < chain_.nodes.size();
    const int32_t first = First(rows);
    for (int32_t r = first; r < End(rows); ++r) {
      rows[static_cast<size_t>(r)] = true;  // a tile has no gaps
    }
    if (inner) {
      sizes_.tile_rows[n] = std::max(sizes_.tile_rows[n], End(rows) - first);
    }
    if (inner && shape_.keeps[n]) {
      sizes_.kept_rows[n] =
          std::max(sizes_.kept_rows[n], End(made[n]) - first);
      for (size_t r = 0; r < rows.size(); ++r) {
        const bool is_new = rows[r] && static_cast<int32_t>(r) >= End(made[n]);
        ASSERT_TRUE(is_new || !rows[r] || made[n][r]);
        rows[r] = is_new;
      }
      for (size_t r = 0; r < rows.size(); ++r) {
        if (rows[r]) made[n][r] = true;
      }
    }
    for (const WindowRead& read : chain_.nodes[n].reads) {
      if (read.source < 0) continue;
      AddReads(rows, read.rows, need[static_cast<size_t>(read.source)]);
    }
  }

  void Columns() {
    auto done = Sets(false);
    const int32_t width = chain_.nodes.back().width;
    for (int32_t x = 0; x < width; x += shape_.patch_cols) {
      auto want = Sets(false);
      for (int32_t u = 0; u < std::min(x + shape_.patch_cols, width); ++u) {
        want.back()[static_cast<size_t>(u)] = true;
      }
      for (size_t n = chain_.nodes.size(); n-- > 0;) {
        std::fill_n(want[n].begin(), End(want[n]), true);
        for (const WindowRead& read : chain_.nodes[n].reads) {
          if (read.source < 0) continue;
          AddReads(want[n], read.columns,
                   want[static_cast<size_t>(read.source)]);
        }
      }
      for (size_t n = 0; n < chain_.nodes.size(); ++n) {
        if (End(want[n]) <= End(done[n])) continue;
        const int32_t first = std::min(FirstReadAgain(n, done), End(done[n]));
        sizes_.tile_cols[n] =
            std::max(sizes_.tile_cols[n], End(want[n]) - first);
        done[n] = want[n];
      }
    }
  }

  int32_t FirstReadAgain(size_t n,
                         const std::vector<std::vector<bool>>& done) const {
    std::vector<bool> again(static_cast<size_t>(chain_.nodes[n].width));
    for (size_t c = n + 1; c < chain_.nodes.size(); ++c) {
      std::vector<bool> open = done[c];
      open.flip();
      for (const WindowRead& read : chain_.nodes[c].reads) {
        if (read.source != static_cast<int32_t>(n)) continue;
        AddReads(open, read.columns, again);
      }
    }
    return First(again);
  }

  const Chain& chain_;
  const Shape& shape_;
  Sizes sizes_;
};

// --- A patch over guarded memory -------------------------------------------

class Memory {
 public:
  int32_t Place(int32_t bytes) {
    const int32_t offset = size_ + kGuard;
    size_ = (offset + bytes + 3) / 4 * 4 + kGuard;
    regions_.push_back({offset, offset + bytes});
    return offset;
  }
  // From the start, without a guard.
  void PlaceNotes(int32_t bytes) {
    regions_.push_back({0, bytes});
    size_ = bytes;
  }
  void Fill() {
    words_.assign(static_cast<size_t>(size_ / 4 + 1), 0);
    std::fill_n(data(), words_.size() * 4, kPoison);
  }
  uint8_t* data() { return reinterpret_cast<uint8_t*>(words_.data()); }
  void ExpectGuardsIntact() {
    std::vector<bool> used(words_.size() * 4);
    for (const auto& [begin, end] : regions_) {
      for (int32_t i = begin; i < end; ++i) used[static_cast<size_t>(i)] = true;
    }
    for (size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) {
        ASSERT_EQ(data()[i], kPoison) << "byte " << i;
      }
    }
  }

 private:
  int32_t size_ = 0;
  std::vector<std::pair<int32_t, int32_t>> regions_;
  std::vector<uint32_t> words_;
};

class Patch {
 public:
  Patch(Chain& chain, const Shape& shape) : chain_(chain), shape_(shape) {
    const Sizes sizes = Simulation(chain, shape).Run();
    const size_t count = chain.nodes.size();
    scratch_.PlaceNotes(static_cast<int32_t>(count * sizeof(msf_patch_note)));
    state_.PlaceNotes(static_cast<int32_t>(count * sizeof(int32_t)));
    reads_.resize(count);
    for (size_t n = 0; n < count; ++n) AddNode(n, sizes);
    params_ = {.nodes = nodes_.data(),
               .count = static_cast<int32_t>(count),
               .passes = 1,
               .patch_rows = shape.patch_rows,
               .patch_cols = shape.patch_cols,
               .kernel_scratch_offset = 0,
               .sums_offset = 0};
  }

  // The output, and how often each pixel of each node was made.
  Bytes Run(std::vector<std::vector<int32_t>>* made) {
    for (size_t n = 0; n < chain_.nodes.size(); ++n) {
      Window& node = chain_.nodes[n];
      (*made)[n].assign(static_cast<size_t>(node.rows * node.width), 0);
      node.made = &(*made)[n];
    }
    const Window& last = chain_.nodes.back();
    Bytes output(static_cast<size_t>(last.rows * last.width * last.c));
    msf_call call{};
    call.params = &params_;
    for (size_t i = 0; i < chain_.inputs.size(); ++i) {
      call.in[i] = ViewOf(chain_.inputs[i].bytes, chain_.inputs[i].rows);
    }
    call.out = ViewOf(output, last.rows);
    call.x_end = MSF_WHOLE_ROW;
    state_.Fill();
    for (; call.step * shape_.patch_rows < last.rows; ++call.step) {
      scratch_.Fill();
      call.state = state_.data();
      call.scratch = scratch_.data();
      msf_patch(&call);
      scratch_.ExpectGuardsIntact();
      state_.ExpectGuardsIntact();
    }
    return output;
  }

 private:
  void AddNode(size_t n, const Sizes& sizes) {
    const Window& node = chain_.nodes[n];
    for (const WindowRead& read : node.reads) {
      reads_[n].push_back({read.source, read.rows.stride, -read.rows.pad,
                           read.rows.extent, read.columns.stride,
                           -read.columns.pad, read.columns.extent});
    }
    const bool inner = n + 1 < chain_.nodes.size();
    const int32_t kept = inner ? sizes.kept_rows[n] : 0;
    const int32_t tile =
        inner ? sizes.tile_rows[n] * sizes.tile_cols[n] * node.c : 0;
    nodes_.push_back(
        {.kernel = &RunWindow,
         .params = &node,
         .reads = reads_[n].data(),
         .read_count = static_cast<int32_t>(reads_[n].size()),
         .rows = node.rows,
         .width = node.width,
         .pixel_bytes = node.c,
         .tile_rows = sizes.tile_rows[n],
         .tile_cols = sizes.tile_cols[n],
         .tile_offset = scratch_.Place(tile),
         .kept_rows = kept,
         .kept_offset = state_.Place(kept * node.width * node.c)});
  }

  Chain& chain_;
  const Shape& shape_;
  std::vector<std::vector<msf_patch_read>> reads_;
  std::vector<msf_patch_node> nodes_;
  msf_patch_params params_{};
  Memory scratch_;
  Memory state_;
};

Bytes RunWhole(Chain& chain) {
  std::vector<Bytes> values;
  for (Window& node : chain.nodes) {
    node.made = nullptr;
    values.emplace_back(static_cast<size_t>(node.rows * node.width * node.c));
    msf_call call{};
    call.params = &node;
    for (size_t i = 0; i < node.reads.size(); ++i) {
      const int32_t source = node.reads[i].source;
      const auto s = static_cast<size_t>(source < 0 ? -1 - source : source);
      call.in[i] = source < 0
                       ? ViewOf(chain.inputs[s].bytes, chain.inputs[s].rows)
                       : ViewOf(values[s], chain.nodes[s].rows);
    }
    call.out = ViewOf(values.back(), node.rows);
    call.x_end = MSF_WHOLE_ROW;
    for (; call.step < node.rows; ++call.step) RunWindow(&call);
  }
  return values.back();
}

// --- Random chains ----------------------------------------------------------

class Maker {
 public:
  explicit Maker(uint32_t seed) : engine_(seed) {}
  int32_t Pick(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(
                     engine_() % static_cast<uint32_t>(high - low + 1));
  }

  Chain Make() {
    Chain chain;
    AddInput(chain, Pick(1, 24), Pick(1, 24));
    const int32_t count = Pick(2, 5);
    for (int32_t n = 0; n < count; ++n) AddNode(chain);
    return chain;
  }

  Shape Fit(const Chain& chain) {
    Shape shape{.patch_rows = Pick(1, chain.nodes.back().rows),
                .patch_cols = Pick(1, chain.nodes.back().width),
                .keeps = {}};
    if (Pick(0, 1) == 0) shape.patch_rows = std::min(shape.patch_rows, 2);
    if (Pick(0, 1) == 0) shape.patch_cols = std::min(shape.patch_cols, 2);
    const int32_t keep = Pick(0, 2);  // none, some, all
    for (size_t n = 0; n + 1 < chain.nodes.size(); ++n) {
      shape.keeps.push_back(keep == 2 || (keep == 1 && Pick(0, 1) == 1));
    }
    return shape;
  }

 private:
  void AddInput(Chain& chain, int32_t rows, int32_t width) {
    Input input{rows, width, Pick(1, 4), {}};
    input.bytes.resize(static_cast<size_t>(rows * width * input.c));
    for (uint8_t& byte : input.bytes) byte = static_cast<uint8_t>(engine_());
    chain.inputs.push_back(std::move(input));
  }

  // A window over `size` and how many outputs it has.
  Span AnySpan(int32_t size, int32_t* outputs) {
    Span span;
    span.extent = Pick(1, 7);
    span.stride = Pick(1, 3);
    span.pad = Pick(0, span.extent - 1);
    const int32_t padding = span.pad + Pick(0, span.extent - 1);
    if (size + padding < span.extent) return span = {}, *outputs = size, span;
    *outputs = (size + padding - span.extent) / span.stride + 1;
    return span;
  }

  void AddNode(Chain& chain) {
    const auto n = static_cast<int32_t>(chain.nodes.size());
    Window node;
    WindowRead read;
    read.source = n - 1;  // input 0 for the first
    const int32_t rows = n > 0 ? chain.nodes.back().rows : chain.inputs[0].rows;
    read.width = n > 0 ? chain.nodes.back().width : chain.inputs[0].width;
    read.c = n > 0 ? chain.nodes.back().c : chain.inputs[0].c;
    read.rows = AnySpan(rows, &node.rows);
    read.columns = AnySpan(read.width, &node.width);
    node.c = Pick(1, 4);
    node.reads.push_back(read);
    AddSecondRead(chain, node);
    chain.nodes.push_back(std::move(node));
  }

  // As a residual addition: the same element of an earlier tensor.
  void AddSecondRead(Chain& chain, Window& node) {
    std::vector<WindowRead> choices;
    const auto consider = [&](int32_t source, const auto& tensor) {
      if (tensor.rows != node.rows || tensor.width != node.width) return;
      choices.push_back({source, {}, {}, tensor.width, tensor.c});
    };
    for (size_t i = 0; i < chain.inputs.size(); ++i) {
      consider(-1 - static_cast<int32_t>(i), chain.inputs[i]);
    }
    for (size_t n = 0; n < chain.nodes.size(); ++n) {
      consider(static_cast<int32_t>(n), chain.nodes[n]);
    }
    if (!choices.empty()) {
      const int32_t last = static_cast<int32_t>(choices.size()) - 1;
      node.reads.push_back(choices[static_cast<size_t>(Pick(0, last))]);
    } else if (chain.inputs.size() < 2 && Pick(0, 3) == 0) {
      AddInput(chain, node.rows, node.width);
      const Input& input = chain.inputs.back();
      node.reads.push_back({-2, {}, {}, input.width, input.c});
    }
  }

  std::mt19937 engine_;
};

TEST(Patch, GivesTheBytesOfItsKernelsOverWholeTensors) {
  int residuals = 0;
  for (uint32_t seed = 1; seed <= 4000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Maker maker(seed);
    Chain chain = maker.Make();
    for (const Window& node : chain.nodes) residuals += node.reads.size() > 1;
    const Bytes expected = RunWhole(chain);
    for (int i = 0; i < 3; ++i) {
      const Shape shape = maker.Fit(chain);
      std::vector<std::vector<int32_t>> made(chain.nodes.size());
      ASSERT_EQ(Patch(chain, shape).Run(&made), expected)
          << shape.patch_rows << "x" << shape.patch_cols;
      if (testing::Test::HasFailure()) return;
      // Nothing is made twice but for rows that are not kept.
      for (size_t n = 0; n < made.size(); ++n) {
        const bool all_kept = std::find(shape.keeps.begin() +
                                            static_cast<std::ptrdiff_t>(
                                                std::min(n, made.size() - 1)),
                                        shape.keeps.end(),
                                        false) == shape.keeps.end();
        if (!all_kept) continue;
        ASSERT_LE(*std::max_element(made[n].begin(), made[n].end()), 1);
      }
    }
  }
  EXPECT_GT(residuals, 500);
}

// --- Channel tiles ----------------------------------------------------------

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
  const Sizes sizes = Simulation(narrow, shape).Run();
  Memory scratch;
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
