// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Short words for nodes and tensors, for people.
#pragma once

#include <string>
#include <vector>

#include "driver/explain.h"

namespace msf {

// "node 3" or "nodes 3..5", as numbered in the file.
std::string NodesText(const Graph& graph, NodeId first, NodeId last);

// Names of fused tensors list all that went into them: the first, and of a
// long one its end.
std::string ShortName(const std::string& name);

// The outputs that exist in this way: "nodes 1..3, 5", recomputed ones with
// how often their rows are made: "nodes 1..3 x1.40"; empty if there are none.
std::string OutputsText(const Graph& graph,
                        const std::vector<NodeOutput>& outputs, Extent extent);

}  // namespace msf
