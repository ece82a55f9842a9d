// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "plan/patch.h"
#include "plan/unit_graph.h"

namespace msf {

// The sweep of a patch along x, as msf_patch does it: how many columns of each
// tile are needed at once, and which columns are made.
class PatchSweep {
 public:
  // `patch` has its units and their reads; both outlive the sweep.
  PatchSweep(const UnitGraph& graph, Patch& patch, int32_t patch_cols)
      : graph_(graph), patch_(patch), count_(patch.units.size()),
        patch_cols_(patch_cols), carries_(count_, false) {}

  // From output column x to x_end. Fills in tile_cols, kept_cols, width and
  // columns_made of each unit.
  void Walk(int32_t x, int32_t x_end);

  // Whether a unit's tile carries columns from one position to the next.
  const std::vector<bool>& carries() const { return carries_; }

 private:
  const UnitTensor& output(size_t i) const {
    return graph_.tensor(graph_.unit(patch_.units[i].unit).output);
  }
  std::vector<int32_t> ColumnsWanted(int32_t x_end,
                                     const std::vector<int32_t>& done) const;
  std::vector<int32_t> FirstColumns(int32_t x) const;
  std::vector<int32_t> OldestColumns(const std::vector<int32_t>& done) const;

  const UnitGraph& graph_;
  Patch& patch_;
  size_t count_;
  int32_t patch_cols_;
  std::vector<bool> carries_;
};

}  // namespace msf
