// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/report.h"
#include "report/words.h"
#include "support/size.h"
#include "target/emulate.h"

namespace msf {
namespace {

int64_t CountPatches(const Schedule& schedule) {
  int64_t count = 0;
  for (const BlockPlan& block : schedule.plan.blocks) {
    count += std::count_if(block.stages.begin(), block.stages.end(),
                           [](const StagePlan& s) { return s.IsPatch(); });
  }
  return count;
}

std::string RecomputedText(const Graph& graph, const ModelFront& front,
                           size_t point) {
  std::vector<NodeOutput> outputs =
      OutputsOf(front.units(point), front.points[point].plan);
  for (NodeOutput& output : outputs) {
    if (output.extent == Extent::kTaps) output.extent = Extent::kRecomputed;
  }
  const std::string nodes = OutputsText(graph, outputs, Extent::kRecomputed);
  return nodes.empty() ? "nothing" : nodes;
}

// Plans that stand out.
std::string Mark(const ModelFront& front, size_t point) {
  const Schedule& schedule = front.points[point];
  std::string mark = point == 0 ? "  <- least RAM" : "";
  if (front.by_cycles) {
    if (point + 1 < front.points.size()) return mark;
    return (mark.empty() ? "  <- " : mark + ", ") + "fastest";
  }
  const bool is_free = schedule.macs <= schedule.plain_macs;
  if (!is_free || (point > 0 && front.points[point - 1].macs <=
                                    schedule.plain_macs)) {
    return mark;
  }
  return (mark.empty() ? "  <- " : mark + ", ") + "plan without limits";
}

// What the target that was asked for takes: nothing, instructions, or cycles
// and milliseconds.
const Prediction* AskedFor(const ModelFront& front, size_t point) {
  return AskedFor(front.predicted[point], front.target);
}

std::string Rounded(double count) { return WithCommas(std::llround(count)); }

std::string TargetColumns(const ModelFront& front, size_t point) {
  const Prediction* p = AskedFor(front, point);
  if (p == nullptr) return "";
  std::string text = fmt::format(
      "  {:>13}", Rounded(p->cycles ? *p->cycles : *p->instructions));
  if (p->milliseconds) text += fmt::format("  {:>8.2f}", *p->milliseconds);
  return text;
}

std::string TargetHeader(const ModelFront& front) {
  const Prediction* p = AskedFor(front, 0);
  if (p == nullptr) return "";
  std::string text =
      fmt::format("  {:>13}", p->cycles ? "cycles" : "instructions");
  if (p->milliseconds) text += fmt::format("  {:>8}", "ms");
  return text;
}

// Plans for which the target has the RAM.
int64_t CountFitting(const ModelFront& front) {
  const int64_t ram = Memory(*front.target, MemoryKind::kRam).bytes;
  return std::count_if(
      front.points.begin(), front.points.end(), [&](const Schedule& s) {
        return s.arena_bytes + kStackReserveBytes <= ram;
      });
}

std::string FitText(const ModelFront& front) {
  const Target& target = *front.target;
  const int64_t ram = Memory(target, MemoryKind::kRam).bytes;
  return fmt::format(
      "{} of {} plan(s) fit into its {} bytes of RAM, with {} for the stack\n"
      "constants take {} of its {} bytes of flash; msfc compile --target {} "
      "counts the code too\n",
      CountFitting(front), front.points.size(), WithCommas(ram),
      WithCommas(kStackReserveBytes),
      WithCommas(ConstantBytes(front.points.front())),
      WithCommas(Memory(target, MemoryKind::kFlash).bytes), target.id);
}

std::string PointText(const Graph& graph, const ModelFront& front,
                      size_t point) {
  const Schedule& schedule = front.points[point];
  return fmt::format("{:>11}  {:>7.1f}  {:>5.2f}  {:>13}{}  {:>6}  {:>7}  {}{}\n",
                     WithCommas(schedule.arena_bytes),
                     static_cast<double>(schedule.arena_bytes) / 1024,
                     schedule.overhead_factor(), WithCommas(schedule.macs),
                     TargetColumns(front, point),
                     schedule.plan.blocks.size(), CountPatches(schedule),
                     RecomputedText(graph, front, point),
                     Mark(front, point));
}

// Indented by two.
std::string Indent(const std::string& lines) {
  std::string text = "  ";
  for (size_t i = 0; i < lines.size(); ++i) {
    text += lines[i];
    if (lines[i] == '\n' && i + 1 < lines.size()) text += "  ";
  }
  return text;
}

}  // namespace

Json FrontJson(const Graph& graph, const ModelFront& front, Method method) {
  Json json{{"model", graph.source},
            {"method", ToString(method)},
            {"epsilon", front.epsilon},
            {"points", Json::array()}};
  if (front.target) json["plans_that_fit"] = CountFitting(front);
  for (size_t p = 0; p < front.points.size(); ++p) {
    json["points"].push_back(PlanJson(graph, PointOf(front, p)));
  }
  return json;
}

std::string FrontText(const Graph& graph, const ModelFront& front,
                      Method method, bool explained,
                      const std::string& options) {
  const Schedule& smallest = front.points.front();
  std::string text = fmt::format(
      "{}: {} plan(s), method {}, input {}\n\n"
      "arena bytes       KB      F           MACs{}  blocks  patches  "
      "recomputed\n",
      graph.source, front.points.size(), ToString(method),
      ToString(smallest.plan.input_mode), TargetHeader(front));
  for (size_t p = 0; p < front.points.size(); ++p) {
    text += PointText(graph, front, p);
    if (!explained) continue;
    text += Indent(ExplainText(graph, PointOf(front, p), false));
  }
  if (const Prediction* p = AskedFor(front, 0)) {
    text += fmt::format("\n{}: {}\n", p->target, p->basis) + FitText(front);
  }
  if (front.epsilon > 0) {
    text += fmt::format(
        "\nwithin a factor of {:g} of the front in RAM and MACs (--epsilon)\n",
        1 + front.epsilon);
  }
  text += fmt::format("\nno plan of this space needs less than {} bytes\n",
                      WithCommas(front.lower_bounds.front()));
  if (front.target && CountFitting(front) == 0) return text;
  return text + fmt::format("Next: msfc compile {}{} --ram-limit {} -o DIR\n",
                            graph.source, options, smallest.arena_bytes);
}

}  // namespace msf
