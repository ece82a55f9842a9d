// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/network.h"

#include "import/import.h"
#include "passes/pipeline.h"

namespace msf {

Result<Network> LoadNetwork(const std::string& path) {
  Network network;
  MSF_ASSIGN(network.file, ImportModel(path));
  network.graph = network.file;
  MSF_RETURN_IF_ERROR(RunPasses(network.graph));
  return network;
}

}  // namespace msf
