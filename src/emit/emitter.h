// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "schedule/schedule.h"
#include "support/result.h"

namespace msf {

struct EmitOptions {
  std::string name;          // a C identifier; prefix of everything emitted
  std::string command_line;  // repeated at the top of each file
  std::string version;       // of msfc
  // Known answer: the bytes of each network output for inputs filled by
  // `random:selftest_seed`.
  uint32_t selftest_seed = 1;
  std::vector<std::vector<uint8_t>> selftest_outputs;
  std::string package = "cmake";  // see Packages()
};

struct EmittedFile {
  std::string path;  // relative to the output directory, '/' between folders
  std::string contents;
};

// The model as C++17 sources: `<name>.h` (the face), `<name>.cpp` (tables),
// `<name>_weights.{h,cpp}`, `<name>_selftest.cpp`, the runtime with just the
// kernels that are used, and the package's manifest. Deterministic.
Result<std::vector<EmittedFile>> EmitModel(const Graph& graph,
                                           const Schedule& schedule,
                                           const EmitOptions& options);

// Package formats that EmitOptions::package may name.
const std::vector<std::string>& Packages();

// Makes any text a name that CheckName accepts, in lower case
// ("person-detect 2" -> "person_detect_2", "class" -> "class_net").
std::string CIdentifier(const std::string& text);

// Refuses what is no C identifier, and names of C, C++, their libraries and the
// runtime.
Result<void> CheckName(const std::string& name);

// 32 bits that change when any table of the schedule changes.
uint32_t PlanHash(const Schedule& schedule);

}  // namespace msf
