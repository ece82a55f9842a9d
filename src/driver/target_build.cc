// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/target_build.h"

#include "driver/version.h"

namespace msf {

EmulationRequest TargetRequest(const std::string& name,
                               const std::vector<EmittedFile>& files) {
  EmulationRequest request;
  request.model_name = name;
  const std::string runtime = "runtime/";
  for (const EmittedFile& file : files) {
    // The self-test has a caller of its own, the harness is another.
    if (file.path.ends_with("_selftest.cpp")) continue;
    if (file.path == "CMakeLists.txt") continue;
    const bool is_runtime = file.path.rfind(runtime, 0) == 0;
    request.files[is_runtime ? file.path.substr(runtime.size()) : file.path] =
        file.contents;
  }
  return request;
}

Result<EmulationRequest> TargetRequest(const Graph& graph,
                                       const Schedule& schedule) {
  EmitOptions options{.name = "model",
                      .command_line = "msfc run",
                      .version = kVersion};
  MSF_ASSIGN(const std::vector<EmittedFile> files,
             EmitModel(graph, schedule, options));
  return TargetRequest(options.name, files);
}

}  // namespace msf
