// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Orders in which the nodes of a graph may run. Where branches run side by
// side, their order decides which whole tensors wait for each other.
#pragma once

#include <cstddef>
#include <vector>

#include "ir/graph.h"

namespace msf {

using NodeOrder = std::vector<NodeId>;

struct NodeOrderOptions {
  // A graph with at most so many orders and nodes gets all of them.
  size_t all_orders = 24;
  size_t all_nodes = 16;
  size_t best_orders = 2;  // others: at most so many, the file's aside
  size_t beam = 1000;      // sets of nodes that may have run, of equal size
};

// The file's order, then all others; or those that hold fewer bytes at once
// than the file's (then: on average) if every node runs by itself. By sets of
// nodes that may have run, smallest first: exact while at most `beam` of a size
// are possible, else the best of them go on. A chain has one order.
std::vector<NodeOrder> NodeOrders(const Graph& graph,
                                  const NodeOrderOptions& options = {});

}  // namespace msf
