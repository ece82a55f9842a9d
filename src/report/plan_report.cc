// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "plan/block.h"
#include "report/report.h"
#include "report/words.h"
#include "support/size.h"

namespace msf {
namespace {

const char* KindText(const StagePlan& plan, StageKind kind) {
  if (plan.channel_tile > 0) return "channel tiles";
  if (plan.IsPatch()) return "patch";
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

int32_t SourceIndex(const Graph& graph, NodeId node) {
  return node < 0 ? -1 : graph.node(node).source_index;
}

// A stage as planned and as lowered.
struct StageView {
  const Graph& graph;
  const PlannedModel& model;
  const StagePlan& plan;
  const ScheduleStage& stage;

  NodeId first_node() const { return model.units.unit(plan.first_unit).node; }
  const ScheduleTensor& output() const {
    return model.schedule.tensors[static_cast<size_t>(stage.output)];
  }
  // Of the stage's nodes but the last.
  std::vector<NodeOutput> inner() const {
    auto outputs = OutputsOf(model.units, model.schedule, plan);
    if (!outputs.empty()) outputs.pop_back();
    return outputs;
  }
};

Json InnerJson(const StageView& view) {
  Json inner = Json::array();
  for (const NodeOutput& output : view.inner()) {
    inner.push_back({{"node", SourceIndex(view.graph, output.node)},
                     {"extent", ToString(output.extent)},
                     {"rows_kept", output.rows_kept},
                     {"rows_made", output.rows_made},
                     {"rows", output.rows}});
  }
  return inner;
}

Json StageJson(const StageView& view) {
  const ScheduleTensor& output = view.output();
  const StageForm& form = view.stage.form;
  const bool is_patch = view.plan.IsPatch();
  const int32_t rows = form.kind == StageKind::kRow ? 1 : output.rows;
  const int32_t columns = view.graph.tensor(output.tensor).hwc.w;
  return {{"first_node", SourceIndex(view.graph, view.first_node())},
          {"last_node", SourceIndex(view.graph, view.stage.node)},
          {"patch_rows", is_patch ? view.plan.patch_rows : rows},
          {"patch_cols", is_patch ? view.plan.patch_cols : columns},
          {"kind", KindText(view.plan, form.kind)},
          {"op", OpDefOf(view.graph.node(view.stage.node)).tflite},
          {"rows_kept", output.capacity},
          {"rows", output.rows},
          {"buffer_bytes", output.capacity * output.row_bytes},
          {"state_bytes", form.state_bytes},
          {"scratch_bytes", form.scratch_bytes},
          {"keeps_rows", view.plan.keeps_rows},
          {"channel_tile", view.plan.channel_tile},
          {"inner", InnerJson(view)}};
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

StageView ViewOf(const Graph& graph, const PlannedModel& model, size_t block,
                 size_t stage) {
  const Schedule& schedule = model.schedule;
  return {graph, model, schedule.plan.blocks[block].stages[stage],
          schedule.blocks[block].stages[stage]};
}

Json BlockJson(const Graph& graph, const PlannedModel& model, size_t block,
               int64_t peak_bytes) {
  Json stages = Json::array();
  int32_t first = -1;
  int32_t last = -1;
  for (size_t s = 0; s < model.schedule.blocks[block].stages.size(); ++s) {
    const StageView view = ViewOf(graph, model, block, s);
    if (view.stage.node < 0) continue;
    const int32_t from = SourceIndex(graph, view.first_node());
    first = first < 0 ? from : std::min(first, from);
    last = std::max(last, SourceIndex(graph, view.stage.node));
    stages.push_back(StageJson(view));
  }
  return {{"first_node", first},
          {"last_node", last},
          {"peak_bytes", peak_bytes},
          {"stages", std::move(stages)}};
}

std::string StageName(const StageView& view) {
  if (view.stage.node < 0) return fmt::format("input {}", view.stage.input);
  return NodesText(view.graph, view.first_node(), view.stage.node) + " " +
         (view.plan.IsPatch()
              ? fmt::format("{}x{}", view.plan.patch_rows, view.plan.patch_cols)
              : OpDefOf(view.graph.node(view.stage.node)).tflite);
}

// What a patch does with the tensors inside it.
std::string InnerText(const StageView& view) {
  const std::vector<NodeOutput> inner = view.inner();
  std::string text;
  for (Extent extent :
       {Extent::kLineBuffer, Extent::kRecomputed, Extent::kTile}) {
    const std::string nodes = OutputsText(view.graph, inner, extent);
    if (nodes.empty()) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ",
                        ToString(extent), nodes);
  }
  return text.empty() ? "" : "      " + text + "\n";
}

std::string StageText(const StageView& view) {
  const ScheduleTensor& output = view.output();
  const StageForm& form = view.stage.form;
  std::string text = fmt::format(
      "    {:<28} {:<11} {:>14}  keeps {:>3} of {:>3} rows {:>9} bytes",
      StageName(view), KindText(view.plan, form.kind),
      ToString(view.graph.tensor(output.tensor).hwc), output.capacity,
      output.rows, WithCommas(output.capacity * output.row_bytes));
  if (form.state_bytes > 0) {
    text += fmt::format(" + state {}", WithCommas(form.state_bytes));
  }
  if (view.plan.IsPatch()) {
    text += fmt::format(" + scratch {}", WithCommas(form.scratch_bytes));
  }
  return text + "\n" + InnerText(view);
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
    Json block = BlockJson(graph, model, b, peaks[b]);
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
    const size_t stages = schedule.blocks[b].stages.size();
    const Json json = BlockJson(graph, model, b, peaks[b]);
    const std::string nodes =
        json["stages"].empty()
            ? "input"
            : fmt::format("{}..{}", json["first_node"].get<int32_t>(),
                          json["last_node"].get<int32_t>());
    text += fmt::format("{:>5}  {:<11}  {:>6}  {:>10}{}\n", b, nodes,
                        stages, WithCommas(peaks[b]),
                        peaks[b] == most ? "  <- sets the peak" : "");
    if (!every_stage) continue;
    for (size_t s = 0; s < stages; ++s) {
      text += StageText(ViewOf(graph, model, b, s));
    }
  }
  return text;
}

}  // namespace msf
