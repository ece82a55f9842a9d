// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/network.h"

#include "import/import.h"
#include "passes/pipeline.h"

namespace msf {
namespace {

// A file may name a constant as an output; there is nothing to run for it, and
// no place in the arena.
Result<void> CheckOutputsAreComputed(const Graph& graph) {
  for (const Port& port : graph.outputs) {
    if (!graph.tensor(port.tensor).IsConstant()) continue;
    return UserError(graph.source, "output '" + port.name + "' is a constant",
                     "remove it from the model's outputs, or check the file");
  }
  return {};
}

}  // namespace

Result<Network> LoadNetwork(const std::string& path) {
  Network network;
  MSF_ASSIGN(network.file, ImportModel(path));
  MSF_RETURN_IF_ERROR(CheckOutputsAreComputed(network.file));
  network.graph = network.file;
  MSF_RETURN_IF_ERROR(RunPasses(network.graph));
  return network;
}

}  // namespace msf
