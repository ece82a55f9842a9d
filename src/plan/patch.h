// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The geometry of a patch: a stage that fuses a chain of units. Step b makes a
// band of `patch_rows` output rows; within it the patch sweeps along x, and of
// every inner tensor only a tile is in memory: the rows that the band needs,
// and of those the columns that are still needed (an H-cache).
//
//        band b         x ->
//   row  lo  +------+========+..............
//            | gone |  tile  |  not yet made
//   row  hi  +------+========+..............
//
// Rows of an inner tensor that the next band needs again are either kept at
// full width in the stage's state (no recompute), or made again. Where they are
// kept, the tile holds only the rows that a band makes.
//
// With strips the patch goes through all bands of some output columns before it
// comes to the next ones. Rings are then as wide as a strip needs, and columns
// that two strips need are made twice. With channel tiles each band goes
// through all strips, and int32 sums are as wide as one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

// What a unit of the patch reads: an input of the patch, or an inner tensor.
struct PatchRead {
  int32_t input = -1;  // >= 0: Patch::inputs
  int32_t unit = -1;   // >= 0: position in the patch of the unit that makes it
  RowNeed rows;
  RowNeed columns;
};

// Columns of a unit's output as functions of those of the patch's output, cut to
// [0, PatchUnit::width). All readers of a unit go on at its pace.
struct ColumnLine {
  int32_t scale = 1;   // columns for one of the output
  int32_t first = 0;   // a strip from x on reads none before x * scale + first
  int32_t end = 0;     // the columns [0, x) read none from x * scale + end on
  int32_t oldest = 0;  // afterwards none is read before x * scale + oldest
};

// A unit of the patch and the tile of its output. The last one writes to the
// stage's output and has no tile.
struct PatchUnit {
  int32_t unit = 0;  // in the UnitGraph
  // It makes the output of the unit before it tap by tap, out of what that one
  // reads: so many pixels of it in all.
  bool by_taps = false;
  int64_t taps_made = 0;
  std::vector<PatchRead> reads;
  int64_t rows_made = 0;    // in all bands; rows made again count again
  int64_t columns_made = 0;  // of each row, in all strips
  int32_t width = 0;         // behind the last column that is ever read
  ColumnLine line;
  int32_t tile_rows = 0;    // the latest rows of a band; 0: the ring has all
  int32_t tile_cols = 0;
  bool carries = false;  // columns of the tile from position to position
  int64_t tile_offset = 0;  // in the stage's scratch
  int32_t kept_rows = 0;    // ring, row r in slot r % kept_rows
  int32_t kept_cols = 0;    // of the ring: of the widest strip
  int64_t kept_offset = 0;  // in the stage's state
  int64_t pixel_bytes = 0;  // of the tile and the ring: a pass's channels
  // With channel tiles: how a pass runs the unit.
  SliceRole role = SliceRole::kOutputs;
};

struct Patch {
  std::vector<TensorId> inputs;  // the stage's reads
  TensorId output = kNoTensor;
  StageForm form;  // rows_per_step, needs of `inputs`, state, scratch, macs
  std::vector<PatchUnit> units;
  // In the scratch: what the kernel notes for each unit (msf_patch_note), then
  // sums, tiles, and the scratch of the largest inner kernel.
  int64_t kernel_scratch_offset = 0;
  // With channel tiles: passes over the patch, and the channels of the inner
  // tensors that all of them make; int32 sums of a band of the output.
  int32_t passes = 1;
  int32_t slices = 1;     // passes that make channels
  bool collects = false;  // then the last pass runs the last unit
  int32_t strip_cols = 0;  // of the output: all of them without strips
  int32_t tiled_channels = 0;
  int64_t sums_offset = 0;

  // Whether tiles of channels come together in the unit's output.
  bool IsCollected(size_t unit) const {
    return collects && unit + 2 == units.size();
  }
};

// What a unit does in a pass of a patch.
struct UnitPass {
  bool rests = false;
  std::optional<ChannelSlice> slice;  // none: all channels
};
UnitPass PassOf(const Patch& patch, const StagePlan& stage, size_t unit,
                int32_t pass);

// What the runtime notes of each unit of a patch, in bytes of scratch.
inline constexpr int64_t kPatchNoteBytes = 8;
// And of each ring of kept rows, in front of it (msf_patch_kept).
inline constexpr int64_t kPatchKeptBytes = 4;

// Nothing if the units cannot be fused so: one of them makes whole rows only,
// an inner tensor is needed elsewhere, more than two inputs, strides that do
// not agree. With channel tiles also: rows that are kept, units that
// cannot be sliced or are no plain chain, all channels in one tile. With strips
// also: a strip as wide as the output.
std::optional<Patch> MakePatch(const UnitGraph& graph, const StagePlan& stage);

// Columns of a position in the last pass; before it they are patch_cols.
int32_t LastPassCols(const Patch& patch, const StagePlan& stage);

// Columns that each unit makes at a position of the sweep; at the first one
// more. For StageForm::columns_per_call.
std::vector<int32_t> ColumnsPerCall(const Patch& patch, const StagePlan& stage);

}  // namespace msf
