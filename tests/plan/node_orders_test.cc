// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/node_orders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "passes/remove_dead_code.h"
#include "tests/graph_maker.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

constexpr NodeOrderOptions kEveryOrder{.all_orders = 1000, .all_nodes = 100};

// Bytes of whole tensors at once if every node runs by itself.
int64_t PeakOf(const Graph& graph, const NodeOrder& order) {
  const auto bytes = [&](TensorId id) {
    const Tensor& tensor = graph.tensor(id);
    return tensor.row_bytes() * tensor.hwc.h;
  };
  std::set<TensorId> outputs;
  for (const Port& port : graph.outputs) outputs.insert(port.tensor);
  std::set<TensorId> live;
  int64_t peak = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    int64_t sum = 0;
    const Node& node = graph.node(order[i]);
    std::set<TensorId> now = live;
    now.insert(node.outputs[0]);
    for (TensorId id : ActivationInputs(graph, node)) now.insert(id);
    std::set<TensorId> needed = outputs;
    for (size_t j = i + 1; j < order.size(); ++j) {
      const Node& later = graph.node(order[j]);
      for (TensorId id : ActivationInputs(graph, later)) needed.insert(id);
    }
    // An input is there from its first reader on.
    live.clear();
    for (TensorId id : now) {
      sum += bytes(id);
      if (needed.count(id) > 0) live.insert(id);
    }
    peak = std::max(peak, sum);
  }
  return peak;
}

bool MayRun(const Graph& graph, const NodeOrder& order) {
  std::set<TensorId> there;
  for (const Port& port : graph.inputs) there.insert(port.tensor);
  for (NodeId n : order) {
    for (TensorId id : ActivationInputs(graph, graph.node(n))) {
      if (there.count(id) == 0) return false;
    }
    there.insert(graph.node(n).outputs[0]);
  }
  return std::set<NodeId>(order.begin(), order.end()).size() ==
         graph.nodes.size();
}

Graph GraphFor(uint32_t seed) {
  Graph graph = RandomGraph(seed, {.max_nodes = 9, .dead_code = false});
  EXPECT_TRUE(RemoveDeadCode(graph).has_value());
  return graph;
}

TEST(NodeOrders, OfAChainIsTheFilesAlone) {
  GraphMaker make(1);
  TensorId x = make.Input({1, 8, 8, 4});
  const TensorId start = x;
  for (int i = 0; i < 200; ++i) x = make.Conv2D(x, {}, 4);
  make.Output(make.Add(x, start));
  EXPECT_EQ(NodeOrders(make.graph()).size(), 1u);
}

TEST(NodeOrders, CanAllRunAndBeginWithTheFiles) {
  int with_several = 0;
  ForSeeds(500, [&](uint32_t seed) {
    const Graph graph = GraphFor(seed);
    const std::vector<NodeOrder> orders = NodeOrders(graph, kEveryOrder);
    for (const NodeOrder& order : orders) EXPECT_TRUE(MayRun(graph, order));
    EXPECT_TRUE(std::is_sorted(orders[0].begin(), orders[0].end()));
    EXPECT_EQ(std::set<NodeOrder>(orders.begin(), orders.end()).size(),
              orders.size());
    with_several += orders.size() > 1;
  });
  EXPECT_GT(with_several, 100);
}

TEST(NodeOrders, HoldTheBestOfAllWhereNotAllAreTried) {
  int better = 0;
  ForSeeds(500, [&](uint32_t seed) {
    const Graph graph = GraphFor(seed);
    int64_t best = PeakOf(graph, NodeOrders(graph)[0]);
    const int64_t file = best;
    for (const NodeOrder& order : NodeOrders(graph, kEveryOrder)) {
      best = std::min(best, PeakOf(graph, order));
    }
    int64_t found = file;
    for (const NodeOrder& order : NodeOrders(graph, {.all_nodes = 0})) {
      EXPECT_TRUE(MayRun(graph, order));
      found = std::min(found, PeakOf(graph, order));
    }
    EXPECT_EQ(found, best) << Dump(graph);
    better += best < file;
  });
  EXPECT_GT(better, 10);
}

// Twenty ways side by side: 2^20 sets of nodes.
TEST(NodeOrders, OfManyWaysAreFoundInABeam) {
  GraphMaker make(1);
  const TensorId start = make.Input({1, 4, 4, 4});
  std::vector<TensorId> ways;
  for (int32_t i = 0; i < 20; ++i) {
    ways.push_back(make.Conv2D(make.Conv2D(start, {}, 2 * i + 1), {}, 4));
  }
  TensorId x = ways[0];
  for (size_t i = 1; i < ways.size(); ++i) x = make.Add(x, ways[i]);
  make.Output(x);
  const std::vector<NodeOrder> orders =
      NodeOrders(make.graph(), {.beam = 100});
  ASSERT_GT(orders.size(), 1u);
  EXPECT_TRUE(MayRun(make.graph(), orders[1]));
  EXPECT_LT(PeakOf(make.graph(), orders[1]), PeakOf(make.graph(), orders[0]));
}

}  // namespace
}  // namespace msf
