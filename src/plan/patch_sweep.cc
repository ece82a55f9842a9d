// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/patch_sweep.h"

#include <algorithm>

namespace msf {

// The columns of each unit that are made once the columns [0, x_end) of the
// output are; `done` are there already.
std::vector<int32_t> PatchSweep::ColumnsWanted(
    int32_t x_end, const std::vector<int32_t>& done) const {
  std::vector<int32_t> want = done;
  want.back() = x_end;
  for (size_t i = count_; i-- > 0;) {
    if (want[i] <= done[i]) continue;
    for (const PatchRead& read : patch_.units[i].reads) {
      if (read.unit < 0) continue;
      const auto j = static_cast<size_t>(read.unit);
      want[j] = std::max(want[j], std::min(output(j).columns,
                                           read.columns.End(want[i] - 1)));
    }
  }
  return want;
}

// The first column of each unit's output that a strip needs which begins at
// output column x.
std::vector<int32_t> PatchSweep::FirstColumns(int32_t x) const {
  std::vector<int32_t> first(count_, INT32_MAX);
  first.back() = x;
  for (size_t i = count_; i-- > 0;) {
    for (const PatchRead& read : patch_.units[i].reads) {
      if (read.unit < 0) continue;
      const auto j = static_cast<size_t>(read.unit);
      const int32_t from = std::clamp(read.columns.Top(first[i]), 0,
                                      output(j).columns);
      first[j] = std::min(first[j], from);
    }
  }
  return first;
}

// The columns of each unit that some unit reads again.
std::vector<int32_t> PatchSweep::OldestColumns(
    const std::vector<int32_t>& done) const {
  std::vector<int32_t> oldest(count_, INT32_MAX);
  for (size_t i = 0; i < count_; ++i) {
    if (done[i] >= output(i).columns) continue;
    for (const PatchRead& read : patch_.units[i].reads) {
      if (read.unit < 0) continue;
      int32_t& o = oldest[static_cast<size_t>(read.unit)];
      o = std::min(o, std::max(0, read.columns.Top(done[i])));
    }
  }
  return oldest;
}

void PatchSweep::Walk(int32_t x, int32_t x_end) {
  const std::vector<int32_t> first = FirstColumns(x);
  std::vector<int32_t> done = first;
  while (x < x_end) {
    x = std::min(x + patch_cols_, x_end);
    std::vector<int32_t> want = ColumnsWanted(x, done);
    const std::vector<int32_t> keep = OldestColumns(done);
    for (size_t i = 0; i + 1 < count_; ++i) {
      PatchUnit& u = patch_.units[i];
      const int32_t from = std::min(keep[i], done[i]);
      u.tile_cols = std::max(u.tile_cols, want[i] - from);
      if (from < done[i]) carries_[i] = true;
    }
    done = std::move(want);
  }
  for (size_t i = 0; i < count_; ++i) {
    PatchUnit& u = patch_.units[i];
    u.width = std::max(u.width, done[i]);
    u.kept_cols = std::max(u.kept_cols, done[i] - first[i]);
    u.columns_made += done[i] - first[i];
  }
}

}  // namespace msf
