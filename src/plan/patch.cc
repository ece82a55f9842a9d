// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/patch.h"

#include <algorithm>

#include "kernels/msf_patch.h"
#include "plan/patch_bands.h"
#include "plan/patch_layout.h"
#include "plan/patch_sweep.h"

namespace msf {
namespace {

constexpr size_t kMaxInputs = 2;  // MSF_MAX_INPUTS of the runtime
constexpr int32_t kMaxExtent = 32767;  // msf_patch_note counts in 16 bits

// --- Units and what they read ----------------------------------------------

std::vector<PatchUnit> UnitsOf(const UnitGraph& graph, const StagePlan& stage) {
  std::vector<PatchUnit> units;
  units.reserve(static_cast<size_t>(stage.last_unit - stage.first_unit));
  for (int32_t u = stage.first_unit; u < stage.last_unit; ++u) {
    const bool by_taps = stage.by_taps && u > stage.first_unit &&
                         graph.unit(u).makes_taps;
    // A unit that makes taps stands for the one before it, too.
    if (by_taps) units.pop_back();
    units.push_back({.unit = u, .by_taps = by_taps, .reads = {}});
  }
  return units;
}

// Where a unit of the graph is in the patch.
int32_t IndexOf(const Patch& patch, int32_t unit) {
  const auto at =
      std::find_if(patch.units.begin(), patch.units.end(),
                   [&](const PatchUnit& u) { return u.unit == unit; });
  return static_cast<int32_t>(at - patch.units.begin());
}

// The same for an input, which may be a new one.
int32_t InputIndex(Patch& patch, TensorId id) {
  const auto at = std::find(patch.inputs.begin(), patch.inputs.end(), id);
  const auto index = static_cast<int32_t>(at - patch.inputs.begin());
  if (at == patch.inputs.end()) patch.inputs.push_back(id);
  return index;
}

// Whether any part of a row can be made, out of parts of rows.
bool MakesParts(const Unit& unit) {
  const StageForm& form = unit.forms[0];
  return form.kind == StageKind::kRow &&
         form.columns.size() == unit.reads.size() && form.state_bytes == 0;
}

// Whether nothing behind the stage needs the tensor.
bool StaysInside(const UnitTensor& tensor, const StagePlan& stage) {
  return !tensor.is_output && tensor.last_read >= 0 &&
         tensor.last_read < stage.last_unit;
}

// What `outer` needs of what needs `inner`.
RowNeed Through(const RowNeed& outer, const RowNeed& inner) {
  return {.stride = outer.stride * inner.stride,
          .offset = outer.offset * inner.stride + inner.offset,
          .extent = (outer.extent - 1) * inner.stride + inner.extent};
}

// Notes what a unit reads, or with taps the unit before it.
bool ConnectUnit(const UnitGraph& graph, const StagePlan& stage,
                 PatchUnit& entry, Patch& patch) {
  const Unit& unit = graph.unit(entry.unit);
  const Unit& reader = entry.by_taps ? graph.unit(entry.unit - 1) : unit;
  if (entry.by_taps && (!MakesParts(reader) || stage.Keeps(entry.unit - 1))) {
    return false;
  }
  const StageForm& form = reader.forms[0];
  for (size_t r = 0; r < reader.reads.size(); ++r) {
    PatchRead read{.rows = form.needs[r], .columns = form.columns[r]};
    if (entry.by_taps) {
      read.rows = Through(unit.forms[0].needs[0], read.rows);
      read.columns = Through(unit.forms[0].columns[0], read.columns);
    }
    const int32_t producer = graph.tensor(reader.reads[r]).producer;
    if (producer >= stage.first_unit) {
      read.unit = IndexOf(patch, producer);
    } else {
      read.input = InputIndex(patch, reader.reads[r]);
    }
    entry.reads.push_back(read);
  }
  return true;
}

// Finds out what reads what, and whether the units may form a patch.
bool Connect(const UnitGraph& graph, const StagePlan& stage, Patch& patch) {
  patch.units = UnitsOf(graph, stage);
  bool has_taps = false;
  for (PatchUnit& u : patch.units) {
    const bool is_last = &u == &patch.units.back();
    const UnitTensor& out = graph.output_of(u.unit);
    if (!MakesParts(graph.unit(u.unit)) || out.rows > kMaxExtent ||
        out.columns > kMaxExtent || (!is_last && !StaysInside(out, stage)) ||
        !ConnectUnit(graph, stage, u, patch)) {
      return false;
    }
    has_taps = has_taps || u.by_taps;
  }
  patch.output = graph.unit(patch.units.back().unit).output;
  return stage.strip_cols < graph.tensor(patch.output).columns &&
         has_taps == stage.by_taps && patch.inputs.size() <= kMaxInputs &&
         SetColumnLines(graph, patch);
}

// --- Channels --------------------------------------------------------------

// Gives each unit of a chain its part in the passes. False if one cannot play
// it, or if it is no chain.
bool SetRoles(const UnitGraph& graph, const StagePlan& stage, Patch& patch) {
  const size_t count = patch.units.size();
  for (size_t i = 0; i < count; ++i) {
    PatchUnit& u = patch.units[i];
    const bool is_last = i + 1 == count;
    u.role = i == 0    ? SliceRole::kOutputs
             : is_last ? SliceRole::kInputs
                       : SliceRole::kChannelWise;
    const bool is_chained =
        u.reads.size() == 1 && u.reads[0].unit == static_cast<int32_t>(i) - 1;
    if (!is_chained || stage.Keeps(u.unit)) return false;
    const std::vector<SliceRole>& roles = graph.unit(u.unit).slice_roles;
    const bool is_whole = stage.collects && is_last;
    if (!is_whole && std::count(roles.begin(), roles.end(), u.role) == 0) {
      return false;
    }
  }
  return true;
}

// Passes, and the bytes of a pixel in them. What is sliced is int8: a channel
// is a byte.
bool SetTiles(const UnitGraph& graph, const StagePlan& stage, Patch& patch) {
  for (PatchUnit& u : patch.units) {
    u.pixel_bytes = graph.output_of(u.unit).pixel_bytes();
  }
  const int32_t tile = stage.channel_tile;
  patch.collects = stage.collects;
  if (tile == 0) return !stage.collects;
  if (stage.by_taps || (stage.collects && patch.units.size() < 3) ||
      !SetRoles(graph, stage, patch)) {
    return false;
  }
  patch.tiled_channels = static_cast<int32_t>(patch.units[0].pixel_bytes);
  patch.slices = (patch.tiled_channels + tile - 1) / tile;
  patch.passes = patch.slices + (stage.collects ? 1 : 0);
  for (size_t i = 0; i < patch.units.size(); ++i) {
    PatchUnit& u = patch.units[i];
    if (patch.IsCollected(i)) {
      u.line.oldest = MSF_PATCH_NEVER;
    } else {
      u.pixel_bytes = tile;
    }
  }
  return patch.slices > 1;
}

// --- MACs ------------------------------------------------------------------

int64_t MacsOfPixel(const UnitGraph& graph, int32_t unit) {
  const StageForm& form = graph.unit(unit).forms[0];
  return form.macs / (int64_t{form.steps} * graph.output_of(unit).columns);
}

void CountMacs(const UnitGraph& graph, Patch& patch) {
  for (const PatchUnit& u : patch.units) {
    patch.form.macs +=
        MacsOfPixel(graph, u.unit) * u.rows_made * u.columns_made;
    if (u.by_taps) {
      patch.form.macs += MacsOfPixel(graph, u.unit - 1) * u.taps_made;
    }
  }
}

}  // namespace

std::optional<Patch> MakePatch(const UnitGraph& graph, const StagePlan& stage) {
  SweepCache sweeps;
  return MakePatch(graph, stage, sweeps);
}

std::optional<Patch> MakePatch(const UnitGraph& graph, const StagePlan& stage,
                               SweepCache& sweeps) {
  Patch patch;
  if (!Connect(graph, stage, patch) || !SetTiles(graph, stage, patch) ||
      !SetBands(graph, stage, patch)) {
    return std::nullopt;
  }
  SetStrips(graph, stage, sweeps, patch);
  if (!LayOut(graph, stage, patch)) return std::nullopt;
  CountMacs(graph, patch);
  return patch;
}

UnitPass PassOf(const Patch& patch, const StagePlan& stage, size_t unit,
                int32_t pass) {
  if (patch.slices == 1) return {};
  if (patch.collects) {
    const bool is_last_unit = unit + 1 == patch.units.size();
    const bool is_last_pass = pass + 1 == patch.passes;
    if (is_last_unit || is_last_pass) {
      return {.rests = is_last_unit != is_last_pass, .slice = std::nullopt};
    }
  }
  const int32_t first = pass * stage.channel_tile;
  return {.rests = false,
          .slice = ChannelSlice{
              .role = patch.units[unit].role,
              .first = first,
              .count = std::min(stage.channel_tile,
                                patch.tiled_channels - first),
              .sums_rows = stage.patch_rows,
              .sums_cols = patch.strip_cols,
              .pixel_channels =
                  patch.IsCollected(unit) ? patch.tiled_channels : 0}};
}

int32_t LastPassCols(const Patch& patch, const StagePlan& stage) {
  return patch.collects ? patch.strip_cols : stage.patch_cols;
}

std::vector<int32_t> ColumnsPerCall(const Patch& patch,
                                    const StagePlan& stage) {
  std::vector<int32_t> columns(patch.units.size(), 0);
  columns.back() = stage.patch_cols;
  for (size_t i = columns.size(); i-- > 0;) {
    columns[i] = std::min(columns[i], patch.units[i].width);
    for (const PatchRead& read : patch.units[i].reads) {
      if (read.unit < 0) continue;
      int32_t& source = columns[static_cast<size_t>(read.unit)];
      source = std::max(source, columns[i] * read.columns.stride);
    }
  }
  columns.back() = LastPassCols(patch, stage);
  return columns;
}

}  // namespace msf
