// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/patch.h"

#include <algorithm>

#include "kernels/msf_patch.h"
#include "plan/patch_sweep.h"

namespace msf {
namespace {

static_assert(kPatchNoteBytes == sizeof(msf_patch_note));
static_assert(kPatchKeptBytes == sizeof(msf_patch_kept));

constexpr size_t kMaxInputs = 2;  // MSF_MAX_INPUTS of the runtime
constexpr int64_t kWord = 4;
constexpr int32_t kMaxExtent = 32767;  // msf_patch_note counts in 16 bits
constexpr int64_t kMaxTileRowBytes = 65535;  // msf_view likewise

int64_t RoundUp(int64_t bytes, int64_t align) {
  return (bytes + align - 1) / align * align;
}

// [first, end) of rows or columns.
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

  // False if rows that go on at another pace join.
  bool Join(const BandRows& other) {
    if (!is_set) {
      *this = other;
      return true;
    }
    first = std::min(first, other.first);
    end = std::max(end, other.end);
    return slope == other.slope;
  }
};

class PatchMaker {
 public:
  PatchMaker(const UnitGraph& graph, const StagePlan& stage,
             SweepCache& sweeps)
      : graph_(graph), plan_(stage), sweeps_(sweeps) {
    for (int32_t u = stage.first_unit; u < stage.last_unit; ++u) {
      // A unit that makes taps stands for the one before it, too.
      if (MakesTaps(u)) units_.pop_back();
      units_.push_back(u);
    }
    count_ = units_.size();
  }

  std::optional<Patch> Make() {
    if (!Connect() || !SetTiles()) return std::nullopt;
    if (!MakeNeeds()) return std::nullopt;
    if (!WalkBands()) return std::nullopt;
    WalkStrips();
    if (!FitTiles()) return std::nullopt;
    LayOut();
    CountMacs();
    return std::move(patch_);
  }

 private:
  const Unit& unit(size_t i) const { return graph_.unit(units_[i]); }
  bool MakesTaps(int32_t unit) const {
    return plan_.by_taps && unit > plan_.first_unit &&
           graph_.unit(unit).makes_taps;
  }
  // Where a unit of the graph is in the patch.
  int32_t IndexOf(int32_t unit) const {
    const auto at = std::find(units_.begin(), units_.end(), unit);
    return static_cast<int32_t>(at - units_.begin());
  }
  const UnitTensor& output(size_t i) const {
    return graph_.tensor(unit(i).output);
  }
  bool KeepsUnit(int32_t unit) const {
    const auto i = static_cast<size_t>(unit - plan_.first_unit);
    return i < plan_.keeps_rows.size() && plan_.keeps_rows[i];
  }
  bool Keeps(size_t i) const { return KeepsUnit(units_[i]); }

  // Finds out what reads what, and whether the units may form a patch.
  bool Connect() {
    for (size_t i = 0; i < count_; ++i) {
      const Unit& u = unit(i);
      const StageForm& form = u.forms[0];
      const bool is_last = i + 1 == count_;
      if (form.kind != StageKind::kRow ||
          form.columns.size() != u.reads.size() || form.state_bytes > 0) {
        return false;
      }
      const UnitTensor& out = output(i);
      if (out.rows > kMaxExtent || out.columns > kMaxExtent) return false;
      if (!is_last && (out.is_output || out.last_read >= plan_.last_unit ||
                       out.last_read < 0)) {
        return false;
      }
      PatchUnit entry{.unit = units_[i],
                      .by_taps = MakesTaps(units_[i]),
                      .reads = {}};
      if (!Connect(u, entry)) return false;
      patch_.units.push_back(std::move(entry));
    }
    patch_.output = unit(count_ - 1).output;
    if (plan_.strip_cols >= output(count_ - 1).columns) return false;
    if (plan_.by_taps && !HasTaps()) return false;
    return patch_.inputs.size() <= kMaxInputs && SetColumnLines(graph_, patch_);
  }

  // What a unit reads, or with taps the unit before it.
  bool Connect(const Unit& u, PatchUnit& entry) {
    const Unit& reader = entry.by_taps ? graph_.unit(entry.unit - 1) : u;
    const StageForm& form = reader.forms[0];
    if (entry.by_taps &&
        (form.kind != StageKind::kRow || form.state_bytes > 0 ||
         form.columns.size() != reader.reads.size() ||
         KeepsUnit(entry.unit - 1))) {
      return false;
    }
    for (size_t r = 0; r < reader.reads.size(); ++r) {
      PatchRead read{.rows = form.needs[r], .columns = form.columns[r]};
      if (entry.by_taps) {
        read.rows = Through(u.forms[0].needs[0], read.rows);
        read.columns = Through(u.forms[0].columns[0], read.columns);
      }
      const int32_t producer = graph_.tensor(reader.reads[r]).producer;
      if (producer >= plan_.first_unit) {
        read.unit = IndexOf(producer);
      } else {
        read.input = InputIndex(reader.reads[r]);
      }
      entry.reads.push_back(read);
    }
    return true;
  }

  // What `outer` needs of what needs `inner`.
  static RowNeed Through(const RowNeed& outer, const RowNeed& inner) {
    return {.stride = outer.stride * inner.stride,
            .offset = outer.offset * inner.stride + inner.offset,
            .extent = (outer.extent - 1) * inner.stride + inner.extent};
  }

  bool HasTaps() const {
    return std::any_of(patch_.units.begin(), patch_.units.end(),
                       [](const PatchUnit& u) { return u.by_taps; });
  }

  // Passes, and each unit's part in them. What is sliced is int8: a channel is
  // a byte.
  bool SetTiles() {
    const int32_t tile = plan_.channel_tile;
    patch_.collects = plan_.collects;
    if (tile == 0) return !plan_.collects;
    if (plan_.by_taps) return false;
    if (plan_.collects && count_ < 3) return false;
    for (size_t i = 0; i < count_; ++i) {
      PatchUnit& u = patch_.units[i];
      u.role = i == 0            ? SliceRole::kOutputs
               : i + 1 == count_ ? SliceRole::kInputs
                                 : SliceRole::kChannelWise;
      const std::vector<SliceRole>& roles = unit(i).slice_roles;
      const bool is_whole = plan_.collects && i + 1 == count_;
      const bool is_chained =
          u.reads.size() == 1 &&
          u.reads[0].unit == static_cast<int32_t>(i) - 1;
      if (!is_chained || Keeps(i)) return false;
      if (!is_whole && std::count(roles.begin(), roles.end(), u.role) == 0) {
        return false;
      }
    }
    patch_.tiled_channels = static_cast<int32_t>(output(0).pixel_bytes());
    patch_.slices = (patch_.tiled_channels + tile - 1) / tile;
    patch_.passes = patch_.slices + (plan_.collects ? 1 : 0);
    if (plan_.collects) {
      patch_.units[count_ - 2].line.oldest = MSF_PATCH_NEVER;
    }
    return patch_.slices > 1;
  }

  int64_t PixelBytes(size_t i) const {
    return patch_.slices > 1 && !patch_.IsCollected(i)
               ? plan_.channel_tile
               : output(i).pixel_bytes();
  }

  int32_t InputIndex(TensorId id) {
    const auto at = std::find(patch_.inputs.begin(), patch_.inputs.end(), id);
    const auto index = static_cast<int32_t>(at - patch_.inputs.begin());
    if (at == patch_.inputs.end()) patch_.inputs.push_back(id);
    return index;
  }

  // The rows of each input that a band reads, as the machine's tables say it:
  // borders aside, every band reads alike.
  bool MakeNeeds() {
    const int32_t rows = output(count_ - 1).rows;
    patch_.form.kind = StageKind::kRow;
    patch_.form.rows_per_step = plan_.patch_rows;
    bands_ = (rows + plan_.patch_rows - 1) / plan_.patch_rows;
    patch_.form.steps = bands_;
    std::vector<BandRows> need(count_);
    std::vector<BandRows> from(patch_.inputs.size());
    std::vector<int32_t> lead(patch_.inputs.size(), 0);
    std::vector<int32_t> first_lead(count_, 0);  // more rows in band 0
    need.back() = {plan_.patch_rows, 0, plan_.patch_rows, true};
    for (size_t i = count_; i-- > 0;) {
      if (!need[i].is_set) return false;
      BandRows made = need[i];
      int32_t more = first_lead[i];
      if (Keeps(i)) {
        made.first = std::max(made.first, made.end - made.slope);
        more += made.first - need[i].first;
      }
      for (const PatchRead& read : patch_.units[i].reads) {
        const RowNeed& n = read.rows;
        const BandRows rows_read{made.slope * n.stride,
                                 made.first * n.stride + n.offset,
                                 (made.end - 1) * n.stride + n.offset + n.extent,
                                 true};
        BandRows& to = read.unit >= 0
                           ? need[static_cast<size_t>(read.unit)]
                           : from[static_cast<size_t>(read.input)];
        int32_t& to_lead = read.unit >= 0
                               ? first_lead[static_cast<size_t>(read.unit)]
                               : lead[static_cast<size_t>(read.input)];
        const int32_t old_top = to.is_set ? to.first - to_lead : INT32_MAX;
        const int32_t top = rows_read.first - more * n.stride;
        if (!to.Join(rows_read)) return false;
        to_lead = to.first - std::min(old_top, top);
      }
    }
    for (size_t k = 0; k < from.size(); ++k) {
      patch_.form.needs.push_back({.stride = from[k].slope,
                                   .offset = from[k].first,
                                   .extent = from[k].end - from[k].first,
                                   .lead = lead[k]});
    }
    return true;
  }

  // Rows of each unit's output that a band has at hand, and those it makes.
  struct Band {
    std::vector<Range> has;
    std::vector<Range> makes;
  };

  Band BandAt(int32_t band, const std::vector<int32_t>& done) const {
    Band b{std::vector<Range>(count_, {INT32_MAX, 0}),
           std::vector<Range>(count_)};
    const int32_t first = band * plan_.patch_rows;
    b.has.back() = {first, std::min(first + plan_.patch_rows,
                                    output(count_ - 1).rows)};
    for (size_t i = count_; i-- > 0;) {
      b.makes[i] = b.has[i];
      if (Keeps(i)) b.makes[i].first = std::max(b.makes[i].first, done[i]);
      if (b.makes[i].IsEmpty()) continue;
      for (const PatchRead& read : patch_.units[i].reads) {
        if (read.unit < 0) continue;
        const auto j = static_cast<size_t>(read.unit);
        Range& has = b.has[j];
        has.first = std::min(
            has.first, std::max(0, read.rows.Top(b.makes[i].first)));
        has.end = std::max(has.end, std::min(output(j).rows,
                                             read.rows.End(b.makes[i].end - 1)));
      }
    }
    return b;
  }

  // Whether the band reads no more of the inputs than its needs say. It does
  // where a border swallows all that an earlier band would have made.
  bool KeepsToItsNeeds(int32_t band, const Band& b) const {
    for (size_t i = 0; i < count_; ++i) {
      if (b.makes[i].IsEmpty()) continue;
      for (const PatchRead& read : patch_.units[i].reads) {
        if (read.input < 0) continue;
        const auto k = static_cast<size_t>(read.input);
        const int32_t rows = graph_.tensor(patch_.inputs[k]).rows;
        const RowNeed& need = patch_.form.needs[k];
        const int32_t first = std::max(0, read.rows.Top(b.makes[i].first));
        const int32_t end = std::min(rows, read.rows.End(b.makes[i].end - 1));
        if (first < end && (first < need.First(band) || end > need.End(band))) {
          return false;
        }
      }
    }
    return true;
  }

  // False if a band needs rows that no band has made, or not as it says.
  bool WalkBands() {
    std::vector<int32_t> done(count_, 0);
    std::vector<int32_t> top(count_, 0);  // rows [top, done) have been made
    Band now = BandAt(0, done);
    for (int32_t band = 0; band < bands_; ++band) {
      if (!KeepsToItsNeeds(band, now)) return false;
      for (size_t i = 0; i < count_; ++i) {
        const Range& makes = now.makes[i];
        if (!makes.IsEmpty() && makes.first > done[i]) top[i] = makes.first;
        PatchUnit& u = patch_.units[i];
        u.tile_rows = std::max(u.tile_rows, now.has[i].size());
        u.rows_made += makes.size();
        if (u.by_taps) u.taps_made += TapsIn(i, makes);
        if (!now.has[i].IsEmpty()) done[i] = std::max(done[i], now.has[i].end);
      }
      if (band + 1 == bands_) break;
      const Band next = BandAt(band + 1, done);
      for (size_t i = 0; i < count_; ++i) {
        if (!Keeps(i) || next.has[i].IsEmpty()) continue;
        if (next.has[i].first < top[i]) return false;
        PatchUnit& u = patch_.units[i];
        u.kept_rows = std::max(u.kept_rows, done[i] - next.has[i].first);
      }
      now = next;
    }
    // What is kept need not be in the tile.
    for (PatchUnit& u : patch_.units) {
      u.tile_rows = std::max(u.tile_rows - u.kept_rows, 0);
    }
    return true;
  }

  // Kernel rows of the unit that lie inside what it makes taps of.
  int64_t TapsIn(size_t i, const Range& rows) const {
    const RowNeed& need = unit(i).forms[0].needs[0];
    const int32_t all = graph_.tensor(unit(i).reads[0]).rows;
    int64_t taps = 0;
    for (int32_t r = rows.first; r < rows.end; ++r) {
      taps += Inside(need, r, all);
    }
    return taps;
  }

  void WalkStrips() {
    const int32_t width = output(count_ - 1).columns;
    patch_.strip_cols = plan_.strip_cols > 0 ? plan_.strip_cols : width;
    const auto [found, is_new] =
        sweeps_.try_emplace({plan_.patch_cols, patch_.strip_cols,
                             plan_.collects, plan_.by_taps});
    std::vector<SweptColumns>& swept = found->second;
    if (is_new) {
      swept =
          SweepColumns(graph_, patch_, plan_.patch_cols, patch_.strip_cols);
    }
    for (size_t i = 0; i < count_; ++i) {
      PatchUnit& u = patch_.units[i];
      u.tile_cols = swept[i].tile_cols;
      u.kept_cols = swept[i].kept_cols;
      u.columns_made = swept[i].columns_made;
      u.taps_made *= swept[i].taps_made;
      carries_.push_back(swept[i].carries || patch_.IsCollected(i));
    }
    if (plan_.strip_cols == 0 || plan_.channel_tile > 0) return;
    StageForm& form = patch_.form;
    form.kind = StageKind::kStrips;
    form.steps =
        bands_ * ((width + patch_.strip_cols - 1) / patch_.strip_cols);
    form.rows_per_step = output(count_ - 1).rows;
    for (size_t k = 0; k < form.needs.size(); ++k) {
      const int32_t rows = graph_.tensor(patch_.inputs[k]).rows;
      form.needs[k] = {.stride = 0, .offset = 0, .extent = rows};
    }
  }

  // False if a view cannot hold a tile.
  bool FitTiles() {
    for (size_t i = 0; i < count_; ++i) {
      PatchUnit& u = patch_.units[i];
      if (u.tile_cols * PixelBytes(i) > kMaxTileRowBytes) return false;
      if (u.kept_rows == 0 || u.tile_cols < u.kept_cols) continue;
      // A tile as wide as the ring: new rows may as well be written there.
      u.kept_rows += u.tile_rows;
      u.tile_rows = 0;
      carries_[i] = false;
    }
    return true;
  }

  int64_t TileAlign(size_t i) const {
    return PixelBytes(i) % kWord == 0 ? kWord : 1;
  }
  int64_t TileBytes(size_t i) const {
    return int64_t{patch_.units[i].tile_rows} * patch_.units[i].tile_cols *
           PixelBytes(i);
  }

  // The last unit that reads the output of unit i.
  size_t LastReader(size_t i) const {
    size_t last = i;
    for (size_t c = i + 1; c < count_; ++c) {
      for (const PatchRead& read : patch_.units[c].reads) {
        if (read.unit == static_cast<int32_t>(i)) last = c;
      }
    }
    return last;
  }

  // Whether the unit's tile must stay as it is from one sweep position to the
  // next: columns are read again, or wait to go to the ring.
  bool Stays(size_t i) const {
    return carries_[i] || patch_.units[i].kept_rows > 0;
  }

  // Tiles that do not stay live from the unit that makes them to the last one
  // that reads them. They share the bytes from `first` on. Returns where they
  // end.
  int64_t ShareScratch(int64_t first) {
    int64_t end = first;
    std::vector<size_t> placed;
    for (size_t i = 0; i + 1 < count_; ++i) {
      if (Stays(i) || TileBytes(i) == 0) continue;
      int64_t& offset = patch_.units[i].tile_offset;
      offset = RoundUp(first, TileAlign(i));
      for (bool moved = true; moved;) {
        moved = false;
        for (size_t other : placed) {
          const int64_t at = patch_.units[other].tile_offset;
          if (LastReader(other) < i || at >= offset + TileBytes(i) ||
              at + TileBytes(other) <= offset) {
            continue;
          }
          offset = RoundUp(at + TileBytes(other), TileAlign(i));
          moved = true;
        }
      }
      placed.push_back(i);
      end = std::max(end, offset + TileBytes(i));
    }
    return end;
  }

  void LayOut() {
    StageForm& form = patch_.form;
    int64_t state = 0;
    int64_t scratch = kPatchNoteBytes * static_cast<int64_t>(count_);
    int64_t kernel_scratch = 0;
    if (patch_.slices > 1 && !patch_.collects) {
      const UnitTensor& out = output(count_ - 1);
      scratch = RoundUp(scratch, kWord);
      patch_.sums_offset = scratch;
      scratch += kWord * std::min(plan_.patch_rows, out.rows) *
                 patch_.strip_cols * out.pixel_bytes();
    }
    for (size_t i = 0; i < count_; ++i) {
      PatchUnit& u = patch_.units[i];
      kernel_scratch = std::max(kernel_scratch, unit(i).forms[0].scratch_bytes);
      if (i + 1 == count_) continue;
      if (Stays(i) && TileBytes(i) > 0) {
        u.tile_offset = RoundUp(scratch, TileAlign(i));
        scratch = u.tile_offset + TileBytes(i);
      }
      if (u.kept_rows == 0) continue;
      state = RoundUp(state, kWord) + kPatchKeptBytes;
      u.kept_offset = state;
      state += int64_t{u.kept_rows} * u.kept_cols * PixelBytes(i);
    }
    scratch = ShareScratch(scratch);
    // Not a byte more than is written: the arena may end here.
    patch_.kernel_scratch_offset = RoundUp(scratch, kWord);
    form.state_bytes = state;
    form.scratch_bytes = kernel_scratch > 0
                             ? patch_.kernel_scratch_offset + kernel_scratch
                             : scratch;
  }

  int64_t MacsOfPixel(int32_t unit) const {
    const StageForm& form = graph_.unit(unit).forms[0];
    const UnitTensor& made = graph_.tensor(graph_.unit(unit).output);
    return form.macs / (int64_t{form.steps} * made.columns);
  }

  void CountMacs() {
    for (const PatchUnit& u : patch_.units) {
      patch_.form.macs += MacsOfPixel(u.unit) * u.rows_made * u.columns_made;
      if (u.by_taps) patch_.form.macs += MacsOfPixel(u.unit - 1) * u.taps_made;
    }
  }

  const UnitGraph& graph_;
  const StagePlan& plan_;
  SweepCache& sweeps_;
  std::vector<int32_t> units_;  // of the graph, by their place in the patch
  size_t count_ = 0;
  int32_t bands_ = 0;
  // Whether a unit's tile carries columns from one position to the next.
  std::vector<bool> carries_;
  Patch patch_;
};

}  // namespace

std::optional<Patch> MakePatch(const UnitGraph& graph, const StagePlan& stage) {
  SweepCache sweeps;
  return MakePatch(graph, stage, sweeps);
}

std::optional<Patch> MakePatch(const UnitGraph& graph, const StagePlan& stage,
                               SweepCache& sweeps) {
  return PatchMaker(graph, stage, sweeps).Make();
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
