// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emit/emitter.h"
#include "ir/graph.h"
#include "schedule/schedule.h"
#include "support/result.h"
#include "support/watch.h"

namespace msf {

struct CompileRequest {
  std::string name;
  std::string command_line;
  std::string package = "cmake";
  // Targets whose code size is to be measured; those without a toolchain here
  // are left out of CompiledModel::code_bytes.
  std::vector<std::string> targets;
  // Instead: the one target to measure, which the model must fit.
  std::optional<std::string> must_fit;
  Watch watch;  // what is cancelled is an error of kCancelled
};

struct CompiledModel {
  std::vector<EmittedFile> files;
  int64_t weight_bytes = 0;                   // constants in flash
  std::map<std::string, int64_t> code_bytes;  // machine + kernels, by target
  std::vector<std::string> notes;             // what the user should know
};

// Of all kernels: weights, biases, scales; in flash.
int64_t ConstantBytes(const Schedule& schedule);

// Verifies the schedule over shadow memory (an internal error if a byte
// differs), then emits it with the known answer of that run. kInfeasible if it
// does not fit the target that it must fit.
Result<CompiledModel> CompileModel(const Graph& graph, const Schedule& schedule,
                                   const CompileRequest& request);

}  // namespace msf
