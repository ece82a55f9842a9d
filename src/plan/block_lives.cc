// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/block_lives.h"

#include <algorithm>
#include <limits>

namespace msf {
namespace {

// The first input that ends with the stage and whose rows it may overwrite.
TensorId HandedOver(const UnitGraph& graph, const Stage& stage) {
  for (size_t i = 0; i < stage.reads.size(); ++i) {
    const UnitTensor& input = graph.tensor(stage.reads[i]);
    if (stage.form.needs[i].in_place &&
        input.last_read == stage.last_unit - 1 && !input.is_output &&
        !input.is_external) {
      return stage.reads[i];
    }
  }
  return kNoTensor;
}

}  // namespace

std::vector<RowLives> WholeTensors(const UnitGraph& graph,
                                   const BlockTrace& trace) {
  return WholeTensors(graph, trace, trace.last_unit());
}

std::vector<RowLives> WholeTensors(const UnitGraph& graph,
                                   const BlockTrace& trace, int32_t rest) {
  const int32_t first_unit = trace.first_unit();
  std::vector<RowLives> result;
  std::vector<int32_t> index(graph.tensors.size(), -1);
  const auto add = [&](TensorId id, StepSpan life) {
    if (index[static_cast<size_t>(id)] >= 0) return;
    index[static_cast<size_t>(id)] = static_cast<int32_t>(result.size());
    const auto rows = static_cast<size_t>(graph.tensor(id).rows);
    if (LivesBeyond(graph, id, rest)) life.last = trace.steps;
    result.push_back({id, std::vector<StepSpan>(rows, life)});
  };
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const UnitTensor& tensor = graph.tensors[i];
    const auto id = static_cast<TensorId>(i);
    const bool there = !tensor.is_external &&
                       IsThereBefore(graph, id, first_unit);
    // Resident inputs are all written before the first step, read or not.
    const bool at_start = tensor.is_resident_input && first_unit == 0;
    if (there && at_start) add(id, {0, 1});
    if (there && LivesBeyond(graph, id, first_unit)) add(id, {0, 0});
  }
  for (size_t s = 0; s < trace.stages.size(); ++s) {
    const Stage& stage = trace.stages[s].stage;
    const TensorId id = stage.output;
    if (trace.stages[s].active.last == 0) continue;  // nobody demanded it
    if (trace.stages[s].capacity != graph.tensor(id).rows) continue;
    add(id, {0, 0});
    const TensorId from = HandedOver(graph, stage);
    if (from != kNoTensor && index[static_cast<size_t>(from)] >= 0) {
      result.back().in_place_of = from;
    }
  }
  // Go through the steps; each names the rows it reads and writes.
  std::vector<int32_t> done(trace.stages.size(), 0);
  for (int32_t now = 0; now < trace.steps; ++now) {
    const auto s = static_cast<size_t>(trace.order[static_cast<size_t>(now)]);
    const Stage& unit = trace.stages[s].stage;
    const StageForm& form = unit.form;
    const int32_t step = done[s]++;
    const auto touch = [&](TensorId id, int32_t begin, int32_t end,
                           bool write) {
      const int32_t at = index[static_cast<size_t>(id)];
      if (at < 0) return;
      std::vector<StepSpan>& rows = result[static_cast<size_t>(at)].rows;
      end = std::min(end, static_cast<int32_t>(rows.size()));
      for (int32_t r = std::max(begin, 0); r < end; ++r) {
        StepSpan& life = rows[static_cast<size_t>(r)];
        if (write) life.first = now;
        life.last = std::max(life.last, now + 1);
      }
    };
    for (size_t i = 0; i < unit.reads.size(); ++i) {
      touch(unit.reads[i], form.needs[i].First(step), form.needs[i].End(step),
            false);
    }
    if (form.kind == StageKind::kRow || form.kind == StageKind::kFeed) {
      touch(unit.output, step * form.rows_per_step,
            (step + 1) * form.rows_per_step, true);
    } else if (form.kind == StageKind::kStrips) {
      touch(unit.output, 0, graph.tensor(unit.output).rows, step == 0);
    } else if (step + 1 == form.steps) {
      touch(unit.output, 0, graph.tensor(unit.output).rows, true);
    }
  }
  return result;
}

namespace {

// The most bytes that overlapping spans hold at any step.
class LoadCurve {
 public:
  explicit LoadCurve(int32_t steps)
      : change_(static_cast<size_t>(std::max(steps, 1)) + 1, 0) {}
  void Add(StepSpan span, int64_t bytes) {
    change_[static_cast<size_t>(span.first)] += bytes;
    change_[static_cast<size_t>(span.last)] -= bytes;
  }
  int64_t Peak() const {
    int64_t load = 0;
    int64_t peak = 0;
    for (int64_t change : change_) {
      load += change;
      peak = std::max(peak, load);
    }
    return peak;
  }

 private:
  std::vector<int64_t> change_;
};

// Rows that are handed over count once: their lives end one step early.
void HandOverInPlace(std::vector<RowLives>& tensors) {
  for (const RowLives& to : tensors) {
    if (to.in_place_of == kNoTensor) continue;
    const auto from = std::find_if(
        tensors.begin(), tensors.end(),
        [&](const RowLives& t) { return t.tensor == to.in_place_of; });
    for (size_t r = 0; r < from->rows.size(); ++r) {
      if (from->rows[r].last == to.rows[r].first + 1) --from->rows[r].last;
    }
  }
}

int64_t PeakBytes(const UnitGraph& graph, const BlockTrace& trace,
                  int32_t rest) {
  LoadCurve load(trace.steps);
  std::vector<RowLives> whole = WholeTensors(graph, trace, rest);
  HandOverInPlace(whole);
  std::vector<bool> counted(graph.tensors.size(), false);
  for (const RowLives& tensor : whole) {
    counted[static_cast<size_t>(tensor.tensor)] = true;
    for (const StepSpan& life : tensor.rows) {
      if (life.first < life.last) {
        load.Add(life, graph.tensor(tensor.tensor).row_bytes);
      }
    }
  }
  int64_t scratch = 0;
  StepSpan scratch_life{trace.steps, 0};
  for (size_t s = 0; s < trace.stages.size(); ++s) {
    const StageTrace& stage = trace.stages[s];
    const TensorId output = stage.stage.output;
    const StageForm& form = stage.stage.form;
    if (!counted[static_cast<size_t>(output)]) {
      load.Add(stage.output_life,
               BufferBytes(graph.tensor(output), stage.capacity));
    }
    load.Add(stage.active, form.state_bytes);
    if (form.scratch_bytes > 0 && stage.active.last > 0) {
      scratch = std::max(scratch, form.scratch_bytes);
      scratch_life.first = std::min(scratch_life.first, stage.active.first);
      scratch_life.last = std::max(scratch_life.last, stage.active.last);
    }
  }
  if (scratch > 0) load.Add(scratch_life, scratch);
  return load.Peak();
}

}  // namespace

int64_t BlockPeakBytes(const UnitGraph& graph, const BlockTrace& trace) {
  return PeakBytes(graph, trace, trace.last_unit());
}

int64_t BlockFloorBytes(const UnitGraph& graph, const BlockTrace& trace) {
  return PeakBytes(graph, trace, std::numeric_limits<int32_t>::max());
}

}  // namespace msf
