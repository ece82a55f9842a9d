// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/block.h"

#include <algorithm>
#include <limits>

#include "msf_runtime.h"
#include "plan/stage.h"
#include "support/check.h"

namespace msf {
namespace {

// The stage of each unit of the block.
std::vector<size_t> StageOfUnit(const std::vector<Stage>& stages) {
  std::vector<size_t> result;
  for (size_t s = 0; s < stages.size(); ++s) {
    result.insert(
        result.end(),
        static_cast<size_t>(stages[s].last_unit - stages[s].first_unit), s);
  }
  return result;
}

// The block in the runtime's own tables. Tensor s is the output of stage s;
// tensors that are complete before the block are left out, nothing waits for
// them.
class Simulator {
 public:
  Simulator(const UnitGraph& graph, std::vector<Stage> stages)
      : graph_(graph),
        first_unit_(stages.front().first_unit),
        last_unit_(stages.back().last_unit),
        stage_of_(StageOfUnit(stages)) {
    const size_t count = stages.size();
    stages_.resize(count);
    tensors_.resize(count);
    reads_.resize(count);
    readers_.resize(count);
    done_.assign(count, 0);
    trace_.stages.resize(count);
    for (size_t s = 0; s < count; ++s) {
      trace_.stages[s].stage = std::move(stages[s]);
      AddStage(s);
    }
    runtime_block_ = {.stages = stages_.data(),
                      .goals = goals_.data(),
                      .stage_count = static_cast<uint16_t>(count),
                      .goal_count = static_cast<uint16_t>(goals_.size())};
  }

  BlockTrace Run() {
    for (;;) {
      const int32_t next =
          msf_next_stage(&runtime_block_, tensors_.data(), done_.data());
      if (next < 0) break;
      Step(static_cast<size_t>(next));
    }
    // A stage that nobody demanded keeps no rows; a ring has at least one.
    for (StageTrace& stage : trace_.stages) {
      stage.capacity = std::max(stage.capacity, 1);
      if (stage.is_goal) stage.output_life.last = trace_.steps;
    }
    return std::move(trace_);
  }

 private:
  struct Reader {
    size_t stage;
    RowNeed need;
  };

  void AddStage(size_t s) {
    const Stage& u = trace_.stages[s].stage;
    const StageForm& form = u.form;
    for (size_t i = 0; i < u.reads.size(); ++i) {
      const int32_t producer = graph_.tensor(u.reads[i]).producer;
      if (producer < first_unit_) continue;
      const size_t p = stage_of_[static_cast<size_t>(producer - first_unit_)];
      reads_[s].push_back({.tensor = static_cast<uint16_t>(p),
                           .producer = static_cast<int16_t>(p),
                           .stride = form.needs[i].stride,
                           .offset = form.needs[i].offset,
                           .extent = form.needs[i].extent});
      readers_[p].push_back({s, form.needs[i]});
    }
    stages_[s] = {.kernel = nullptr,
                  .params = nullptr,
                  .reads = reads_[s].data(),
                  .read_count = static_cast<uint8_t>(reads_[s].size()),
                  .kind = RuntimeKind(form.kind),
                  .output = static_cast<uint16_t>(s),
                  .input = 0,
                  .steps = form.steps,
                  .rows_per_step = form.rows_per_step,
                  .state_offset = 0,
                  .scratch_offset = 0};
    const UnitTensor& output = graph_.tensor(u.output);
    tensors_[s] = {.offset = 0,
                   .row_bytes = static_cast<int32_t>(output.row_bytes),
                   .capacity = output.rows,
                   .rows = output.rows};
    if (LivesBeyond(graph_, u.output, last_unit_)) {
      trace_.stages[s].is_goal = true;
      trace_.stages[s].capacity = output.rows;
      goals_.push_back(static_cast<uint16_t>(s));
    }
  }

  void Step(size_t s) {
    StageTrace& stage = trace_.stages[s];
    const int32_t now = trace_.steps++;
    trace_.order.push_back(static_cast<int32_t>(s));
    if (done_[s] == 0) stage.active.first = now;
    stage.active.last = now + 1;
    const int32_t before =
        msf_rows_written(&stages_[s], tensors_.data(), done_[s]);
    ++done_[s];
    const int32_t after =
        msf_rows_written(&stages_[s], tensors_.data(), done_[s]);
    for (const msf_read& read : reads_[s]) {
      const auto p = static_cast<size_t>(read.producer);
      // Steps that read only padding may come before the first row, if one
      // comes at all.
      if (msf_rows_written(&stages_[p], tensors_.data(), done_[p]) == 0) {
        continue;
      }
      trace_.stages[p].output_life.last = now + 1;
    }
    if (after == before) return;
    if (before == 0) stage.output_life.first = now;
    stage.output_life.last = now + 1;
    const int32_t oldest = std::min(before, OldestNeeded(s));
    stage.capacity = std::max(stage.capacity, after - oldest);
  }

  // The first row of stage s's output that some reader still has to read.
  int32_t OldestNeeded(size_t s) const {
    int32_t oldest = std::numeric_limits<int32_t>::max();
    for (const Reader& reader : readers_[s]) {
      const int32_t first = NextRowRead(reader.need, done_[reader.stage],
                                        stages_[reader.stage].steps);
      oldest = std::min(oldest, first);
    }
    return oldest;
  }

  // The first row that the steps from `step` on read; steps in the padding
  // above the first row read none.
  static int32_t NextRowRead(const RowNeed& need, int32_t step, int32_t steps) {
    while (step < steps && need.End(step) <= 0) {
      step = need.stride == 0 ? steps : step + 1;
    }
    if (step >= steps) return std::numeric_limits<int32_t>::max();
    return std::max(0, need.First(step));
  }

  const UnitGraph& graph_;
  int32_t first_unit_;
  int32_t last_unit_;
  std::vector<size_t> stage_of_;  // by unit of the block
  std::vector<msf_stage> stages_;
  std::vector<msf_tensor> tensors_;
  std::vector<std::vector<msf_read>> reads_;
  std::vector<std::vector<Reader>> readers_;  // of each stage's output
  std::vector<uint16_t> goals_;
  std::vector<int32_t> done_;
  msf_block runtime_block_{};
  BlockTrace trace_;
};

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

}  // namespace

uint8_t RuntimeKind(StageKind kind) {
  switch (kind) {
    case StageKind::kRow:
      return MSF_STAGE_ROW;
    case StageKind::kAccumulate:
      return MSF_STAGE_ACCUMULATE;
    case StageKind::kWhole:
      return MSF_STAGE_WHOLE;
    case StageKind::kFeed:
      return MSF_STAGE_FEED;
  }
  return MSF_STAGE_ROW;
}

bool LivesBeyond(const UnitGraph& graph, TensorId tensor, int32_t unit) {
  const UnitTensor& t = graph.tensor(tensor);
  return t.is_output || t.last_read >= unit;
}

bool IsThereBefore(const UnitGraph& graph, TensorId tensor, int32_t unit) {
  const UnitTensor& t = graph.tensor(tensor);
  if (t.producer >= 0) return t.producer < unit;
  return t.is_resident_input || t.is_external;
}

int64_t BufferBytes(const UnitTensor& tensor, int32_t rows) {
  return tensor.row_bytes * rows;
}

int64_t BufferAlign(const UnitTensor& tensor) {
  return tensor.row_bytes % 4 == 0 ? 4 : 1;
}

BlockTrace TraceBlock(const UnitGraph& graph, const BlockPlan& block) {
  MSF_CHECK(!block.stages.empty() &&
            block.stages.front().first_unit == block.first_unit &&
            block.stages.back().last_unit == block.last_unit);
  return TraceStages(graph, StagesOf(graph, block));
}

BlockTrace TraceStages(const UnitGraph& graph, std::vector<Stage> stages) {
  return Simulator(graph, std::move(stages)).Run();
}

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
                                   const BlockPlan& block,
                                   const BlockTrace& trace) {
  std::vector<RowLives> result;
  std::vector<int32_t> index(graph.tensors.size(), -1);
  const auto add = [&](TensorId id, StepSpan life) {
    if (index[static_cast<size_t>(id)] >= 0) return;
    index[static_cast<size_t>(id)] = static_cast<int32_t>(result.size());
    const auto rows = static_cast<size_t>(graph.tensor(id).rows);
    if (LivesBeyond(graph, id, block.last_unit)) life.last = trace.steps;
    result.push_back({id, std::vector<StepSpan>(rows, life)});
  };
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const UnitTensor& tensor = graph.tensors[i];
    const auto id = static_cast<TensorId>(i);
    const bool there = !tensor.is_external &&
                       IsThereBefore(graph, id, block.first_unit);
    // Resident inputs are all written before the first step, read or not.
    const bool at_start = tensor.is_resident_input && block.first_unit == 0;
    if (there && at_start) add(id, {0, 1});
    if (there && LivesBeyond(graph, id, block.first_unit)) add(id, {0, 0});
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
    } else if (step + 1 == form.steps) {
      touch(unit.output, 0, graph.tensor(unit.output).rows, true);
    }
  }
  return result;
}

namespace {

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

}  // namespace

int64_t BlockPeakBytes(const UnitGraph& graph, const BlockPlan& block,
                       const BlockTrace& trace) {
  LoadCurve load(trace.steps);
  std::vector<RowLives> whole = WholeTensors(graph, block, trace);
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

}  // namespace msf
