// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "report/words.h"

#include <fmt/format.h>

namespace msf {
namespace {

constexpr size_t kLongestName = 44;

std::string RangeText(const Graph& graph, NodeId first, NodeId last) {
  const int32_t from = graph.node(first).source_index;
  const int32_t to = graph.node(last).source_index;
  return from == to ? fmt::format("{}", from) : fmt::format("{}..{}", from, to);
}

}  // namespace

std::string NodesText(const Graph& graph, NodeId first, NodeId last) {
  return (first == last ? "node " : "nodes ") + RangeText(graph, first, last);
}

std::string ShortName(const std::string& name) {
  const std::string state = "state of ";
  if (name.starts_with(state)) {
    return state + ShortName(name.substr(state.size()));
  }
  const std::string first = name.substr(0, name.find(';'));
  if (first.size() <= kLongestName) return first;
  return "..." + first.substr(first.size() - kLongestName + 3);
}

std::string OutputsText(const Graph& graph,
                        const std::vector<NodeOutput>& outputs,
                        Extent extent) {
  std::string text;
  int count = 0;
  int64_t rows = 0;
  int64_t rows_made = 0;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].extent != extent) continue;
    const size_t first = i;
    for (;; ++i) {
      ++count;
      rows += outputs[i].rows;
      rows_made += outputs[i].rows_made;
      if (i + 1 == outputs.size() || outputs[i + 1].extent != extent) break;
    }
    text += text.empty() ? "" : ", ";
    text += RangeText(graph, outputs[first].node, outputs[i].node);
  }
  if (count == 0) return "";
  text = (count == 1 ? "node " : "nodes ") + text;
  if (extent != Extent::kRecomputed && extent != Extent::kTaps) return text;
  return text + fmt::format(" x{:.2f}", static_cast<double>(rows_made) /
                                            static_cast<double>(rows));
}

}  // namespace msf
