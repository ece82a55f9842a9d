// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/patch_bands.h"

#include <algorithm>
#include <vector>

#include "plan/patch_sweep.h"

namespace msf {
namespace {

// [first, end) of rows.
struct Range {
  int32_t first = 0;
  int32_t end = 0;
  bool IsEmpty() const { return first >= end; }
  int32_t size() const { return std::max(0, end - first); }
};

// Rows as a function of the band: [slope * band + first, slope * band + end).
struct BandRows {
  int32_t slope = 0;
  int32_t first = 0;
  int32_t end = 0;
  bool is_set = false;
  int32_t lead = 0;  // more rows in band 0, above the others

  // False if rows that go on at another pace join.
  bool Join(const BandRows& other) {
    if (!is_set) {
      *this = other;
      return true;
    }
    const int32_t top = std::min(first - lead, other.first - other.lead);
    first = std::min(first, other.first);
    end = std::max(end, other.end);
    lead = first - top;
    return slope == other.slope;
  }
};

// The rows that are read to make the rows `made`.
BandRows RowsRead(const RowNeed& need, const BandRows& made) {
  return {.slope = made.slope * need.stride,
          .first = made.first * need.stride + need.offset,
          .end = (made.end - 1) * need.stride + need.offset + need.extent,
          .is_set = true,
          .lead = made.lead * need.stride};
}

// The rows of each input that a band reads, as the machine's tables say it:
// borders aside, every band reads alike.
bool MakeNeeds(const StagePlan& stage, Patch& patch) {
  std::vector<BandRows> needed(patch.units.size());
  std::vector<BandRows> from(patch.inputs.size());
  needed.back() = {.slope = stage.patch_rows,
                   .end = stage.patch_rows,
                   .is_set = true};
  for (size_t i = patch.units.size(); i-- > 0;) {
    BandRows made = needed[i];
    if (!made.is_set) return false;
    if (stage.Keeps(patch.units[i].unit)) {
      const int32_t top = made.first - made.lead;
      made.first = std::max(made.first, made.end - made.slope);
      made.lead = made.first - top;
    }
    for (const PatchRead& read : patch.units[i].reads) {
      BandRows& to = read.unit >= 0 ? needed[static_cast<size_t>(read.unit)]
                                    : from[static_cast<size_t>(read.input)];
      if (!to.Join(RowsRead(read.rows, made))) return false;
    }
  }
  for (const BandRows& rows : from) {
    patch.form.needs.push_back({.stride = rows.slope,
                                .offset = rows.first,
                                .extent = rows.end - rows.first,
                                .lead = rows.lead});
  }
  return true;
}

// Rows of each unit's output that a band has at hand, and those it makes.
struct Band {
  std::vector<Range> has;
  std::vector<Range> makes;
};

// `done`: of each unit's output the rows that the bands before have made.
Band BandAt(const UnitGraph& graph, const StagePlan& stage, const Patch& patch,
            int32_t band, const std::vector<int32_t>& done) {
  const size_t count = patch.units.size();
  Band b{std::vector<Range>(count, {INT32_MAX, 0}), std::vector<Range>(count)};
  const int32_t first = band * stage.patch_rows;
  b.has.back() = {first, std::min(first + stage.patch_rows,
                                  graph.tensor(patch.output).rows)};
  for (size_t i = count; i-- > 0;) {
    const PatchUnit& u = patch.units[i];
    b.makes[i] = b.has[i];
    if (stage.Keeps(u.unit)) {
      b.makes[i].first = std::max(b.makes[i].first, done[i]);
    }
    if (b.makes[i].IsEmpty()) continue;
    for (const PatchRead& read : u.reads) {
      if (read.unit < 0) continue;
      const auto j = static_cast<size_t>(read.unit);
      const int32_t rows = graph.output_of(patch.units[j].unit).rows;
      Range& has = b.has[j];
      has.first =
          std::min(has.first, std::max(0, read.rows.Top(b.makes[i].first)));
      has.end = std::max(has.end,
                         std::min(rows, read.rows.End(b.makes[i].end - 1)));
    }
  }
  return b;
}

// Whether the band reads no more of the inputs than its needs say. It does
// where a border swallows all that an earlier band would have made.
bool KeepsToItsNeeds(const UnitGraph& graph, const Patch& patch, int32_t band,
                     const std::vector<Range>& makes) {
  for (size_t i = 0; i < patch.units.size(); ++i) {
    if (makes[i].IsEmpty()) continue;
    for (const PatchRead& read : patch.units[i].reads) {
      if (read.input < 0) continue;
      const auto k = static_cast<size_t>(read.input);
      const int32_t rows = graph.tensor(patch.inputs[k]).rows;
      const RowNeed& need = patch.form.needs[k];
      const int32_t first = std::max(0, read.rows.Top(makes[i].first));
      const int32_t end = std::min(rows, read.rows.End(makes[i].end - 1));
      if (first < end && (first < need.First(band) || end > need.End(band))) {
        return false;
      }
    }
  }
  return true;
}

// Kernel rows of the unit that lie inside what it makes taps of.
int64_t TapsIn(const UnitGraph& graph, const Unit& unit, const Range& rows) {
  const int32_t all = graph.tensor(unit.reads[0]).rows;
  int64_t taps = 0;
  for (int32_t r = rows.first; r < rows.end; ++r) {
    taps += Inside(unit.forms[0].needs[0], r, all);
  }
  return taps;
}

// False if a band needs rows that no band has made, or not as it says.
bool WalkBands(const UnitGraph& graph, const StagePlan& stage, Patch& patch) {
  const size_t count = patch.units.size();
  const int32_t bands = patch.form.steps;
  std::vector<int32_t> done(count, 0);
  std::vector<int32_t> top(count, 0);  // rows [top, done) have been made
  Band now = BandAt(graph, stage, patch, 0, done);
  for (int32_t band = 0; band < bands; ++band) {
    if (!KeepsToItsNeeds(graph, patch, band, now.makes)) return false;
    for (size_t i = 0; i < count; ++i) {
      const Range& makes = now.makes[i];
      if (!makes.IsEmpty() && makes.first > done[i]) top[i] = makes.first;
      PatchUnit& u = patch.units[i];
      u.tile_rows = std::max(u.tile_rows, now.has[i].size());
      u.rows_made += makes.size();
      if (u.by_taps) u.taps_made += TapsIn(graph, graph.unit(u.unit), makes);
      if (!now.has[i].IsEmpty()) done[i] = std::max(done[i], now.has[i].end);
    }
    if (band + 1 == bands) break;
    Band next = BandAt(graph, stage, patch, band + 1, done);
    for (size_t i = 0; i < count; ++i) {
      PatchUnit& u = patch.units[i];
      if (!stage.Keeps(u.unit) || next.has[i].IsEmpty()) continue;
      if (next.has[i].first < top[i]) return false;
      u.kept_rows = std::max(u.kept_rows, done[i] - next.has[i].first);
    }
    now = std::move(next);
  }
  // What is kept need not be in the tile.
  for (PatchUnit& u : patch.units) {
    u.tile_rows = std::max(u.tile_rows - u.kept_rows, 0);
  }
  return true;
}

}  // namespace

bool SetBands(const UnitGraph& graph, const StagePlan& stage, Patch& patch) {
  const int32_t rows = graph.tensor(patch.output).rows;
  patch.form.kind = StageKind::kRow;
  patch.form.rows_per_step = stage.patch_rows;
  patch.form.steps = (rows + stage.patch_rows - 1) / stage.patch_rows;
  return MakeNeeds(stage, patch) && WalkBands(graph, stage, patch);
}

}  // namespace msf
