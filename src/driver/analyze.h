// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "support/result.h"

namespace msf {

// What a file holds.
struct Analysis {
  struct PortInfo {
    Port port;
    int64_t bytes = 0;
  };
  std::string model;  // file name
  std::vector<PortInfo> inputs;
  std::vector<PortInfo> outputs;
  int32_t nodes = 0;
  int64_t macs = 0;          // of the supported nodes
  int64_t weight_bytes = 0;  // constants that nodes read
  std::vector<UnsupportedNode> unsupported;

  // The rest only where every node is supported.
  // Arena of a perfectly packed interpreter that runs node by node.
  std::optional<int64_t> plain_arena_bytes;
  // The node at which the most bytes live in that interpreter.
  int32_t peak_node = -1;  // index in the file
  std::string peak_op;
  std::string peak_name;
};

// Reads the file. Unsupported nodes are listed, not refused.
Result<Analysis> AnalyzeModel(const std::string& path);

}  // namespace msf
