// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"

namespace msf {

struct ProcessRequest {
  std::vector<std::string> arguments;  // the program first; no shell
  std::string directory;               // to run in; empty: ours
  double timeout_seconds = 600;
  // Asked several times a second whether to end it; may be empty.
  std::function<bool()> is_cancelled;
  // Given each whole line of stdout and stderr as it comes; may be empty.
  std::function<void(std::string_view line)> on_line;
};

struct ProcessResult {
  int exit_status = 0;     // 128 + signal if a signal ended it
  int signal = 0;          // 0: it ended by itself
  bool timed_out = false;  // we ended it
  std::string output;      // stdout
  std::string error;       // stderr
};

// Runs a program to its end with nothing on stdin. A program that fails is
// not an error here; one that cannot be started is, and one that was cancelled
// (kCancelled). What is ended early ends with all processes that it started:
// they are a group of their own, which no Ctrl-C reaches but through us.
Result<ProcessResult> RunProcess(const ProcessRequest& request);

// Path of a program on PATH, or nothing.
std::optional<std::string> FindProgram(const std::string& name);

}  // namespace msf
