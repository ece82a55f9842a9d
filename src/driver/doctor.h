// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace msf {

// A program that targets need: a compiler or an emulator.
struct Tool {
  std::string command;
  bool is_emulator = false;
  std::string debian_package;
  std::vector<std::string> targets;  // ids of those that use it
  std::optional<std::string> path;   // none: not here
};

struct DoctorReport {
  std::vector<Tool> tools;  // in the order of the targets
  // Debian packages that would bring what is missing.
  std::vector<std::string> missing_packages;
};

// Looks along PATH; starts nothing.
DoctorReport Diagnose();

}  // namespace msf
