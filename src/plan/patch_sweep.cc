// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/patch_sweep.h"

#include <algorithm>

namespace msf {
namespace {

using Columns = std::vector<int32_t>;  // one for each unit

class Sweep {
 public:
  Sweep(const UnitGraph& graph, const Patch& patch, int32_t patch_cols)
      : graph_(graph), patch_(patch), count_(patch.units.size()),
        patch_cols_(patch_cols), result_(count_), want_(count_),
        oldest_(count_) {}

  // From output column x to x_end.
  void Walk(int32_t x, int32_t x_end) {
    const Columns first = FirstColumns(x);
    Columns done = first;
    while (x < x_end) {
      x = std::min(x + patch_cols_, x_end);
      SetWanted(x, done);
      SetOldest(done);
      for (size_t i = 0; i + 1 < count_; ++i) {
        SweptColumns& u = result_[i];
        const int32_t from = std::min(oldest_[i], done[i]);
        u.tile_cols = std::max(u.tile_cols, want_[i] - from);
        if (from < done[i]) u.carries = true;
      }
      done = want_;
    }
    for (size_t i = 0; i < count_; ++i) {
      SweptColumns& u = result_[i];
      u.width = std::max(u.width, done[i]);
      u.kept_cols = std::max(u.kept_cols, done[i] - first[i]);
      u.columns_made += done[i] - first[i];
    }
  }

  std::vector<SweptColumns> Finish() { return std::move(result_); }

 private:
  const UnitTensor& output(size_t i) const {
    return graph_.tensor(graph_.unit(patch_.units[i].unit).output);
  }

  // The columns of each unit that are made once the columns [0, x_end) of the
  // output are; `done` are there already.
  void SetWanted(int32_t x_end, const Columns& done) {
    want_ = done;
    want_.back() = x_end;
    for (size_t i = count_; i-- > 0;) {
      if (want_[i] <= done[i]) continue;
      for (const PatchRead& read : patch_.units[i].reads) {
        if (read.unit < 0) continue;
        const auto j = static_cast<size_t>(read.unit);
        want_[j] = std::max(want_[j], std::min(output(j).columns,
                                               read.columns.End(want_[i] - 1)));
      }
    }
  }

  // The first column of each unit's output that a strip needs which begins at
  // output column x.
  Columns FirstColumns(int32_t x) const {
    Columns first(count_, INT32_MAX);
    first.back() = x;
    for (size_t i = count_; i-- > 0;) {
      for (const PatchRead& read : patch_.units[i].reads) {
        if (read.unit < 0) continue;
        const auto j = static_cast<size_t>(read.unit);
        const int32_t from =
            std::clamp(read.columns.Top(first[i]), 0, output(j).columns);
        first[j] = std::min(first[j], from);
      }
    }
    return first;
  }

  // The first column of each unit that some unit reads again.
  void SetOldest(const Columns& done) {
    std::fill(oldest_.begin(), oldest_.end(), INT32_MAX);
    for (size_t i = 0; i < count_; ++i) {
      if (done[i] >= output(i).columns) continue;
      for (const PatchRead& read : patch_.units[i].reads) {
        if (read.unit < 0) continue;
        int32_t& o = oldest_[static_cast<size_t>(read.unit)];
        o = std::min(o, std::max(0, read.columns.Top(done[i])));
      }
    }
  }

  const UnitGraph& graph_;
  const Patch& patch_;
  size_t count_;
  int32_t patch_cols_;
  std::vector<SweptColumns> result_;
  Columns want_;
  Columns oldest_;
};

}  // namespace

std::vector<SweptColumns> SweepColumns(const UnitGraph& graph,
                                       const Patch& patch, int32_t patch_cols,
                                       int32_t strip_cols) {
  Sweep sweep(graph, patch, patch_cols);
  const int32_t width = graph.tensor(patch.output).columns;
  for (int32_t x = 0; x < width; x += strip_cols) {
    sweep.Walk(x, std::min(x + strip_cols, width));
  }
  return sweep.Finish();
}

}  // namespace msf
