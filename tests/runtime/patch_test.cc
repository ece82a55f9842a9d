// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// msf_patch against its inner kernels over whole tensors. Tiles and rings are
// exactly as large as a simulation by sets says, with poison around and in
// them.
#include "kernels/msf_patch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "msf_kernels.h"
#include "tests/runtime/guarded_memory.h"
#include "tests/runtime/patch_chain.h"

namespace msf {
namespace {

class Patch {
 public:
  Patch(Chain& chain, const Shape& shape) : chain_(chain), shape_(shape) {
    const Sizes sizes = SizesOf(chain, shape);
    const size_t count = chain.nodes.size();
    scratch_.PlaceNotes(static_cast<int32_t>(count * sizeof(msf_patch_note)));
    reads_.resize(count);
    lines_ = LinesOf(chain);
    for (size_t n = 0; n < count; ++n) AddNode(n, sizes);
    params_ = {.nodes = nodes_.data(),
               .count = static_cast<int32_t>(count),
               .passes = 1,
               .patch_rows = shape.patch_rows,
               .patch_cols = shape.patch_cols,
               .last_pass_cols = shape.patch_cols,
               .strip_cols = shape.strip_cols,
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
    const int32_t bands =
        (last.rows + shape_.patch_rows - 1) / shape_.patch_rows;
    const int32_t strips =
        (last.width + shape_.strip_cols - 1) / shape_.strip_cols;
    for (; call.step < bands * strips; ++call.step) {
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
                           read.rows.extent});
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
         .width = lines_[n].width,
         .x_scale = lines_[n].scale,
         .x_first = lines_[n].first,
         .x_end = lines_[n].end,
         .x_oldest = lines_[n].oldest,
         .pixel_bytes = node.c,
         .tile_rows = sizes.tile_rows[n],
         .tile_row_bytes = sizes.tile_cols[n] * node.c,
         .tile_offset = scratch_.Place(tile),
         .kept_rows = kept,
         .kept_row_bytes = sizes.kept_cols[n] * node.c,
         .kept_offset =
             PlaceRing(kept * sizes.kept_cols[n] * node.c)});
  }

  // Of a node that keeps rows: what is noted of the ring, then the ring.
  int32_t PlaceRing(int32_t bytes) {
    constexpr auto kNote = static_cast<int32_t>(sizeof(msf_patch_kept));
    return bytes > 0 ? state_.Place(kNote + bytes) + kNote : 0;
  }

  Chain& chain_;
  const Shape& shape_;
  std::vector<std::vector<msf_patch_read>> reads_;
  std::vector<Line> lines_;
  std::vector<msf_patch_node> nodes_;
  msf_patch_params params_{};
  GuardedMemory scratch_;
  GuardedMemory state_;
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
          << shape.patch_rows << "x" << shape.patch_cols << " in strips of "
          << shape.strip_cols;
      if (testing::Test::HasFailure()) return;
      // Nothing is made twice but for rows that are not kept, and where strips
      // meet.
      for (size_t n = 0; n < made.size(); ++n) {
        const bool all_kept = std::find(shape.keeps.begin() +
                                            static_cast<std::ptrdiff_t>(
                                                std::min(n, made.size() - 1)),
                                        shape.keeps.end(),
                                        false) == shape.keeps.end();
        const bool strips = shape.strip_cols < chain.nodes.back().width;
        if (!all_kept || strips) continue;
        ASSERT_LE(*std::max_element(made[n].begin(), made[n].end()), 1);
      }
    }
  }
  EXPECT_GT(residuals, 500);
}

}  // namespace
}  // namespace msf
