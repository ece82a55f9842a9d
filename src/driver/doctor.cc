// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/doctor.h"

#include <algorithm>

#include "support/process.h"
#include "target/target.h"

namespace msf {
namespace {

void AddTool(DoctorReport& report, const std::string& target, Tool tool) {
  auto known = std::ranges::find(report.tools, tool.command, &Tool::command);
  if (known == report.tools.end()) {
    tool.path = FindProgram(tool.command);
    known = report.tools.insert(report.tools.end(), std::move(tool));
  }
  known->targets.push_back(target);
}

}  // namespace

DoctorReport Diagnose() {
  DoctorReport report;
  for (const Target& target : AllTargets()) {
    AddTool(report, target.id,
            {.command = target.toolchain.compiler,
             .debian_package = target.toolchain.debian_package});
    if (!IsEmulated(target)) continue;
    AddTool(report, target.id,
            {.command = target.emulator.command,
             .is_emulator = true,
             .debian_package = target.emulator.debian_package});
  }
  std::vector<std::string>& packages = report.missing_packages;
  for (const Tool& tool : report.tools) {
    if (tool.path || std::ranges::count(packages, tool.debian_package) > 0) {
      continue;
    }
    packages.push_back(tool.debian_package);
  }
  return report;
}

}  // namespace msf
