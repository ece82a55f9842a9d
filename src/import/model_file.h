// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/graph.h"
#include "support/result.h"

namespace msf {

// What a file holds, also where msfc cannot run it. The attributes of an
// unsupported node are std::monostate; tensors that only such nodes use may
// have a type or a shape that msfc cannot express (then INT8 and 1x1x1 stand
// in). With `unsupported` empty, VerifyGraph(graph) holds.
struct ModelFile {
  Graph graph;
  std::vector<UnsupportedNode> unsupported;  // in the order of the file
};

// The graph, or one error that lists every unsupported node.
Result<Graph> RequireSupported(ModelFile file);

}  // namespace msf
