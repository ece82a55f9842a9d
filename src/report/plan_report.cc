// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "plan/block.h"
#include "report/report.h"
#include "support/size.h"

namespace msf {
namespace {

const char* KindText(StageKind kind) {
  switch (kind) {
    case StageKind::kRow:
      return "row";
    case StageKind::kAccumulate:
      return "accumulate";
    case StageKind::kWhole:
      return "whole";
    case StageKind::kFeed:
      return "input";
  }
  return "?";
}

int32_t SourceIndex(const Graph& graph, const ScheduleStage& stage) {
  return stage.node < 0 ? -1 : graph.node(stage.node).source_index;
}

const ScheduleTensor& OutputOf(const Schedule& schedule,
                               const ScheduleStage& stage) {
  return schedule.tensors[static_cast<size_t>(stage.output)];
}

Json StageJson(const Graph& graph, const Schedule& schedule,
               const ScheduleStage& stage) {
  const ScheduleTensor& output = OutputOf(schedule, stage);
  const int32_t node = SourceIndex(graph, stage);
  return {{"first_node", node},
          {"last_node", node},
          {"patch_rows", stage.form.kind == StageKind::kRow ? 1 : output.rows},
          {"patch_cols", graph.tensor(output.tensor).hwc.w},
          {"kind", KindText(stage.form.kind)},
          {"op", OpDefOf(graph.node(stage.node)).tflite},
          {"rows_kept", output.capacity},
          {"rows", output.rows},
          {"buffer_bytes", output.capacity * output.row_bytes},
          {"state_bytes", stage.form.state_bytes}};
}

// Bytes that live at the busiest step of each block.
std::vector<int64_t> BlockPeaks(const PlannedModel& model) {
  std::vector<int64_t> peaks;
  for (const BlockPlan& block : model.schedule.plan.blocks) {
    peaks.push_back(BlockPeakBytes(model.units, block,
                                   TraceBlock(model.units, block)));
  }
  return peaks;
}

Json BlockJson(const Graph& graph, const Schedule& schedule,
               const ScheduleBlock& block, int64_t peak_bytes) {
  Json stages = Json::array();
  int32_t first = -1;
  int32_t last = -1;
  for (const ScheduleStage& stage : block.stages) {
    if (stage.node < 0) continue;
    const int32_t node = SourceIndex(graph, stage);
    first = first < 0 ? node : std::min(first, node);
    last = std::max(last, node);
    stages.push_back(StageJson(graph, schedule, stage));
  }
  return {{"first_node", first},
          {"last_node", last},
          {"peak_bytes", peak_bytes},
          {"stages", std::move(stages)}};
}

std::string StageText(const Graph& graph, const Schedule& schedule,
                      const ScheduleStage& stage) {
  const ScheduleTensor& output = OutputOf(schedule, stage);
  const std::string what =
      stage.node < 0
          ? fmt::format("input {}", stage.input)
          : fmt::format("node {} {}", SourceIndex(graph, stage),
                        OpDefOf(graph.node(stage.node)).tflite);
  std::string text = fmt::format(
      "    {:<28} {:<11} {:>14}  keeps {:>3} of {:>3} rows {:>9} bytes", what,
      KindText(stage.form.kind),
      ToString(graph.tensor(output.tensor).hwc), output.capacity, output.rows,
      WithCommas(output.capacity * output.row_bytes));
  if (stage.form.state_bytes > 0) {
    text += fmt::format(" + state {}", WithCommas(stage.form.state_bytes));
  }
  return text + "\n";
}

}  // namespace

Json PlanJson(const Graph& graph, const PlannedModel& model) {
  const Schedule& schedule = model.schedule;
  Json json{{"model", graph.source},
            {"arena_bytes", schedule.arena_bytes},
            {"input_bytes", schedule.input_bytes},
            {"input_mode", ToString(schedule.plan.input_mode)},
            {"macs", schedule.macs},
            {"plain_macs", schedule.plain_macs},
            {"overhead_factor", schedule.overhead_factor()},
            {"lower_bound_bytes", model.lower_bound_bytes},
            {"blocks", Json::array()},
            {"predicted", Json::object()}};
  const std::vector<int64_t> peaks = BlockPeaks(model);
  for (size_t b = 0; b < schedule.blocks.size(); ++b) {
    Json block = BlockJson(graph, schedule, schedule.blocks[b], peaks[b]);
    if (!block["stages"].empty()) json["blocks"].push_back(std::move(block));
  }
  return json;
}

std::string PlanText(const Graph& graph, const PlannedModel& model,
                     bool every_stage) {
  const Schedule& schedule = model.schedule;
  std::string text = fmt::format(
      "{}: {} of RAM, input {}, F = {:.2f} ({} MACs)\n"
      "no plan of this space needs less than {} bytes\n\n"
      "block  nodes        stages  peak bytes\n",
      graph.source, BytesText(schedule.arena_bytes),
      ToString(schedule.plan.input_mode), schedule.overhead_factor(),
      WithCommas(schedule.macs), WithCommas(model.lower_bound_bytes));
  const std::vector<int64_t> peaks = BlockPeaks(model);
  const int64_t most =
      peaks.empty() ? 0 : *std::max_element(peaks.begin(), peaks.end());
  for (size_t b = 0; b < schedule.blocks.size(); ++b) {
    const ScheduleBlock& block = schedule.blocks[b];
    const Json json = BlockJson(graph, schedule, block, peaks[b]);
    const std::string nodes =
        json["stages"].empty()
            ? "input"
            : fmt::format("{}..{}", json["first_node"].get<int32_t>(),
                          json["last_node"].get<int32_t>());
    text += fmt::format("{:>5}  {:<11}  {:>6}  {:>10}{}\n", b, nodes,
                        block.stages.size(), WithCommas(peaks[b]),
                        peaks[b] == most ? "  <- sets the peak" : "");
    if (!every_stage) continue;
    for (const ScheduleStage& stage : block.stages) {
      text += StageText(graph, schedule, stage);
    }
  }
  return text;
}

}  // namespace msf
