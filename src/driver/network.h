// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "ir/graph.h"
#include "support/result.h"

namespace msf {

// A supported network, as in its file and as msfc runs it.
struct Network {
  Graph file;   // every node of the file
  Graph graph;  // after RunPasses
};

// Reads, checks and rewrites. Errors: ImportModel's.
Result<Network> LoadNetwork(const std::string& path);

}  // namespace msf
