// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/result.h"

namespace msf {

struct ProcessRequest {
  std::vector<std::string> arguments;  // the program first; no shell
  std::string directory;               // to run in; empty: ours
  double timeout_seconds = 600;
};

struct ProcessResult {
  int exit_status = 0;     // 128 + signal if a signal ended it
  int signal = 0;          // 0: it ended by itself
  bool timed_out = false;  // we ended it
  std::string output;      // stdout
  std::string error;       // stderr
};

// Runs a program to its end with nothing on stdin. A program that fails is
// not an error here; one that cannot be started is.
Result<ProcessResult> RunProcess(const ProcessRequest& request);

// Path of a program on PATH, or nothing.
std::optional<std::string> FindProgram(const std::string& name);

}  // namespace msf
