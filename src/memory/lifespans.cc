// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/lifespans.h"

#include <algorithm>

#include "plan/stage.h"

namespace msf {
namespace {

class Collector {
 public:
  Collector(const UnitGraph& graph, const std::vector<std::string>& names)
      : graph_(graph), names_(names), lives_(graph.tensors.size()),
        rows_(graph.tensors.size()), latest_(graph.tensors.size(), -1) {
    result_.of_tensor.assign(graph.tensors.size(), -1);
    result_.capacity.assign(graph.tensors.size(), 0);
    result_.of_state.assign(graph.units.size(), -1);
    result_.of_scratch.assign(graph.units.size(), -1);
  }

  void AddBlock(const BlockPlan& block, const BlockTrace& trace) {
    for (TensorId id : block.moves) Move(id);
    ++block_;
    const int64_t start = result_.steps;
    stages_ = StagesOf(graph_, block);
    for (const RowLives& tensor : WholeTensors(graph_, block, trace)) {
      AddRows(tensor, start);
    }
    for (size_t s = 0; s < trace.stages.size(); ++s) {
      AddStage(trace.stages[s], s, start);
    }
    AddScratch(trace, start);
    result_.steps += trace.steps;
  }

  PlanBuffers Finish() {
    for (size_t id = 0; id < lives_.size(); ++id) {
      const int32_t buffer = Close(static_cast<TensorId>(id));
      EndMove(static_cast<TensorId>(id), buffer);
    }
    for (const auto& [from, to] : in_place_) AddInPlace(from, to);
    return std::move(result_);
  }

 private:
  // Makes the buffer of what is known of the tensor; -1 if it needs none.
  int32_t Close(TensorId tensor_id) {
    const auto id = static_cast<size_t>(tensor_id);
    const UnitTensor& tensor = graph_.tensors[id];
    int32_t& capacity = result_.capacity[id];
    if (tensor.producer < 0 || !rows_[id].empty()) capacity = tensor.rows;
    const bool exists = tensor.producer >= 0 || tensor.is_resident_input;
    if (!exists || tensor.is_external || capacity == 0) return -1;
    Lifespan life = lives_[id];
    // Nobody demanded a row of it, so none is ever written.
    const bool runs = life.first < life.last || tensor.is_output;
    if (!runs && !tensor.is_resident_input) return -1;
    life.last = std::max(life.last, life.first + 1);
    const auto buffer = static_cast<int32_t>(result_.problem.buffers.size());
    if (result_.of_tensor[id] < 0) result_.of_tensor[id] = buffer;
    latest_[id] = buffer;
    result_.problem.buffers.push_back({.name = names_[id],
                                       .bytes = BufferBytes(tensor, capacity),
                                       .align = BufferAlign(tensor),
                                       .life = life,
                                       .rows = std::move(rows_[id])});
    return buffer;
  }

  // The tensor's bytes are copied in one step: every row lives to its end, and
  // none of the new place before it is over.
  void Move(TensorId tensor) {
    const auto id = static_cast<size_t>(tensor);
    const int64_t step = result_.steps++;
    for (Lifespan& row : rows_[id]) row.last = std::max(row.last, step + 1);
    lives_[id].last = std::max(lives_[id].last, step + 1);
    EndMove(tensor, Close(tensor));
    result_.moves.push_back(
        {.block = block_, .tensor = tensor, .from = latest_[id], .to = -1});
    const Lifespan life{step + 1, step + 2};
    rows_[id].assign(static_cast<size_t>(graph_.tensor(tensor).rows), life);
    lives_[id] = life;
  }

  // `buffer` is where the tensor's last move, if any, went.
  void EndMove(TensorId tensor, int32_t buffer) {
    for (BufferMove& move : result_.moves) {
      if (move.tensor == tensor && move.to < 0) move.to = buffer;
    }
  }

  // A stage is known by its last unit.
  size_t UnitIndex(size_t s) const {
    return static_cast<size_t>(stages_[s].last_unit - 1);
  }

  // Lives of a whole tensor's rows go on where the block before left them.
  void AddRows(const RowLives& tensor, int64_t start) {
    const auto id = static_cast<size_t>(tensor.tensor);
    std::vector<Lifespan>& rows = rows_[id];
    if (tensor.in_place_of != kNoTensor) {
      in_place_.push_back({NextBuffer(tensor.in_place_of), tensor.tensor});
    }
    const bool is_new = rows.empty();
    if (is_new) rows.resize(tensor.rows.size());
    Lifespan& whole = lives_[id];
    for (size_t r = 0; r < rows.size(); ++r) {
      const StepSpan& span = tensor.rows[r];
      if (is_new) rows[r] = {start + span.first, start + span.first + 1};
      rows[r].last = std::max(rows[r].last, start + span.last);
      whole.first = r == 0 && is_new ? rows[r].first
                                     : std::min(whole.first, rows[r].first);
      whole.last = std::max(whole.last, rows[r].last);
    }
  }

  // How many buffers of the tensor are closed: the place of the next one.
  std::pair<TensorId, size_t> NextBuffer(TensorId tensor) const {
    size_t closed = 0;
    for (const BufferMove& move : result_.moves) {
      if (move.tensor == tensor) ++closed;
    }
    return {tensor, closed};
  }

  int32_t BufferAt(std::pair<TensorId, size_t> place) const {
    const auto [tensor, closed] = place;
    int32_t buffer = result_.of_tensor[static_cast<size_t>(tensor)];
    size_t n = 0;
    for (const BufferMove& move : result_.moves) {
      if (move.tensor == tensor && n++ < closed) buffer = move.to;
    }
    return buffer;
  }

  void AddInPlace(std::pair<TensorId, size_t> from, TensorId to) {
    // What a stage makes has not moved yet.
    const InPlacePair pair{BufferAt(from),
                           result_.of_tensor[static_cast<size_t>(to)]};
    if (pair.from >= 0 && pair.to >= 0) {
      result_.problem.in_place.push_back(pair);
    }
  }

  void AddStage(const StageTrace& stage, size_t s, int64_t start) {
    const size_t unit = UnitIndex(s);
    const size_t output = static_cast<size_t>(stages_[s].output);
    result_.capacity[output] = stage.capacity;
    if (rows_[output].empty()) {
      lives_[output] = {start + stage.output_life.first,
                        start + stage.output_life.last};
    }
    const StageForm& form = stages_[s].form;
    if (form.state_bytes == 0 || stage.active.last == 0) return;
    result_.of_state[unit] =
        static_cast<int32_t>(result_.problem.buffers.size());
    result_.problem.buffers.push_back(
        {.name = "state of " + names_[output],
         .bytes = form.state_bytes,
         .align = kStateAlign,
         .life = {start + stage.active.first, start + stage.active.last}});
  }

  // One scratch serves the block: stages use it one at a time.
  void AddScratch(const BlockTrace& trace, int64_t start) {
    const auto index = static_cast<int32_t>(result_.problem.buffers.size());
    Buffer scratch{.name = "scratch",
                   .align = kStateAlign,
                   .life = {start + trace.steps, start}};
    for (size_t s = 0; s < trace.stages.size(); ++s) {
      const StageForm& form = stages_[s].form;
      const StepSpan active = trace.stages[s].active;
      if (form.scratch_bytes == 0 || active.last == 0) continue;
      scratch.bytes = std::max(scratch.bytes, form.scratch_bytes);
      scratch.life.first = std::min(scratch.life.first, start + active.first);
      scratch.life.last = std::max(scratch.life.last, start + active.last);
      result_.of_scratch[UnitIndex(s)] = index;
    }
    if (scratch.bytes > 0) {
      result_.problem.buffers.push_back(std::move(scratch));
    }
  }

  const UnitGraph& graph_;
  const std::vector<std::string>& names_;
  std::vector<Stage> stages_;                // of the block at hand
  std::vector<Lifespan> lives_;              // by TensorId
  std::vector<std::vector<Lifespan>> rows_;  // by TensorId; whole tensors only
  std::vector<int32_t> latest_;              // buffer of each tensor
  // Read (and which of its buffers), written.
  std::vector<std::pair<std::pair<TensorId, size_t>, TensorId>> in_place_;
  int32_t block_ = 0;
  PlanBuffers result_;
};

}  // namespace

PlanBuffers CollectBuffers(const UnitGraph& graph, const Plan& plan,
                           const std::vector<BlockTrace>& traces,
                           const std::vector<std::string>& names) {
  Collector collector(graph, names);
  for (size_t b = 0; b < plan.blocks.size(); ++b) {
    collector.AddBlock(plan.blocks[b], traces[b]);
  }
  return collector.Finish();
}

}  // namespace msf
