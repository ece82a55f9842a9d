// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "schedule/plan_features.h"

#include <algorithm>
#include <deque>

#include "cost/machinery.h"
#include "plan/block.h"

namespace msf {
namespace {

// The runtime's tables of a schedule, without kernels and addresses.
class MachineTables {
 public:
  explicit MachineTables(const Schedule& schedule) {
    for (const ScheduleTensor& tensor : schedule.tensors) {
      tensors_.push_back({.offset = 0,
                          .row_bytes = static_cast<int32_t>(tensor.row_bytes),
                          .capacity = tensor.capacity,
                          .rows = tensor.rows});
    }
    size_t most = 0;
    for (const ScheduleBlock& block : schedule.blocks) {
      most = std::max(most, block.stages.size());
      rooms_.emplace_back();
      for (const ScheduleStage& stage : block.stages) AddStage(stage);
    }
    for (size_t b = 0; b < rooms_.size(); ++b) AddBlock(schedule.blocks[b], b);
    network_.tensors = tensors_.data();
    network_.blocks = blocks_.data();
    network_.block_count = static_cast<uint16_t>(blocks_.size());
    for (const int32_t input : schedule.inputs) {
      inputs_.push_back(static_cast<uint16_t>(input));
    }
    network_.inputs = inputs_.data();
    network_.input_count = static_cast<uint16_t>(schedule.inputs.size());
    network_.max_stages = static_cast<uint16_t>(most);
  }

  const msf_network& network() const { return network_; }

 private:
  struct Room {
    std::vector<std::vector<msf_read>> reads;
    std::vector<msf_stage> stages;
    std::vector<uint16_t> goals;
  };

  void AddStage(const ScheduleStage& stage) {
    std::vector<msf_read> reads;
    for (const ScheduleRead& read : stage.reads) {
      reads.push_back({.tensor = static_cast<uint16_t>(read.tensor),
                       .producer = static_cast<int16_t>(read.producer),
                       .stride = read.need.stride,
                       .offset = read.need.offset,
                       .extent = read.need.extent});
    }
    msf_stage entry{};
    entry.read_count = static_cast<uint8_t>(reads.size());
    entry.kind = RuntimeKind(stage.form.kind);
    entry.output = static_cast<uint16_t>(stage.output);
    entry.input = static_cast<uint16_t>(std::max(stage.input, 0));
    entry.piece_cols = static_cast<uint16_t>(stage.piece_cols);
    entry.pixel_bytes = static_cast<uint16_t>(stage.pixel_bytes);
    entry.steps = stage.form.steps;
    entry.rows_per_step = stage.form.rows_per_step;
    rooms_.back().reads.push_back(std::move(reads));
    rooms_.back().stages.push_back(entry);
  }

  void AddBlock(const ScheduleBlock& block, size_t b) {
    Room& room = rooms_[b];
    for (size_t s = 0; s < room.stages.size(); ++s) {
      room.stages[s].reads = room.reads[s].data();
    }
    for (const int32_t goal : block.goals) {
      room.goals.push_back(static_cast<uint16_t>(goal));
    }
    blocks_.push_back({.stages = room.stages.data(),
                       .goals = room.goals.data(),
                       .stage_count = static_cast<uint16_t>(room.stages.size()),
                       .goal_count = static_cast<uint16_t>(room.goals.size())});
  }

  std::vector<msf_tensor> tensors_;
  std::vector<uint16_t> inputs_;
  std::vector<Room> rooms_;
  std::vector<msf_block> blocks_;
  msf_network network_{};
};

CallRange WholeRows(const Schedule& schedule, const ScheduleStage& stage) {
  CallRange range{.x_end = MSF_WHOLE_ROW};
  if (!stage.reads.empty()) {
    const auto in = static_cast<size_t>(stage.reads[0].tensor);
    range.in_rows = schedule.tensors[in].rows;
    range.in_row_bytes = static_cast<int32_t>(schedule.tensors[in].row_bytes);
  }
  const auto out = static_cast<size_t>(stage.output);
  range.out_row_bytes = static_cast<int32_t>(schedule.tensors[out].row_bytes);
  return range;
}

PatchTables PatchTablesOf(const Schedule& schedule, const ScheduleStage& stage,
                          std::deque<KernelShape>& shapes) {
  const SchedulePatch& patch = *stage.patch;
  PatchTables tables{.params = patch.table};
  for (const SchedulePatchNode& node : patch.nodes) {
    tables.nodes.push_back(node.table);
    tables.nodes.back().reads = node.reads.data();
    tables.shapes.push_back(
        node.rests() ? nullptr : &shapes.emplace_back(ShapeOf(node.call)));
  }
  for (const ScheduleRead& read : stage.reads) {
    const ScheduleTensor& in =
        schedule.tensors[static_cast<size_t>(read.tensor)];
    msf_view view{};
    view.row_bytes = static_cast<int32_t>(in.row_bytes);
    view.capacity = in.capacity;
    view.rows = in.rows;
    tables.inputs.push_back(view);
  }
  tables.out_row_bytes = WholeRows(schedule, stage).out_row_bytes;
  return tables;
}

// The kernel of a feed, which makes rows piece by piece.
PlanFeatures FeedFeaturesOf(const Schedule& schedule,
                            const ScheduleStage& stage, int32_t rows,
                            const KernelBody& body) {
  PlanFeatures features;
  const KernelShape shape = ShapeOf(stage.call);
  const auto input = static_cast<size_t>(
      schedule.inputs[static_cast<size_t>(stage.input)]);
  const auto columns = static_cast<int32_t>(
      schedule.tensors[input].row_bytes / stage.pixel_bytes);
  CallRange range = WholeRows(schedule, stage);
  range.in_rows = schedule.tensors[input].rows;
  for (range.x = 0; range.x < columns; range.x = range.x_end) {
    range.x_end = range.x + stage.piece_cols;
    features.AddCall(shape, range, body, rows);
  }
  return features;
}

PlanFeatures StageFeaturesOf(const Schedule& schedule,
                             const ScheduleStage& stage, int32_t steps,
                             const KernelBody& body) {
  if (stage.node < 0) return {};
  if (stage.IsFeed()) return FeedFeaturesOf(schedule, stage, steps, body);
  if (stage.patch) return PatchFeaturesOf(schedule, stage, steps, body);
  return CountSteps(ShapeOf(stage.call), WholeRows(schedule, stage), steps,
                    body);
}

}  // namespace

PlanFeatures PatchFeaturesOf(const Schedule& schedule,
                             const ScheduleStage& stage, int32_t steps,
                             const KernelBody& body) {
  std::deque<KernelShape> shapes;
  return CountPatch(PatchTablesOf(schedule, stage, shapes), steps, body);
}

ScheduleFeatures FeaturesByStage(const Schedule& schedule,
                                 const KernelBody& body) {
  const MachineTables tables(schedule);
  MachineRun run = CountMachine(tables.network());
  ScheduleFeatures features{.machine = std::move(run.features), .stages = {}};
  for (size_t b = 0; b < schedule.blocks.size(); ++b) {
    const ScheduleBlock& block = schedule.blocks[b];
    features.stages.emplace_back();
    for (size_t s = 0; s < block.stages.size(); ++s) {
      features.stages.back().push_back(
          StageFeaturesOf(schedule, block.stages[s], run.steps[b][s], body));
    }
  }
  return features;
}

PlanFeatures FeaturesOf(const Schedule& schedule, const KernelBody& body) {
  ScheduleFeatures features = FeaturesByStage(schedule, body);
  for (const std::vector<PlanFeatures>& block : features.stages) {
    for (const PlanFeatures& stage : block) features.machine += stage;
  }
  return std::move(features.machine);
}

}  // namespace msf
