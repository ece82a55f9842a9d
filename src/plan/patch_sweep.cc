// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/patch_sweep.h"

#include <algorithm>
#include <cstdlib>

#include "kernels/msf_patch.h"

namespace msf {
namespace {

// The runtime counts in 32 bits.
constexpr int64_t kFarthest = -int64_t{MSF_PATCH_NEVER} / 2;

// As a reader of a unit with this line reads its source.
bool Through(const ColumnLine& line, const RowNeed& need, int32_t columns,
             ColumnLine* source) {
  const int64_t stride = need.stride;
  const int64_t scale = line.scale * stride;
  const int64_t first = line.first * stride + need.offset;
  const int64_t end = (line.end - 1) * stride + need.offset + need.extent;
  const int64_t oldest = line.end * stride + need.offset;
  const int64_t farthest =
      std::max({std::abs(first), std::abs(end), std::abs(oldest)});
  if (scale * columns + farthest > kFarthest) return false;
  *source = {.scale = static_cast<int32_t>(scale),
             .first = static_cast<int32_t>(first),
             .end = static_cast<int32_t>(end),
             .oldest = static_cast<int32_t>(oldest)};
  return true;
}

// Notes the tiles of which some unit reads columns again, once those before
// `done` have been made.
void FindCarried(const Patch& patch, const std::vector<int32_t>& done,
                 std::vector<SweptColumns>& result) {
  for (size_t i = 0; i < patch.units.size(); ++i) {
    const PatchUnit& reader = patch.units[i];
    if (done[i] >= reader.width) continue;
    for (const PatchRead& read : reader.reads) {
      if (read.unit < 0) continue;
      const auto j = static_cast<size_t>(read.unit);
      if (std::max(0, read.columns.Top(done[i])) < done[j]) {
        result[j].carries = true;
      }
    }
  }
}

// From output column x to x_end, as msf_patch does it.
void WalkStrip(const UnitGraph& graph, const Patch& patch, int32_t patch_cols,
               int32_t x, int32_t x_end, std::vector<SweptColumns>& result) {
  const size_t count = patch.units.size();
  std::vector<int32_t> done(count);
  for (size_t i = 0; i < count; ++i) {
    const PatchUnit& u = patch.units[i];
    done[i] = std::clamp(x * u.line.scale + u.line.first, 0, u.width);
  }
  const std::vector<int32_t> first = done;
  std::vector<int32_t> tile = done;  // the tile's first column
  while (x < x_end) {
    const int32_t before = x;
    x = std::min(x + patch_cols, x_end);
    FindCarried(patch, done, result);
    for (size_t i = 0; i < count; ++i) {
      const PatchUnit& u = patch.units[i];
      const int32_t want = std::min(x * u.line.scale + u.line.end, u.width);
      if (want <= done[i]) continue;
      const int32_t oldest =
          std::min(before * u.line.scale + u.line.oldest, done[i]);
      tile[i] = std::max(tile[i], oldest);
      result[i].tile_cols = std::max(result[i].tile_cols, want - tile[i]);
      done[i] = want;
    }
  }
  for (size_t i = 0; i < count; ++i) {
    result[i].kept_cols = std::max(result[i].kept_cols, done[i] - first[i]);
    result[i].columns_made += done[i] - first[i];
    if (!patch.units[i].by_taps) continue;
    const Unit& unit = graph.unit(patch.units[i].unit);
    const int32_t all = graph.tensor(unit.reads[0]).columns;
    for (int32_t c = first[i]; c < done[i]; ++c) {
      result[i].taps_made += Inside(unit.forms[0].columns[0], c, all);
    }
  }
}

// All strips of a patch, `strip_cols` output columns each, `patch_cols` at a
// time, as msf_patch does it. One entry for each unit.
std::vector<SweptColumns> SweepColumns(const UnitGraph& graph,
                                       const Patch& patch, int32_t patch_cols,
                                       int32_t strip_cols) {
  std::vector<SweptColumns> result(patch.units.size());
  const int32_t width = patch.units.back().width;
  for (int32_t x = 0; x < width; x += strip_cols) {
    WalkStrip(graph, patch, patch_cols, x, std::min(x + strip_cols, width),
              result);
  }
  return result;
}

// A step makes a band of a strip, and needs its whole inputs.
void StepByStrips(const UnitGraph& graph, Patch& patch) {
  const UnitTensor& output = graph.tensor(patch.output);
  StageForm& form = patch.form;
  form.kind = StageKind::kStrips;
  form.steps *= (output.columns + patch.strip_cols - 1) / patch.strip_cols;
  form.rows_per_step = output.rows;
  for (size_t k = 0; k < form.needs.size(); ++k) {
    const int32_t rows = graph.tensor(patch.inputs[k]).rows;
    form.needs[k] = {.stride = 0, .offset = 0, .extent = rows};
  }
}

}  // namespace

bool SetColumnLines(const UnitGraph& graph, Patch& patch) {
  const int32_t columns = graph.tensor(patch.output).columns;
  std::vector<bool> is_set(patch.units.size(), false);
  patch.units.back().width = columns;
  for (size_t i = patch.units.size(); i-- > 0;) {
    const PatchUnit& reader = patch.units[i];
    for (const PatchRead& read : reader.reads) {
      if (read.unit < 0) continue;
      const auto j = static_cast<size_t>(read.unit);
      PatchUnit& source = patch.units[j];
      ColumnLine line;
      if (!Through(reader.line, read.columns, columns, &line)) return false;
      const int32_t all = graph.output_of(source.unit).columns;
      source.width =
          std::max(source.width,
                   std::min(all, read.columns.End(reader.width - 1)));
      if (is_set[j]) {
        if (line.scale != source.line.scale) return false;
        line.first = std::min(line.first, source.line.first);
        line.end = std::max(line.end, source.line.end);
        line.oldest = std::min(line.oldest, source.line.oldest);
      }
      source.line = line;
      is_set[j] = true;
    }
  }
  return true;
}

int32_t Inside(const RowNeed& need, int32_t r, int32_t all) {
  return std::max(
      0, std::min(need.End(r), all) - std::max(need.Top(r), 0));
}

void SetStrips(const UnitGraph& graph, const StagePlan& stage,
               SweepCache& sweeps, Patch& patch) {
  const int32_t width = graph.tensor(patch.output).columns;
  patch.strip_cols = stage.strip_cols > 0 ? stage.strip_cols : width;
  const auto [found, is_new] =
      sweeps.try_emplace({stage.patch_cols, patch.strip_cols, stage.collects,
                          stage.by_taps});
  std::vector<SweptColumns>& swept = found->second;
  if (is_new) {
    swept = SweepColumns(graph, patch, stage.patch_cols, patch.strip_cols);
  }
  for (size_t i = 0; i < patch.units.size(); ++i) {
    PatchUnit& u = patch.units[i];
    u.tile_cols = swept[i].tile_cols;
    u.kept_cols = swept[i].kept_cols;
    u.columns_made = swept[i].columns_made;
    u.taps_made *= swept[i].taps_made;
    u.carries = swept[i].carries || patch.IsCollected(i);
  }
  if (stage.strip_cols > 0 && stage.channel_tile == 0) {
    StepByStrips(graph, patch);
  }
}

}  // namespace msf
