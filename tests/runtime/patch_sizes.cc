// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/runtime/patch_chain.h"

namespace msf {
namespace {

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
    sizes_.kept_cols.assign(chain.nodes.size(), 0);
    for (size_t n = 0; n + 1 < chain.nodes.size(); ++n) {
      if (shape.keeps[n]) sizes_.kept_rows[n] = 1;
    }
  }

  Sizes Run() {
    Rows();
    const int32_t width = chain_.nodes.back().width;
    for (int32_t x = 0; x < width; x += shape_.strip_cols) {
      Columns(x, std::min(x + shape_.strip_cols, width));
    }
    // A tile need not hold what the ring does.
    for (size_t n = 0; n < chain_.nodes.size(); ++n) {
      sizes_.tile_rows[n] =
          std::max(sizes_.tile_rows[n] - sizes_.kept_rows[n], 0);
    }
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

  // The columns [from, to) of each node that output columns [x, x_end) need.
  std::vector<std::vector<bool>> Needed(int32_t x, int32_t x_end) const {
    auto need = Sets(false);
    for (int32_t u = x; u < x_end; ++u) {
      need.back()[static_cast<size_t>(u)] = true;
    }
    for (size_t n = chain_.nodes.size(); n-- > 0;) {
      for (const WindowRead& read : chain_.nodes[n].reads) {
        if (read.source < 0) continue;
        AddReads(need[n], read.columns, need[static_cast<size_t>(read.source)]);
      }
    }
    return need;
  }

  // Columns before the strip count as made.
  void Columns(int32_t left, int32_t right) {
    auto done = Sets(false);
    for (size_t n = 0; n < done.size(); ++n) {
      // Gaps are made too, and what only padding reads is not.
      std::fill_n(done[n].begin(), FirstOf(n, left), true);
    }
    for (int32_t x = left; x < right; x += shape_.patch_cols) {
      auto want = Needed(left, std::min(x + shape_.patch_cols, right));
      for (size_t n = 0; n < chain_.nodes.size(); ++n) {
        if (End(want[n]) <= End(done[n])) continue;
        std::fill_n(want[n].begin(), End(want[n]), true);
        const int32_t first = std::min(FirstReadAgain(n, done), End(done[n]));
        sizes_.tile_cols[n] =
            std::max(sizes_.tile_cols[n], End(want[n]) - first);
        done[n] = want[n];
      }
    }
    for (size_t n = 0; n < done.size(); ++n) {
      sizes_.kept_cols[n] =
          std::max(sizes_.kept_cols[n], End(done[n]) - FirstOf(n, left));
    }
  }

  // The first column of node n from which output column x reads.
  int32_t FirstOf(size_t n, int32_t x) const {
    std::vector<int32_t> first(chain_.nodes.size(), INT32_MAX);
    first.back() = x;
    for (size_t c = chain_.nodes.size(); c-- > 0;) {
      for (const WindowRead& read : chain_.nodes[c].reads) {
        if (read.source < 0) continue;
        int32_t& from = first[static_cast<size_t>(read.source)];
        from = std::min(
            from, std::clamp(read.columns.first(first[c]), 0, read.width));
      }
    }
    return first[n];
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

}  // namespace

Sizes SizesOf(const Chain& chain, const Shape& shape) {
  return Simulation(chain, shape).Run();
}

}  // namespace msf
