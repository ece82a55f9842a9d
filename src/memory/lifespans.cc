// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/lifespans.h"

#include <algorithm>

#include "plan/block_lives.h"

namespace msf {
namespace {

class Collector {
 public:
  Collector(const UnitGraph& graph, const std::vector<std::string>& names)
      : graph_(graph), names_(names), lives_(graph.tensors.size()),
        rows_(graph.tensors.size()), spans_(graph.tensors.size()), versions_(graph.tensors.size()) {
    result_.of_tensor.assign(graph.tensors.size(), -1);
    result_.capacity.assign(graph.tensors.size(), 0);
    result_.of_state.assign(graph.units.size(), -1);
    result_.of_scratch.assign(graph.units.size(), -1);
  }

  void AddBlock(const BlockPlan& block, const BlockTrace& trace) {
    for (TensorId id : block.moves) Move(id);
    ++block_;
    const int64_t start = result_.steps;
    for (const RowLives& tensor : WholeTensors(graph_, trace)) {
      AddRows(tensor, start);
    }
    for (const StageTrace& stage : trace.stages) AddStage(stage, start);
    AddScratch(trace, start);
    result_.steps += trace.steps;
  }

  PlanBuffers Finish() {
    for (size_t id = 0; id < lives_.size(); ++id) {
      const int32_t buffer = Close(static_cast<TensorId>(id));
      EndMove(static_cast<TensorId>(id), buffer);
    }
    for (const HandOver& pair : in_place_) AddInPlace(pair);
    return std::move(result_);
  }

 private:
  // An elementwise stage reads this version of `from` and writes `to`.
  struct HandOver {
    TensorId from = kNoTensor;
    size_t version = 0;
    TensorId to = kNoTensor;
  };

  // Closes the version at hand.
  int32_t Close(TensorId tensor) {
    const int32_t buffer = MakeBuffer(tensor);
    versions_[static_cast<size_t>(tensor)].push_back(buffer);
    return buffer;
  }

  // Makes the buffer of what is known of the tensor; -1 if it needs none.
  int32_t MakeBuffer(TensorId tensor_id) {
    const auto id = static_cast<size_t>(tensor_id);
    const UnitTensor& tensor = graph_.tensors[id];
    int32_t& capacity = result_.capacity[id];
    if (tensor.producer < 0 || !rows_[id].empty()) capacity = tensor.rows;
    const bool exists = tensor.producer >= 0 || tensor.is_resident_input;
    if (!exists || tensor.is_external || capacity == 0) return -1;
    Lifespan life = lives_[id];
    // Nobody demanded a row of it, so none is ever written.
    // Where nothing runs, resident inputs are written all the same.
    const bool runs = life.first < life.last || tensor.is_output ||
                      (tensor.is_resident_input && result_.steps == 0);
    if (!runs) return -1;
    life.last = std::max(life.last, life.first + 1);
    const auto buffer = static_cast<int32_t>(result_.problem.buffers.size());
    if (result_.of_tensor[id] < 0) result_.of_tensor[id] = buffer;
    result_.problem.buffers.push_back({.name = names_[id],
                                       .bytes = BufferBytes(tensor, capacity),
                                       .align = BufferAlign(tensor),
                                       .life = life,
                                       .rows = std::move(rows_[id]),
                                       .spans = std::move(spans_[id])});
    return buffer;
  }

  // The tensor's bytes are copied in one step: every row lives to its end, and
  // none of the new place before it is over.
  void Move(TensorId tensor) {
    const auto id = static_cast<size_t>(tensor);
    const int64_t step = result_.steps++;
    for (Lifespan& row : rows_[id]) row.last = std::max(row.last, step + 1);
    lives_[id].last = std::max(lives_[id].last, step + 1);
    const int32_t from = Close(tensor);
    EndMove(tensor, from);
    result_.moves.push_back(
        {.block = block_, .tensor = tensor, .from = from, .to = -1});
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
  static size_t UnitIndex(const Stage& stage) {
    return static_cast<size_t>(stage.last_unit - 1);
  }

  // Lives of a whole tensor's rows go on where the block before left them.
  void AddRows(const RowLives& tensor, int64_t start) {
    const auto id = static_cast<size_t>(tensor.tensor);
    std::vector<Lifespan>& rows = rows_[id];
    if (tensor.in_place_of != kNoTensor) {
      const TensorId from = tensor.in_place_of;
      in_place_.push_back({from, versions_[static_cast<size_t>(from)].size(),
                           tensor.tensor});
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

  void AddInPlace(const HandOver& pair) {
    const auto& from = versions_[static_cast<size_t>(pair.from)];
    // What a stage makes has not moved yet.
    const int32_t to = result_.of_tensor[static_cast<size_t>(pair.to)];
    if (pair.version < from.size() && from[pair.version] >= 0 && to >= 0) {
      result_.problem.in_place.push_back({from[pair.version], to});
    }
  }

  void AddStage(const StageTrace& stage, int64_t start) {
    const auto output = static_cast<size_t>(stage.stage.output);
    result_.capacity[output] = stage.capacity;
    if (rows_[output].empty()) {
      lives_[output] = {start + stage.output_life.first,
                        start + stage.output_life.last};
      spans_[output] = Shifted(stage.busy, start);
    }
    const StageForm& form = stage.stage.form;
    if (form.state_bytes == 0 || stage.active.last == 0) return;
    result_.of_state[UnitIndex(stage.stage)] =
        static_cast<int32_t>(result_.problem.buffers.size());
    result_.problem.buffers.push_back(
        {.name = "state of " + names_[output],
         .bytes = form.state_bytes,
         .align = kStateAlign,
         .life = {start + stage.active.first, start + stage.active.last}});
  }

  // Of each stage, in its steps only.
  void AddScratch(const BlockTrace& trace, int64_t start) {
    for (size_t s = 0; s < trace.stages.size(); ++s) {
      const StageTrace& stage = trace.stages[s];
      const int64_t bytes = stage.stage.form.scratch_bytes;
      if (bytes == 0 || stage.active.last == 0) continue;
      result_.of_scratch[UnitIndex(stage.stage)] =
          static_cast<int32_t>(result_.problem.buffers.size());
      result_.problem.buffers.push_back(
          {.name = "scratch",
           .bytes = bytes,
           .align = kStateAlign,
           .life = {start + stage.active.first, start + stage.active.last},
           .rows = {},
           .spans = Shifted(StepsOf(trace, s), start)});
    }
  }

  static std::vector<Lifespan> Shifted(const std::vector<StepSpan>& spans,
                                       int64_t start) {
    std::vector<Lifespan> shifted;
    for (const StepSpan& span : spans) {
      shifted.push_back({start + span.first, start + span.last});
    }
    return shifted;
  }

  const UnitGraph& graph_;
  const std::vector<std::string>& names_;
  std::vector<Lifespan> lives_;              // by TensorId
  std::vector<std::vector<Lifespan>> rows_;  // by TensorId; whole tensors only
  std::vector<std::vector<Lifespan>> spans_;  // by TensorId; line buffers only
  // Buffers of each tensor, one after each move, as far as they are closed.
  std::vector<std::vector<int32_t>> versions_;
  std::vector<HandOver> in_place_;
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
