// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "exec/reference.h"
#include "ops/op_def.h"
#include "support/random_bytes.h"
#include "tests/graph_maker.h"

namespace msf {

inline std::vector<Bytes> OutputBytes(const Graph& graph) {
  RandomBytes stream(99);
  return OutputsOf(graph, RunReference(graph, RandomInputs(graph, stream)));
}

// Runs the pass, which must keep the output bytes and a valid graph. Returns
// whether it changed anything; twice in a row it must not.
inline bool Apply(Result<bool> (*pass)(Graph&), Graph& graph) {
  const std::string before = Dump(graph);
  const std::vector<Bytes> outputs = OutputBytes(graph);
  const Result<bool> changed = pass(graph);
  EXPECT_TRUE(changed.has_value());
  SCOPED_TRACE("before:\n" + before + "after:\n" + Dump(graph));
  const Result<void> valid = VerifyGraph(graph);
  EXPECT_TRUE(valid.has_value()) << ToString(valid.error());
  EXPECT_EQ(OutputBytes(graph), outputs);
  for (const Node& node : graph.nodes) {
    const Result<Hwc> inferred = OpDefOf(node).infer(graph, node);
    EXPECT_TRUE(inferred.has_value());
    if (inferred) {
      EXPECT_EQ(ToString(*inferred),
                ToString(graph.tensor(node.outputs[0]).hwc));
    }
  }
  const std::string after = Dump(graph);
  EXPECT_EQ(*changed, before != after);
  const Result<bool> again = pass(graph);
  EXPECT_TRUE(again.has_value());
  EXPECT_FALSE(*again) << "changed something in the second run";
  EXPECT_EQ(Dump(graph), after);
  return *changed;
}

// The operators that are left, in order: "Conv2D Add".
inline std::string OperatorsOf(const Graph& graph) {
  std::string text;
  for (const Node& node : graph.nodes) {
    text += (text.empty() ? "" : " ") + std::string(OpDefOf(node).name);
  }
  return text;
}

}  // namespace msf
