// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "plan/block_lives.h"
#include "report/report.h"
#include "report/words.h"
#include "support/size.h"

namespace msf {
namespace {

const char* KindText(const StagePlan& plan, StageKind kind) {
  if (plan.channel_tile > 0) return "channel tiles";
  if (plan.strip_cols > 0) return "strips";
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
    case StageKind::kStrips:
      return "strips";
  }
  return "?";
}

int32_t SourceIndex(const Graph& graph, NodeId node) {
  return node < 0 ? -1 : graph.node(node).source_index;
}

// A block as planned and as lowered.
struct BlockView {
  const BlockPlan& plan;
  const ScheduleBlock& block;
  size_t index = 0;  // in the schedule
  int64_t peak_bytes = 0;  // that live at its busiest step
  std::vector<std::vector<NodeOutput>> outputs;  // by stage
};

// Of the plan; what only moves tensors between them is none.
std::vector<BlockView> BlocksOf(const PlannedModel& model) {
  std::vector<BlockView> views;
  const std::vector<ScheduleBlock>& blocks = model.schedule.blocks;
  for (size_t b = 0; b < blocks.size(); ++b) {
    if (blocks[b].is_move) continue;
    const BlockPlan& plan = model.schedule.plan.blocks[views.size()];
    views.push_back({plan, blocks[b], b,
                     BlockPeakBytes(model.units, TraceBlock(model.units, plan)),
                     OutputsOf(model.units, plan)});
  }
  return views;
}

struct StageView {
  const Graph& graph;
  const PlannedModel& model;
  const StagePlan& plan;
  const ScheduleStage& stage;
  size_t block = 0;  // of the schedule
  size_t index = 0;  // of the block
  std::vector<NodeOutput> inner;  // outputs of all of its nodes but the last

  // In the order in which they run; none of a feed.
  std::vector<NodeId> nodes() const {
    std::vector<NodeId> all;
    for (int32_t u = plan.first_unit; u < plan.last_unit; ++u) {
      const NodeId node = model.units.unit(u).node;
      if (node >= 0) all.push_back(node);
    }
    return all;
  }
  // The lowest and the highest of them.
  NodeId first_node() const {
    const std::vector<NodeId> all = nodes();
    return all.empty() ? -1 : *std::min_element(all.begin(), all.end());
  }
  NodeId last_node() const {
    const std::vector<NodeId> all = nodes();
    return all.empty() ? -1 : *std::max_element(all.begin(), all.end());
  }
  const ScheduleTensor& output() const {
    return model.schedule.tensors[static_cast<size_t>(stage.output)];
  }
};

std::vector<StageView> StagesOf(const Graph& graph, const PlannedModel& model,
                                const BlockView& block) {
  std::vector<StageView> views;
  for (size_t s = 0; s < block.plan.stages.size(); ++s) {
    views.push_back({graph, model, block.plan.stages[s],
                     block.block.stages[s], block.index, s,
                     block.outputs[s]});
    if (!views.back().inner.empty()) views.back().inner.pop_back();
  }
  return views;
}

Json InnerJson(const StageView& view) {
  Json inner = Json::array();
  for (const NodeOutput& output : view.inner) {
    inner.push_back({{"node", SourceIndex(view.graph, output.node)},
                     {"extent", ToString(output.extent)},
                     {"rows_kept", output.rows_kept},
                     {"rows_made", output.rows_made},
                     {"rows", output.rows}});
  }
  return inner;
}

Json StagePredictedJson(const StageView& view) {
  Json json = Json::object();
  for (const Prediction& prediction : view.model.predicted) {
    json[prediction.target] = ToJson(prediction.stages[view.block][view.index]);
  }
  return json;
}

Json StageJson(const StageView& view) {
  const ScheduleTensor& output = view.output();
  const StageForm& form = view.stage.form;
  const bool is_patch = view.plan.IsPatch();
  const int32_t rows = form.kind == StageKind::kRow ? 1 : output.rows;
  const int32_t columns = view.graph.tensor(output.tensor).hwc.w;
  return {{"first_node", SourceIndex(view.graph, view.first_node())},
          {"last_node", SourceIndex(view.graph, view.last_node())},
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
          {"collects", view.plan.collects},
          {"by_taps", view.plan.by_taps},
          {"strip_cols", view.plan.strip_cols},
          {"inner", InnerJson(view)},
          {"predicted", StagePredictedJson(view)}};
}

Json BlockJson(const Graph& graph, const PlannedModel& model,
               const BlockView& block) {
  Json stages = Json::array();
  Json nodes = Json::array();
  int32_t first = -1;
  int32_t last = -1;
  for (const StageView& view : StagesOf(graph, model, block)) {
    if (view.stage.node < 0) continue;
    const int32_t from = SourceIndex(graph, view.first_node());
    first = first < 0 ? from : std::min(first, from);
    last = std::max(last, SourceIndex(graph, view.last_node()));
    for (const NodeId node : view.nodes()) {
      nodes.push_back(SourceIndex(graph, node));
    }
    stages.push_back(StageJson(view));
  }
  return {{"first_node", first},
          {"last_node", last},
          {"nodes", std::move(nodes)},
          {"peak_bytes", block.peak_bytes},
          {"moves", block.plan.moves.size()},
          {"stages", std::move(stages)}};
}

std::string StageName(const StageView& view) {
  if (view.stage.node < 0) return fmt::format("input {}", view.stage.input);
  if (view.stage.IsFeed()) {
    return fmt::format("input {}, node {} {}", view.stage.input,
                       SourceIndex(view.graph, view.stage.node),
                       OpDefOf(view.graph.node(view.stage.node)).tflite);
  }
  return NodesText(view.graph, view.first_node(), view.last_node()) + " " +
         (view.plan.IsPatch()
              ? fmt::format("{}x{}", view.plan.patch_rows, view.plan.patch_cols)
              : OpDefOf(view.graph.node(view.stage.node)).tflite);
}

// What a patch does with the tensors inside it.
std::string InnerText(const StageView& view) {
  std::string text;
  for (Extent extent :
       {Extent::kLineBuffer, Extent::kRecomputed, Extent::kTaps,
        Extent::kTile}) {
    const std::string nodes = OutputsText(view.graph, view.inner, extent);
    if (nodes.empty()) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ",
                        ToString(extent), nodes);
  }
  return text.empty() ? "" : "      " + text + "\n";
}

// What the stage takes on that target, and which part of the whole that is.
std::string TimeText(const StageView& view) {
  const Prediction* whole = AskedFor(view.model.predicted, view.model.target);
  if (whole == nullptr || view.stage.node < 0) return "";
  const Latency& part = whole->stages[view.block][view.index];
  const double share = part.cycles ? *part.cycles / *whole->cycles
                                   : *part.instructions / *whole->instructions;
  return fmt::format("      {}, {:.1f} %\n", PredictedText(part), 100 * share);
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
  if (form.scratch_bytes > 0) {
    text += fmt::format(" + scratch {}", WithCommas(form.scratch_bytes));
  }
  if (view.plan.strip_cols > 0) {
    text += fmt::format(", strips of {} columns", view.plan.strip_cols);
  }
  return text + "\n" + InnerText(view) + TimeText(view);
}

// "3..5", or where they run in another order than the file's "4..5, 3".
std::string RangesText(const std::vector<int32_t>& nodes) {
  std::string text;
  for (size_t i = 0; i < nodes.size();) {
    size_t end = i + 1;
    // Nodes that passes took away leave gaps.
    while (end < nodes.size() && nodes[end] > nodes[end - 1]) ++end;
    text += fmt::format("{}{}..{}", text.empty() ? "" : ", ", nodes[i],
                        nodes[end - 1]);
    i = end;
  }
  return text;
}

std::string BlockText(const Graph& graph, const PlannedModel& model,
                      const BlockView& block, size_t index, int64_t most) {
  const Json json = BlockJson(graph, model, block);
  const std::string nodes =
      json["stages"].empty()
          ? "input"
          : RangesText(json["nodes"].get<std::vector<int32_t>>());
  const size_t moves = block.plan.moves.size();
  return fmt::format(
      "{:>5}  {:<11}  {:>6}  {:>10}{}{}\n", index, nodes,
      block.plan.stages.size(), WithCommas(block.peak_bytes),
      block.peak_bytes == most ? "  <- sets the peak" : "",
      moves == 0 ? "" : fmt::format("  ({} tensor(s) moved before)", moves));
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
            {"predicted", PredictedJson(model.predicted)}};
  for (const BlockView& view : BlocksOf(model)) {
    Json block = BlockJson(graph, model, view);
    if (!block["stages"].empty()) json["blocks"].push_back(std::move(block));
  }
  json["explain"] = ExplainJson(graph, Explain(model));
  return json;
}

namespace {

// For the target that was asked for, or for those that are calibrated.
std::string PredictionLines(const PlannedModel& model) {
  std::string text;
  for (const Prediction& prediction : model.predicted) {
    const bool asked = model.target && model.target->id == prediction.target;
    if (model.target && !asked) continue;
    text += fmt::format("predicted {} on {}{}\n", PredictedText(prediction),
                        prediction.target,
                        asked ? " (" + prediction.basis + ")" : "");
  }
  return text + "\nblock  nodes        stages  peak bytes\n";
}

}  // namespace

std::string PlanText(const Graph& graph, const PlannedModel& model,
                     bool every_stage) {
  const Schedule& schedule = model.schedule;
  std::string text = fmt::format(
      "{}: {} of RAM, input {}, F = {:.2f} ({} MACs)\n"
      "no plan that does as little work needs less than {} bytes\n",
      graph.source, BytesText(schedule.arena_bytes),
      ToString(schedule.plan.input_mode), schedule.overhead_factor(),
      WithCommas(schedule.macs), WithCommas(model.lower_bound_bytes));
  text += PredictionLines(model);
  const std::vector<BlockView> blocks = BlocksOf(model);
  int64_t most = 0;
  for (const BlockView& block : blocks) most = std::max(most, block.peak_bytes);
  for (size_t b = 0; b < blocks.size(); ++b) {
    text += BlockText(graph, model, blocks[b], b, most);
    if (!every_stage) continue;
    for (const StageView& stage : StagesOf(graph, model, blocks[b])) {
      text += StageText(stage);
    }
  }
  return text + "\n" + ExplainText(graph, model, every_stage);
}

}  // namespace msf
