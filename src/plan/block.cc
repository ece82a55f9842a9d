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
      // Rows may wait for steps that nobody demands.
      if (!stage.busy.empty() && stage.busy.back().last == kOpen) {
        stage.busy.back().last = stage.output_life.last;
      }
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
    for (const msf_read& read : reads_[s]) {
      SetBusy(static_cast<size_t>(read.producer));
    }
    if (after == before) return;
    SetBusy(s, true);
    SetBusy(s);
    if (before == 0) stage.output_life.first = now;
    stage.output_life.last = now + 1;
    const int32_t oldest = std::min(before, OldestNeeded(s));
    stage.capacity = std::max(stage.capacity, after - oldest);
  }

  // Notes whether rows of stage s's output are still to be read.
  void SetBusy(size_t s) {
    SetBusy(s, msf_rows_written(&stages_[s], tensors_.data(), done_[s]) >
                   OldestNeeded(s));
  }
  void SetBusy(size_t s, bool busy) {
    StageTrace& stage = trace_.stages[s];
    const bool was = !stage.busy.empty() && stage.busy.back().last == kOpen;
    if (busy == was || stage.is_goal) return;
    if (!busy) {
      stage.busy.back().last = trace_.steps;
      return;
    }
    // One step's end is the next one's beginning.
    const int32_t now = trace_.steps - 1;
    if (!stage.busy.empty() && stage.busy.back().last == now) {
      stage.busy.back().last = kOpen;
    } else {
      stage.busy.push_back({now, kOpen});
    }
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

  static constexpr int32_t kOpen = std::numeric_limits<int32_t>::max();

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

}  // namespace

uint8_t RuntimeKind(StageKind kind) {
  switch (kind) {
    case StageKind::kRow:
      return MSF_STAGE_ROW;
    case StageKind::kAccumulate:
      return MSF_STAGE_ACCUMULATE;
    case StageKind::kStrips:
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

}  // namespace msf
