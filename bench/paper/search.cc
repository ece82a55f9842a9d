// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/search.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace msf::paper {
namespace {

// A path from node 0, which is label `before` of the node at which `last`
// begins, and `last`.
struct Label {
  Cost cost;
  Block last;
  size_t before = 0;
};
using Labels = std::vector<std::vector<Label>>;  // by node

Labels StartAtNodeZero(const CostGraph& graph) {
  Labels labels(static_cast<size_t>(graph.layers) + 1);
  labels.front().push_back({});
  return labels;
}

Cost Extend(const Cost& path, const Cost& edge) {
  return {.ram_bytes = std::max(path.ram_bytes, edge.ram_bytes),
          .macs = path.macs + edge.macs};
}

bool IsAtLeastAsGood(const Cost& a, const Cost& b) {
  return a.ram_bytes <= b.ram_bytes && a.macs <= b.macs;
}

FusionPlan PlanOf(const Labels& labels, const Label& end) {
  FusionPlan plan{.cost = end.cost};
  const Label* label = &end;
  while (label != &labels.front().front()) {
    plan.blocks.push_back(label->last);
    label = &labels[static_cast<size_t>(label->last.first)][label->before];
  }
  std::ranges::reverse(plan.blocks);
  return plan;
}

// Keeps the one path with the fewest MACs.
void KeepLeastMacs(std::vector<Label>& labels, const Label& label) {
  const auto key = [](const Label& l) {
    return std::pair(l.cost.macs, l.cost.ram_bytes);
  };
  if (labels.empty()) {
    labels.push_back(label);
  } else if (key(label) < key(labels.front())) {
    labels.front() = label;
  }
}

// Keeps every path that no other beats.
void KeepUnbeaten(std::vector<Label>& labels, const Label& label) {
  for (const Label& kept : labels) {
    if (IsAtLeastAsGood(kept.cost, label.cost)) return;
  }
  std::erase_if(labels, [&](const Label& kept) {
    return IsAtLeastAsGood(label.cost, kept.cost);
  });
  labels.push_back(label);
}

using Keep = void (*)(std::vector<Label>&, const Label&);

// Labels of every node over edges of at most `ram_limit_bytes`. No edge leads
// back, so those of a node are final before an edge begins there.
Labels SetLabels(const CostGraph& graph, int64_t ram_limit_bytes, Keep keep) {
  Labels labels = StartAtNodeZero(graph);
  for (const Edge& edge : graph.edges) {
    if (edge.cost.ram_bytes > ram_limit_bytes) continue;
    const auto& from = labels[static_cast<size_t>(edge.block.first)];
    auto& to = labels[static_cast<size_t>(edge.block.last) + 1];
    for (size_t i = 0; i < from.size(); ++i) {
      keep(to, {.cost = Extend(from[i].cost, edge.cost),
                .last = edge.block,
                .before = i});
    }
  }
  return labels;
}

}  // namespace

std::optional<FusionPlan> LeastMacs(const CostGraph& graph,
                                    int64_t ram_limit_bytes) {
  const Labels labels = SetLabels(graph, ram_limit_bytes, &KeepLeastMacs);
  if (labels.back().empty()) return std::nullopt;
  return PlanOf(labels, labels.back().front());
}

std::optional<FusionPlan> LeastRam(const CostGraph& graph, int64_t macs_limit) {
  std::optional<FusionPlan> best;
  std::optional<FusionPlan> next = LeastMacs(graph, INT64_MAX);
  while (next && next->cost.macs <= macs_limit) {
    best = std::move(next);
    next = LeastMacs(graph, best->cost.ram_bytes - 1);
  }
  return best;
}

int64_t SmallestRamBytes(const CostGraph& graph) {
  std::vector<int64_t> bytes(static_cast<size_t>(graph.layers) + 1, INT64_MAX);
  bytes.front() = 0;
  for (const Edge& edge : graph.edges) {
    const int64_t from = bytes[static_cast<size_t>(edge.block.first)];
    int64_t& to = bytes[static_cast<size_t>(edge.block.last) + 1];
    to = std::min(to, std::max(from, edge.cost.ram_bytes));
  }
  return bytes.back();
}

std::vector<FusionPlan> ParetoFront(const CostGraph& graph) {
  Labels labels = SetLabels(graph, INT64_MAX, &KeepUnbeaten);
  std::vector<FusionPlan> front;
  for (const Label& end : labels.back()) front.push_back(PlanOf(labels, end));
  std::ranges::sort(front, {},
                    [](const FusionPlan& plan) { return plan.cost.ram_bytes; });
  return front;
}

}  // namespace msf::paper
