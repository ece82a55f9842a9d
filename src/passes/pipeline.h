// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "ir/graph.h"

namespace msf {

struct PipelineOptions {
  // Called after each pass that changed the graph; may be empty.
  std::function<void(const std::string& pass, const Graph& graph)> trace;
};

// All rewrites, in order. The graph computes the same bytes afterwards.
Result<void> RunPasses(Graph& graph, const PipelineOptions& options = {});

}  // namespace msf
