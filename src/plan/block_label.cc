// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/block_label.h"

#include <algorithm>
#include <cmath>

#include "plan/block.h"
#include "support/check.h"

namespace msf {
namespace {

// How many rows of a crossing tensor are there when the new stage runs its
// step s, as far as its reads tell.
struct Progress {
  bool is_known = false;
  double slope = 0;
  double made = 0;
  double first = 0;

  void Tell(double new_slope, double new_made, double new_first) {
    made = is_known ? std::max(made, new_made) : new_made;
    first = is_known ? std::min(first, new_first) : new_first;
    slope = is_known ? std::max(slope, new_slope) : new_slope;
    is_known = true;
  }
};

// One for each crossing tensor: those that the stage reads, and those that its
// reads draw along.
std::vector<Progress> ProgressAt(const Stage& stage, const BlockLabel& label) {
  std::vector<Progress> now(label.crossing.size());
  for (size_t i = 0; i < stage.reads.size(); ++i) {
    const RowNeed& need = stage.form.needs[i];
    const double slope = double(need.stride) / stage.form.rows_per_step;
    const double made = need.offset + need.extent - need.stride;
    for (size_t c = 0; c < now.size(); ++c) {
      const Crossing& x = label.crossing[c];
      if (x.tensor == stage.reads[i]) {
        now[c].Tell(slope, made, need.offset);
      } else if (stage.reads[i] == label.latest && x.is_related) {
        now[c].Tell(x.slope * slope, x.slope * made + x.made,
                    x.slope * need.offset + x.first);
      }
    }
  }
  return now;
}

// Rows of x that are there at once because of this read.
int32_t Capacity(const Crossing& x, const StageForm& form, const RowNeed& need,
                 const Progress& p, int32_t rows) {
  int32_t most = 1;
  for (const int32_t s : {0, form.steps / 2, form.steps - 1}) {
    const double m = double(s + 1) * form.rows_per_step;
    double made = std::max(p.slope * m + p.made, double(need.End(s)));
    made = std::ceil(made / x.rows_per_step) * x.rows_per_step;
    const int32_t there = static_cast<int32_t>(std::min<double>(made, rows));
    most = std::max(most, there - std::max(0, need.First(s)));
  }
  return std::min(most, rows);
}

std::vector<Crossing>::iterator Find(BlockLabel& label, TensorId tensor) {
  return std::find_if(label.crossing.begin(), label.crossing.end(),
                      [&](const Crossing& c) { return c.tensor == tensor; });
}

// Line buffers grow to what the stage needs of them.
void ReadAll(const UnitGraph& graph, const Stage& stage, BlockLabel& label) {
  const std::vector<Progress> now = ProgressAt(stage, label);
  for (size_t i = 0; i < stage.reads.size(); ++i) {
    const auto x = Find(label, stage.reads[i]);
    MSF_CHECK(x != label.crossing.end());
    if (x->is_input) continue;
    const auto c = static_cast<size_t>(x - label.crossing.begin());
    const UnitTensor& t = graph.tensor(x->tensor);
    const int32_t rows =
        Capacity(*x, stage.form, stage.form.needs[i], now[c], t.rows);
    if (rows <= x->capacity) continue;
    label.buffers += (rows - x->capacity) * t.row_bytes;
    x->capacity = rows;
  }
  for (size_t c = 0; c < now.size(); ++c) {
    Crossing& x = label.crossing[c];
    x.is_related = now[c].is_known && stage.form.kind == StageKind::kRow;
    x.slope = now[c].slope;
    x.made = now[c].made;
    x.first = now[c].first;
  }
}

// The stages before run until the rows of a step are there; then the new one
// runs, and the rows that its next step reads again stay.
void Run(const UnitGraph& graph, const Stage& stage, BlockLabel& label) {
  int64_t full = stage.form.state_bytes;
  int64_t between = stage.form.state_bytes;  // while the stages before run
  int64_t kept = stage.form.state_bytes;
  for (size_t i = 0; i < stage.reads.size(); ++i) {
    const auto x = Find(label, stage.reads[i]);
    if (x->is_input) continue;
    const RowNeed& need = stage.form.needs[i];
    const int64_t bytes = x->capacity * graph.tensor(x->tensor).row_bytes;
    const bool keeps = need.extent > need.stride;
    full += bytes;
    kept += keeps ? bytes : 0;
    between += keeps || need.stride > x->rows_per_step ? bytes : 0;
  }
  InnerBytes& inner = label.inner;
  inner.before = std::max(inner.before + between, inner.ending + full);
  inner.ending = inner.resting + full + stage.form.scratch_bytes;
  inner.resting += kept;
}

}  // namespace

BlockLabel EmptyLabel(const UnitGraph& graph, int32_t first) {
  BlockLabel label;
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const auto id = static_cast<TensorId>(i);
    if (!IsThereBefore(graph, id, first)) continue;
    if (graph.tensor(id).last_read < first) continue;
    label.crossing.push_back({.tensor = id,
                              .is_input = true,
                              .row_bytes = graph.tensor(id).row_bytes});
  }
  return label;
}

BlockLabel Extended(const UnitGraph& graph, const BlockLabel& label,
                    const StageOption& option) {
  const Stage& stage = option.stage;
  BlockLabel next = label;
  next.begin = stage.first_unit;
  next.option = &option;
  next.stages += stage.form.kind == StageKind::kFeed ? 0 : 1;
  next.work = next.work + option.work;
  next.scratch = std::max(next.scratch, stage.form.scratch_bytes);
  next.buffers += stage.form.state_bytes;
  ReadAll(graph, stage, next);
  Run(graph, stage, next);
  std::erase_if(next.crossing, [&](const Crossing& c) {
    return !c.is_input && !LivesBeyond(graph, c.tensor, stage.last_unit);
  });
  next.crossing.push_back({.tensor = stage.output,
                           .is_related = true,
                           .row_bytes = graph.tensor(stage.output).row_bytes,
                           .rows_per_step = stage.form.rows_per_step});
  next.latest = stage.output;
  return next;
}

bool IsLedByItsEnd(const BlockLabel& label) {
  return std::all_of(label.crossing.begin(), label.crossing.end(),
                     [&](const Crossing& c) {
                       return c.is_input || c.tensor == label.latest;
                     });
}

bool Beats(const BlockLabel& a, const BlockLabel& b) {
  if (b.work < a.work || a.crossing.size() != b.crossing.size()) return false;
  const bool is_led = IsLedByItsEnd(a);
  if (is_led && (a.inner.before > b.inner.before ||
                 a.inner.ending > b.inner.ending ||
                 a.inner.resting > b.inner.resting)) {
    return false;
  }
  double more = 0;  // bytes that `a` may need in time, as stages lag or lead
  for (size_t i = 0; i < a.crossing.size(); ++i) {
    const Crossing& x = a.crossing[i];
    const Crossing& y = b.crossing[i];
    double rows = std::max(0.0, y.first - x.first);
    if (!x.is_input) {
      rows += std::max(0, x.rows_per_step - y.rows_per_step) +
              std::max(0.0, x.made - y.made);
    }
    more += rows * static_cast<double>(x.row_bytes);
  }
  if (is_led) {
    const auto fits = [&](int64_t x, int64_t y) {
      return static_cast<double>(x) + more <= static_cast<double>(y);
    };
    return fits(a.inner.before, b.inner.before) &&
           fits(a.inner.ending, b.inner.ending) &&
           fits(a.inner.resting, b.inner.resting);
  }
  const auto spare = static_cast<double>(b.buffers - a.buffers);
  // On top of it stands the scratch, of whichever stage needs most.
  return more <= spare &&
         more + static_cast<double>(a.scratch - b.scratch) <= spare;
}

}  // namespace msf
