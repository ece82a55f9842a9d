// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "report/report.h"
#include "report/words.h"
#include "support/size.h"

namespace msf {
namespace {

// Of buffers and changes that the text shows unless all are asked for.
constexpr size_t kShown = 4;

int32_t SourceIndex(const Graph& graph, NodeId node) {
  return node < 0 ? -1 : graph.node(node).source_index;
}

std::string OutputName(const Graph& graph, NodeId node) {
  return node < 0 ? "" : graph.tensor(graph.node(node).outputs[0]).name;
}

Json PeakJson(const Graph& graph, const Peak& peak) {
  Json json{{"block", peak.block},
            {"stage", peak.stage},
            {"node", SourceIndex(graph, peak.node)},
            {"name", OutputName(graph, peak.node)},
            {"bytes", peak.bytes},
            {"buffers", Json::array()}};
  for (const LiveBuffer& buffer : peak.buffers) {
    json["buffers"].push_back(
        {{"name", buffer.name}, {"bytes", buffer.bytes}});
  }
  return json;
}

Json ExtentJson(const NodeOutput& output) {
  return {{"extent", ToString(output.extent)},
          {"rows_kept", output.rows_kept},
          {"rows_made", output.rows_made},
          {"macs", output.macs}};
}

Json OtherJson(const Graph& graph, const std::optional<OtherPlan>& other) {
  if (!other) return nullptr;
  Json json{{"arena_bytes", other->arena_bytes},
            {"more_bytes", other->more_bytes},
            {"more_macs", other->more_macs},
            {"overhead_factor", other->overhead_factor},
            {"changes", Json::array()}};
  for (const Change& change : other->changes) {
    json["changes"].push_back(
        {{"first_node", SourceIndex(graph, change.from.node)},
         {"last_node", SourceIndex(graph, change.last_node)},
         {"from", ExtentJson(change.from)},
         {"to", ExtentJson(change.to)}});
  }
  return json;
}

const char* Treated(Extent extent) {
  switch (extent) {
    case Extent::kWhole:
      return "kept whole";
    case Extent::kLineBuffer:
      return "kept in line buffers";
    case Extent::kTile:
      return "held in tiles";
    case Extent::kRecomputed:
      return "recomputed";
    case Extent::kTaps:
      return "made tap by tap";
  }
  return "?";
}

double TimesMade(const NodeOutput& output) {
  return static_cast<double>(output.rows_made) /
         static_cast<double>(output.rows);
}

std::string ChangeText(const Graph& graph, const Change& change) {
  const std::string nodes =
      NodesText(graph, change.from.node, change.last_node);
  if (change.from.extent != change.to.extent) {
    return fmt::format("{} {} instead of {}", nodes, Treated(change.to.extent),
                       Treated(change.from.extent));
  }
  if (change.from.rows_made != change.to.rows_made) {
    return fmt::format("{} made {:.2f} times instead of {:.2f}", nodes,
                       TimesMade(change.to), TimesMade(change.from));
  }
  return fmt::format("{} {} {} rows instead of {}", nodes,
                     change.from.node == change.last_node ? "keeps" : "keep",
                     change.to.rows_kept, change.from.rows_kept);
}

// A line each.
std::string ChangesText(const Graph& graph, const OtherPlan& other, bool all) {
  std::string text;
  const size_t count = other.changes.size();
  const size_t shown = all ? count : std::min(count, kShown);
  for (size_t i = 0; i < shown; ++i) {
    text += "  " + ChangeText(graph, other.changes[i]) + "\n";
  }
  return text +
         (count > shown ? fmt::format("  {} more\n", count - shown) : "");
}

// "3.1 M MACs"
std::string MacsText(int64_t macs) {
  return macs < 100'000
             ? WithCommas(macs) + " MACs"
             : fmt::format("{:.1f} M MACs", static_cast<double>(macs) / 1e6);
}

std::string OverheadText(const Schedule& schedule, const OtherPlan& other) {
  return fmt::format("F {:.2f} -> {:.2f}", schedule.overhead_factor(),
                     other.overhead_factor);
}

std::string PeakStepText(const Graph& graph, const Peak& peak) {
  if (peak.node < 0) return "the input comes";
  const std::string node = fmt::format(
      "{} {} '{}'", NodesText(graph, peak.node, peak.node),
      OpDefOf(graph.node(peak.node)).tflite,
      ShortName(OutputName(graph, peak.node)));
  return peak.stage < 0 ? "the output of " + node + " moves"
                        : node + " runs";
}

std::string PeakText(const Graph& graph, const Peak& peak, bool all) {
  std::string text =
      fmt::format("peak of {} in block {}, while {}\n", BytesText(peak.bytes),
                  peak.block, PeakStepText(graph, peak));
  const size_t count = peak.buffers.size();
  const size_t shown = all ? count : std::min(count, kShown);
  int64_t rest = peak.bytes;
  for (size_t i = 0; i < shown; ++i) {
    const LiveBuffer& buffer = peak.buffers[i];
    rest -= buffer.bytes;
    text += fmt::format("  {:>10}  {}\n", WithCommas(buffer.bytes),
                        ShortName(buffer.name));
  }
  if (count > shown) {
    text += fmt::format("  {:>10}  {} more\n", WithCommas(rest),
                        count - shown);
  }
  return text;
}

}  // namespace

Json ExplainJson(const Graph& graph, const Explanation& explanation) {
  return {{"peak", PeakJson(graph, explanation.peak)},
          {"smaller", OtherJson(graph, explanation.smaller)},
          {"cheaper", OtherJson(graph, explanation.cheaper)}};
}

std::string ExplainText(const Graph& graph, const PlannedModel& model,
                        bool all) {
  const Explanation explanation = Explain(model);
  std::string text = PeakText(graph, explanation.peak, all);
  if (explanation.smaller) {
    const OtherPlan& other = *explanation.smaller;
    text += fmt::format("{} bytes cost {} ({})\n{}",
                        WithCommas(other.more_bytes), MacsText(other.more_macs),
                        OverheadText(model.schedule, other),
                        ChangesText(graph, other, all));
  }
  if (explanation.cheaper) {
    const OtherPlan& other = *explanation.cheaper;
    text += fmt::format("+{} bytes save {} ({})\n{}",
                        WithCommas(other.more_bytes),
                        MacsText(-other.more_macs),
                        OverheadText(model.schedule, other),
                        ChangesText(graph, other, all));
  }
  return text;
}

}  // namespace msf
