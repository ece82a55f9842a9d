// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The loops are those of kernels/msf_patch.cpp. Which columns a patch makes at
// once is the same in every band, which rows in every position: so both are
// walked once, and multiplied.
#include <map>
#include <utility>

#include "cost/count.h"
#include "cost/machinery.h"

namespace msf {
namespace {

// Pixels that are moved in rows.
struct MoveCounts {
  int64_t moves = 0;
  int64_t lines = 0;  // of 16 bytes
  int64_t words = 0;
  int64_t bytes = 0;
};

struct PatchCounts {
  int64_t calls = 0;
  int64_t band_nodes = 0;
  int64_t band_kept = 0;  // of them, that keep rows
  int64_t band_reads = 0;
  int64_t sweeps = 0;
  int64_t sweep_nodes = 0;
  int64_t strip_turns = 0;  // of a loop that looks for the strip
  int64_t positions = 0;
  int64_t position_nodes = 0;
  int64_t makes = 0;        // of a node at a position
  int64_t chained = 0;      // of them, that read what was made before
  int64_t inputs = 0;       // views of the patch's inputs by the others
  int64_t tiles = 0;        // views of a tile
  int64_t rings = 0;        // of them, with a ring
  int64_t kernels = 0;      // calls
  int64_t ends = 0;         // nodes with kept rows at the end of a sweep
  int64_t drops = 0;
  int64_t drop_rows = 0;
  int64_t kept_rows = 0;
  MoveCounts move;
};

constexpr const char* kPatchNames[] = {
    "calls",          "band_nodes", "band_kept",  "band_reads", "sweeps",
    "sweep_nodes",    "strip_turns", "positions", "position_nodes", "makes",
    "chained",        "inputs",         "tiles",      "rings",      "kernels",    "ends",
    "drops",          "drop_rows",  "kept_rows",  "moves",      "move_lines",
    "move_words",     "move_bytes"};

// As Move does it: in vectors of 16 bytes, words of 4, or single ones.
void CountMove(int64_t bytes, int32_t unit, int64_t times, MoveCounts& n) {
  if (unit == 16) bytes = (bytes + 15) / 16 * 16;
  n.moves += times;
  n.lines += unit > 1 ? bytes / 16 * times : 0;
  n.words += unit > 1 ? bytes % 16 / 4 * times : 0;
  n.bytes += (unit > 1 ? bytes % 4 : bytes) * times;
}

// Rows of a node in a band: those at hand, and those that are new.
struct BandRows {
  int32_t first = 0;
  int32_t end = 0;
  int32_t first_new = 0;
};

// What all bands together do with a node's rows.
struct NodeRows {
  int64_t made = 0;
  int64_t fresh = 0;  // in the tile
  int64_t kept = 0;   // of them, that go on into the ring
  int64_t bands = 0;  // with new rows
  // Calls whose features are alike: one of them, and how many. For kernels
  // that make row by row, and for those that make all rows of a band: the last
  // pass has fewer channels, and may have another kernel.
  using Classes = std::map<int64_t, std::pair<CallRange, int64_t>>;
  Classes by_rows;
  Classes by_bands;
};

class PatchWalk {
 public:
  PatchWalk(const PatchTables& patch, int32_t steps, const KernelBody& body,
            const CallSink& sink)
      : patch_(patch),
        sink_(sink),
        unit_(body.helium ? 16 : body.pair_codes ? 4 : 1),
        p_(patch.params),
        steps_(steps),
        count_(static_cast<size_t>(p_.count)),
        rows_(count_),
        done_(count_) {}

  FeatureCounts Walk() {
    const int64_t sweeps = steps_ * p_.passes *
                           (p_.passes > 1 ? strips() : 1);
    n_.calls = steps_;
    n_.band_nodes = steps_ * p_.count;
    n_.sweeps = sweeps;
    n_.sweep_nodes = sweeps * p_.count;
    for (size_t i = 0; i < count_; ++i) {
      n_.band_reads += steps_ * node(0, i).read_count;
      n_.band_kept += node(0, i).kept_rows > 0 ? steps_ : 0;
    }
    // Bands of a strip are consecutive steps, or a band has all strips.
    const bool by_strips = p_.passes == 1 && strips() > 1;
    bands_ = by_strips ? steps_ / strips() : steps_;
    WalkBands();
    for (int32_t strip = 0; strip < strips(); ++strip) {
      if (by_strips) n_.strip_turns += bands_ * bands_ * strip;
      for (int32_t pass = 0; pass < p_.passes; ++pass) {
        Sweep(pass, strip * p_.strip_cols);
      }
    }
    FeatureCounts own{};
    AddTo(own, n_);
    return own;
  }

 private:
  const msf_patch_node& node(int32_t pass, size_t i) const {
    return patch_.nodes[static_cast<size_t>(pass) * count_ + i];
  }

  // A pass in which the node runs: in all such it takes the same rows.
  size_t Running(size_t i) const {
    const int32_t pass = i + 1 == count_ ? p_.passes - 1 : 0;
    return static_cast<size_t>(pass) * count_ + i;
  }

  int32_t width() const { return node(0, count_ - 1).width; }
  int64_t strips() const {
    return (width() + p_.strip_cols - 1) / p_.strip_cols;
  }

  // Rows of all nodes in a band, as PlanRows.
  std::vector<BandRows> PlanRows(int32_t band,
                                 const std::vector<int32_t>& done) const {
    std::vector<BandRows> rows(count_, {INT16_MAX, 0, 0});
    rows.back().first = band * p_.patch_rows;
    rows.back().end = std::min(rows.back().first + p_.patch_rows,
                               node(0, count_ - 1).rows);
    for (size_t i = count_; i-- > 0;) {
      BandRows& r = rows[i];
      if (r.end == 0) r.first = 0;
      r.first_new = r.first;
      if (node(0, i).kept_rows > 0) {
        r.first_new = std::max(r.first, std::min(done[i], r.end));
      }
      for (int32_t k = 0; k < node(0, i).read_count; ++k) {
        const msf_patch_read& read = node(0, i).reads[k];
        if (read.source < 0 || r.first_new >= r.end) continue;
        const auto source = static_cast<size_t>(read.source);
        const int32_t first =
            std::max(r.first_new * read.row_stride + read.row_offset, 0);
        const int32_t end =
            std::min((r.end - 1) * read.row_stride + read.row_offset +
                         read.row_extent,
                     node(0, source).rows);
        if (first >= end) continue;
        rows[source].first = std::min(rows[source].first, first);
        rows[source].end = std::max(rows[source].end, end);
      }
    }
    return rows;
  }

  // Rows of the node's first input.
  const msf_view InputOf(int32_t pass, size_t i) const {
    msf_view view{};
    const msf_patch_node& n = node(pass, i);
    if (n.read_count == 0) return view;
    const int32_t source = n.reads[0].source;
    if (source < 0) return patch_.inputs[static_cast<size_t>(-1 - source)];
    const msf_patch_node& from = node(pass, static_cast<size_t>(source));
    view.rows = from.rows;
    view.row_bytes = from.tile_row_bytes;
    return view;
  }

  CallRange RangeOf(int32_t pass, size_t i) const {
    const msf_view in = InputOf(pass, i);
    const msf_patch_node& n = node(pass, i);
    return {.in_rows = in.rows,
            .in_row_bytes = in.row_bytes,
            .out_row_bytes = i + 1 == count_ ? patch_.out_row_bytes
                                             : n.tile_row_bytes};
  }

  void WalkBands() {
    std::vector<int32_t> done(count_, 0);
    for (int32_t band = 0; band < bands_; ++band) {
      const std::vector<BandRows> rows = PlanRows(band, done);
      for (size_t i = 0; i < count_; ++i) AddBand(i, rows[i]);
      for (size_t i = 0; i < count_; ++i) {
        done[i] = std::max(done[i], rows[i].end);
      }
    }
  }

  void AddBand(size_t i, const BandRows& band) {
    NodeRows& rows = rows_[i];
    rows.made += std::max(0, band.end - band.first_new);
    const int32_t kept = node(0, i).kept_rows;
    const int32_t fresh =
        std::max(band.first_new, band.end - node(0, i).tile_rows);
    rows.fresh += std::max(0, band.end - fresh);
    rows.kept += std::max(0, band.end - std::max(fresh, band.end - kept));
    rows.bands += band.first_new < band.end ? 1 : 0;
    AddCalls(i, band);
  }

  // The calls for the new rows of a band: for each one, or one for all.
  void AddCalls(size_t i, const BandRows& band) {
    const KernelShape& shape = *patch_.shapes[Running(i)];
    const auto& step_class =
        CostedKernels()[static_cast<size_t>(shape.kernel)].step_class;
    CallRange range = RangeOf(0, i);
    // FNV-1a over the number of rows and their classes.
    constexpr uint64_t kPrime = 0x100000001b3;
    uint64_t all = 0xcbf29ce484222325u;
    const auto add = [&](int32_t part) {
      all = (all ^ static_cast<uint32_t>(part)) * kPrime;
    };
    add(band.end - band.first_new);
    for (int32_t r = band.first_new; r < band.end; ++r) {
      range.step = r;
      const int32_t key = step_class == nullptr ? 0 : step_class(shape, range);
      auto& [call, count] = rows_[i].by_rows[key];
      call = range;
      ++count;
      add(key);
    }
    if (band.first_new >= band.end) return;
    auto& [call, count] = rows_[i].by_bands[static_cast<int64_t>(all)];
    range.step = band.first_new;
    range.more_rows = band.end - band.first_new - 1;
    call = range;
    ++count;
  }

  // As BeginSweep: where the columns that each node makes begin.
  void BeginSweep(int32_t x) {
    for (size_t i = 0; i < count_; ++i) {
      const msf_patch_node& n = node(0, i);
      done_[i] = std::clamp(x * n.x_scale + n.x_first, 0, n.width);
    }
    first_ = done_;
    made_ = INT32_MAX;
  }

  // Once along a strip from column `x` on, in all bands.
  void Sweep(int32_t pass, int32_t x) {
    BeginSweep(x);
    const int32_t end = std::min(x + p_.strip_cols, width());
    const int32_t cols =
        pass + 1 == p_.passes ? p_.last_pass_cols : p_.patch_cols;
    while (x < end) {
      const int32_t before = x;
      x = std::min(x + cols, end);
      n_.positions += bands_;
      n_.position_nodes += bands_ * p_.count;
      for (size_t i = 0; i < count_; ++i) {
        const msf_patch_node& n = node(pass, i);
        const int32_t want = std::min(x * n.x_scale + n.x_end, n.width);
        if (want > done_[i]) MakeColumns(pass, i, before, want);
      }
    }
    for (size_t i = 0; i + 1 < count_; ++i) {
      if (node(0, i).kept_rows == 0) continue;
      n_.ends += bands_;
      DropColumns(pass, i, done_[i], bands_);
    }
  }

  // As DropColumns, in so many bands.
  void DropColumns(int32_t pass, size_t i, int32_t oldest, int64_t bands) {
    const msf_patch_node& n = node(pass, i);
    const NodeRows& rows = rows_[i];
    const int64_t dropped = int64_t{oldest - first_[i]} * n.pixel_bytes;
    const int64_t left = int64_t{done_[i] - oldest} * n.pixel_bytes;
    n_.drops += bands;
    first_[i] = oldest;
    if (left == 0 && n.kept_rows == 0) return;
    const int32_t unit = std::max(n.pixel_bytes % 4 == 0 ? 4 : 1, unit_);
    n_.drop_rows += rows.fresh;
    n_.kept_rows += rows.kept;
    CountMove(dropped, unit, rows.kept, n_.move);
    if (left > 0) CountMove(left, unit, rows.fresh, n_.move);
  }

  void CountViews(size_t i, int64_t times) {
    const msf_patch_node& n = node(0, i);
    const auto add = [&](const msf_patch_node& tile) {
      n_.tiles += times;
      n_.rings += tile.kept_rows > 0 ? times : 0;
    };
    if (i + 1 < count_) add(n);
    const bool chained = n.read_count == 1 && n.reads[0].source == made_;
    made_ = static_cast<int32_t>(i);
    if (chained) {
      n_.chained += times;
      return;
    }
    for (int32_t k = 0; k < n.read_count; ++k) {
      const int32_t source = n.reads[k].source;
      if (source < 0) {
        n_.inputs += times;
      } else {
        add(node(0, static_cast<size_t>(source)));
      }
    }
  }

  void MakeColumns(int32_t pass, size_t i, int32_t before, int32_t want) {
    const msf_patch_node& n = node(pass, i);
    const int64_t bands = rows_[i].bands;
    if (i + 1 < count_) {
      const int32_t oldest =
          std::min(before * n.x_scale + n.x_oldest, done_[i]);
      if (oldest > first_[i]) DropColumns(pass, i, oldest, bands);
    }
    n_.makes += bands;
    CountViews(i, bands);
    const size_t index = static_cast<size_t>(pass) * count_ + i;
    const bool many = patch_.shapes[index]->many_rows;
    n_.kernels += many ? rows_[i].bands : rows_[i].made;
    for (const auto& [key, calls] :
         many ? rows_[i].by_bands : rows_[i].by_rows) {
      CallRange range = calls.first;
      range.in_row_bytes = RangeOf(pass, i).in_row_bytes;
      range.x = done_[i];
      range.x_end = want;
      sink_(*patch_.shapes[index], range, key, calls.second);
    }
    done_[i] = want;
  }

  const PatchTables& patch_;
  const CallSink& sink_;
  int32_t unit_;  // moved from any address: words on Armv7E-M
  const msf_patch_params& p_;
  int64_t steps_;
  int64_t bands_ = 0;  // of a strip
  size_t count_;
  std::vector<NodeRows> rows_;
  std::vector<int32_t> done_;   // columns [0, done) have been made
  std::vector<int32_t> first_;  // column of the tile
  int32_t made_ = INT32_MAX;    // the last node that was made
  PatchCounts n_;
};

}  // namespace

FeatureCounts WalkPatch(const PatchTables& patch, int32_t steps,
                        const KernelBody& body, const CallSink& sink) {
  return PatchWalk(patch, steps, body, sink).Walk();
}

PlanFeatures CountPatch(const PatchTables& patch, int32_t steps,
                        const KernelBody& body) {
  PlanFeatures features;
  features.of(kPatch) = WalkPatch(
      patch, steps, body,
      [&](const KernelShape& shape, const CallRange& call, int64_t,
          int64_t times) { features.AddCall(shape, call, body, times); });
  return features;
}

PlanFeatures CountSteps(const KernelShape& shape, CallRange call, int32_t steps,
                        const KernelBody& body) {
  const auto& step_class =
      CostedKernels()[static_cast<size_t>(shape.kernel)].step_class;
  std::map<int32_t, std::pair<int32_t, int64_t>> alike;  // one, and how many
  for (int32_t s = 0; s < steps; ++s) {
    call.step = s;
    auto& [step, times] =
        alike[step_class == nullptr ? 0 : step_class(shape, call)];
    step = s;
    ++times;
  }
  PlanFeatures features;
  for (const auto& [key, steps_alike] : alike) {
    call.step = steps_alike.first;
    features.AddCall(shape, call, body, steps_alike.second);
  }
  return features;
}

std::vector<CostedKernel> PatchFeatures() {
  return {{kPatch, {Names<PatchCounts>(kPatchNames), nullptr}, nullptr}};
}

}  // namespace msf
