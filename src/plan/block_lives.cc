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

// Collects the lives of the rows of whole tensors.
class LivesCollector {
 public:
  LivesCollector(const UnitGraph& graph, const BlockTrace& trace, int32_t rest)
      : graph_(graph), trace_(trace), rest_(rest),
        index_(graph.tensors.size(), -1) {}

  std::vector<RowLives> Collect() {
    AddThoseBefore();
    for (const StageTrace& stage : trace_.stages) AddOutput(stage);
    WalkSteps();
    return std::move(result_);
  }

 private:
  void Add(TensorId id, StepSpan life) {
    int32_t& index = index_[static_cast<size_t>(id)];
    if (index >= 0) return;
    index = static_cast<int32_t>(result_.size());
    const auto rows = static_cast<size_t>(graph_.tensor(id).rows);
    if (LivesBeyond(graph_, id, rest_)) life.last = trace_.steps;
    result_.push_back({id, std::vector<StepSpan>(rows, life)});
  }

  void AddThoseBefore() {
    const int32_t first_unit = trace_.first_unit();
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      const UnitTensor& tensor = graph_.tensors[i];
      const auto id = static_cast<TensorId>(i);
      if (tensor.is_external || !IsThereBefore(graph_, id, first_unit)) {
        continue;
      }
      // Resident inputs are all written before the first step, read or not.
      if (tensor.is_resident_input && first_unit == 0) Add(id, {0, 1});
      if (LivesBeyond(graph_, id, first_unit)) Add(id, {0, 0});
    }
  }

  void AddOutput(const StageTrace& stage) {
    const TensorId id = stage.stage.output;
    if (stage.active.last == 0) return;  // nobody demanded it
    if (stage.capacity != graph_.tensor(id).rows) return;
    Add(id, {0, 0});
    const TensorId from = HandedOver(graph_, stage.stage);
    if (from != kNoTensor && index_[static_cast<size_t>(from)] >= 0) {
      result_.back().in_place_of = from;
    }
  }

  // Each step names the rows that it reads and writes.
  void WalkSteps() {
    std::vector<int32_t> done(trace_.stages.size(), 0);
    for (int32_t now = 0; now < trace_.steps; ++now) {
      const auto s =
          static_cast<size_t>(trace_.order[static_cast<size_t>(now)]);
      const Stage& stage = trace_.stages[s].stage;
      const StageForm& form = stage.form;
      const int32_t step = done[s]++;
      for (size_t i = 0; i < stage.reads.size(); ++i) {
        Touch(stage.reads[i], form.needs[i].First(step),
              form.needs[i].End(step), now, false);
      }
      if (form.kind == StageKind::kRow || form.kind == StageKind::kFeed) {
        Touch(stage.output, step * form.rows_per_step,
              (step + 1) * form.rows_per_step, now, true);
      } else if (form.kind == StageKind::kStrips) {
        Touch(stage.output, 0, graph_.tensor(stage.output).rows, now,
              step == 0);
      } else if (step + 1 == form.steps) {
        Touch(stage.output, 0, graph_.tensor(stage.output).rows, now, true);
      }
    }
  }

  void Touch(TensorId id, int32_t begin, int32_t end, int32_t now, bool write) {
    const int32_t at = index_[static_cast<size_t>(id)];
    if (at < 0) return;
    std::vector<StepSpan>& rows = result_[static_cast<size_t>(at)].rows;
    end = std::min(end, static_cast<int32_t>(rows.size()));
    for (int32_t r = std::max(begin, 0); r < end; ++r) {
      StepSpan& life = rows[static_cast<size_t>(r)];
      if (write) life.first = now;
      life.last = std::max(life.last, now + 1);
    }
  }

  const UnitGraph& graph_;
  const BlockTrace& trace_;
  int32_t rest_;
  std::vector<int32_t> index_;  // TensorId -> result_
  std::vector<RowLives> result_;
};

}  // namespace

std::vector<RowLives> WholeTensors(const UnitGraph& graph,
                                   const BlockTrace& trace) {
  return WholeTensors(graph, trace, trace.last_unit());
}

std::vector<RowLives> WholeTensors(const UnitGraph& graph,
                                   const BlockTrace& trace, int32_t rest) {
  return LivesCollector(graph, trace, rest).Collect();
}

std::vector<StepSpan> StepsOf(const BlockTrace& trace, size_t s) {
  std::vector<StepSpan> spans;
  for (int32_t now = 0; now < trace.steps; ++now) {
    if (static_cast<size_t>(trace.order[static_cast<size_t>(now)]) != s) {
      continue;
    }
    if (!spans.empty() && spans.back().last == now) {
      ++spans.back().last;
    } else {
      spans.push_back({now, now + 1});
    }
  }
  return spans;
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
  // Calls look(step, bytes) for all steps.
  template <typename Look>
  void ForEach(const Look& look) const {
    int64_t load = 0;
    for (size_t step = 0; step + 1 < change_.size(); ++step) {
      load += change_[step];
      look(step, load);
    }
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

// With the whole tensors' lives as they are.
int64_t PeakBytes(const UnitGraph& graph, const BlockTrace& trace,
                  std::vector<RowLives> whole) {
  LoadCurve load(trace.steps);
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
  for (size_t s = 0; s < trace.stages.size(); ++s) {
    const StageTrace& stage = trace.stages[s];
    const TensorId output = stage.stage.output;
    const StageForm& form = stage.stage.form;
    if (!counted[static_cast<size_t>(output)]) {
      const int64_t bytes = BufferBytes(graph.tensor(output), stage.capacity);
      for (const StepSpan& span : stage.busy) load.Add(span, bytes);
    }
    load.Add(stage.active, form.state_bytes);
  }
  for (int32_t now = 0; now < trace.steps; ++now) {
    const auto s = static_cast<size_t>(trace.order[static_cast<size_t>(now)]);
    load.Add({now, now + 1}, trace.stages[s].stage.form.scratch_bytes);
  }
  return load.Peak();
}

}  // namespace

int64_t BlockPeakBytes(const UnitGraph& graph, const BlockTrace& trace) {
  return PeakBytes(graph, trace,
                   WholeTensors(graph, trace, trace.last_unit()));
}

BlockBytes BlockBytesOf(const UnitGraph& graph, const BlockTrace& trace) {
  std::vector<RowLives> whole =
      WholeTensors(graph, trace, std::numeric_limits<int32_t>::max());
  BlockBytes bytes;
  bytes.floor = PeakBytes(graph, trace, whole);
  for (RowLives& tensor : whole) {
    if (!LivesBeyond(graph, tensor.tensor, trace.last_unit())) continue;
    for (StepSpan& life : tensor.rows) life.last = trace.steps;
  }
  bytes.peak = PeakBytes(graph, trace, std::move(whole));
  return bytes;
}

InnerBytes InnerBytesOf(const UnitGraph& graph, const BlockTrace& trace) {
  LoadCurve running(trace.steps);
  LoadCurve resting(trace.steps);
  const auto add = [&](const StepSpan& span, int64_t bytes) {
    running.Add(span, bytes);
    if (span.last - span.first > 1) {  // up to the step before the last
      resting.Add({span.first, span.last - 1}, bytes);
    }
  };
  for (size_t s = 0; s < trace.stages.size(); ++s) {
    const StageTrace& stage = trace.stages[s];
    add(stage.active, stage.stage.form.state_bytes);
    if (s + 1 == trace.stages.size()) break;
    const int64_t bytes =
        BufferBytes(graph.tensor(stage.stage.output), stage.capacity);
    for (const StepSpan& span : stage.busy) add(span, bytes);
  }
  InnerBytes inner;
  const size_t last = trace.stages.size() - 1;
  running.ForEach([&](size_t step, int64_t bytes) {
    const auto s = static_cast<size_t>(trace.order[step]);
    int64_t& most = s == last ? inner.ending : inner.before;
    most = std::max(most, bytes + trace.stages[s].stage.form.scratch_bytes);
  });
  resting.ForEach([&](size_t step, int64_t bytes) {
    if (static_cast<size_t>(trace.order[step]) != last) return;
    inner.resting = std::max(inner.resting, bytes);
  });
  return inner;
}

}  // namespace msf
