// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// A patch along x: its strips, and the columns of each unit's output that a
// position makes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "plan/patch.h"
#include "plan/unit_graph.h"

namespace msf {

// What the sweeps of a patch along x make of each unit's output.
struct SweptColumns {
  int32_t tile_cols = 0;     // needed at once
  int32_t kept_cols = 0;     // in the widest strip
  int64_t columns_made = 0;  // in all strips
  int64_t taps_made = 0;  // of a unit by taps: kernel columns inside, of them
  bool carries = false;  // the tile carries columns from position to position
};

// Sets the width and the line of each unit. False if readers of one do not go on
// at the same pace.
bool SetColumnLines(const UnitGraph& graph, Patch& patch);

// How many of the rows (or columns) that row r reads exist, of `all`.
int32_t Inside(const RowNeed& need, int32_t r, int32_t all);

// Sweeps of patches of the same units, by patch_cols, strip_cols, collects and
// by_taps: they have nothing to do with rows and numbers of channels.
using SweepCache = std::map<std::tuple<int32_t, int32_t, bool, bool>,
                            std::vector<SweptColumns>>;

// Sets the strips of a patch, and of each unit the columns that are made, kept
// and in the tile. `patch` has the lines of its units and its bands.
void SetStrips(const UnitGraph& graph, const StagePlan& stage,
               SweepCache& sweeps, Patch& patch);

// MakePatch for one patch after the other of the same units.
std::optional<Patch> MakePatch(const UnitGraph& graph, const StagePlan& stage,
                               SweepCache& sweeps);

}  // namespace msf
