// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/patch_layout.h"

#include <algorithm>
#include <vector>

#include "kernels/msf_patch.h"

namespace msf {
namespace {

static_assert(kPatchNoteBytes == sizeof(msf_patch_note));
static_assert(kPatchKeptBytes == sizeof(msf_patch_kept));

constexpr int64_t kWord = 4;
constexpr int64_t kMaxTileRowBytes = 65535;  // msf_view counts in 16 bits

int64_t RoundUp(int64_t bytes, int64_t align) {
  return (bytes + align - 1) / align * align;
}

int64_t TileAlign(const PatchUnit& u) {
  return u.pixel_bytes % kWord == 0 ? kWord : 1;
}

int64_t TileBytes(const PatchUnit& u) {
  return int64_t{u.tile_rows} * u.tile_cols * u.pixel_bytes;
}

// Whether the unit's tile must stay as it is from one sweep position to the
// next: columns are read again, or wait to go to the ring.
bool Stays(const PatchUnit& u) { return u.carries || u.kept_rows > 0; }

// False if a view cannot hold a tile.
bool FitTiles(Patch& patch) {
  for (PatchUnit& u : patch.units) {
    if (u.tile_cols * u.pixel_bytes > kMaxTileRowBytes) return false;
    if (u.kept_rows == 0 || u.tile_cols < u.kept_cols) continue;
    // A tile as wide as the ring: new rows may as well be written there.
    u.kept_rows += u.tile_rows;
    u.tile_rows = 0;
    u.carries = false;
  }
  return true;
}

// The last unit that reads the output of unit i.
size_t LastReader(const Patch& patch, size_t i) {
  size_t last = i;
  for (size_t c = i + 1; c < patch.units.size(); ++c) {
    for (const PatchRead& read : patch.units[c].reads) {
      if (read.unit == static_cast<int32_t>(i)) last = c;
    }
  }
  return last;
}

// Tiles that do not stay live from the unit that makes them to the last one
// that reads them. They share the bytes from `first` on. Returns where they
// end.
int64_t ShareScratch(Patch& patch, int64_t first) {
  int64_t end = first;
  std::vector<size_t> placed;
  for (size_t i = 0; i + 1 < patch.units.size(); ++i) {
    PatchUnit& u = patch.units[i];
    if (Stays(u) || TileBytes(u) == 0) continue;
    u.tile_offset = RoundUp(first, TileAlign(u));
    for (bool moved = true; moved;) {
      moved = false;
      for (size_t other : placed) {
        const int64_t at = patch.units[other].tile_offset;
        const int64_t behind = at + TileBytes(patch.units[other]);
        if (LastReader(patch, other) < i ||
            at >= u.tile_offset + TileBytes(u) || behind <= u.tile_offset) {
          continue;
        }
        u.tile_offset = RoundUp(behind, TileAlign(u));
        moved = true;
      }
    }
    placed.push_back(i);
    end = std::max(end, u.tile_offset + TileBytes(u));
  }
  return end;
}

// Sums, then the tiles that stay. Returns where they end.
int64_t PlaceInScratch(const UnitGraph& graph, const StagePlan& stage,
                       Patch& patch) {
  const size_t count = patch.units.size();
  int64_t scratch = kPatchNoteBytes * static_cast<int64_t>(count);
  if (patch.slices > 1 && !patch.collects) {
    const UnitTensor& out = graph.tensor(patch.output);
    patch.sums_offset = RoundUp(scratch, kWord);
    scratch = patch.sums_offset + kWord * std::min(stage.patch_rows, out.rows) *
                                      patch.strip_cols * out.pixel_bytes();
  }
  for (size_t i = 0; i + 1 < count; ++i) {
    PatchUnit& u = patch.units[i];
    if (!Stays(u) || TileBytes(u) == 0) continue;
    u.tile_offset = RoundUp(scratch, TileAlign(u));
    scratch = u.tile_offset + TileBytes(u);
  }
  return scratch;
}

// The rings of rows that are kept. Returns where they end.
int64_t PlaceInState(Patch& patch) {
  int64_t state = 0;
  for (size_t i = 0; i + 1 < patch.units.size(); ++i) {
    PatchUnit& u = patch.units[i];
    if (u.kept_rows == 0) continue;
    u.kept_offset = RoundUp(state, kWord) + kPatchKeptBytes;
    state = u.kept_offset + int64_t{u.kept_rows} * u.kept_cols * u.pixel_bytes;
  }
  return state;
}

}  // namespace

bool LayOut(const UnitGraph& graph, const StagePlan& stage, Patch& patch) {
  if (!FitTiles(patch)) return false;
  patch.form.state_bytes = PlaceInState(patch);
  const int64_t scratch =
      ShareScratch(patch, PlaceInScratch(graph, stage, patch));
  int64_t kernel_scratch = 0;
  for (const PatchUnit& u : patch.units) {
    kernel_scratch =
        std::max(kernel_scratch, graph.unit(u.unit).forms[0].scratch_bytes);
  }
  // Not a byte more than is written: the arena may end here.
  patch.kernel_scratch_offset = RoundUp(scratch, kWord);
  patch.form.scratch_bytes = kernel_scratch > 0
                                 ? patch.kernel_scratch_offset + kernel_scratch
                                 : scratch;
  return true;
}

}  // namespace msf
