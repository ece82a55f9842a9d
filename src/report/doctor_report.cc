// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "report/report.h"

namespace msf {
namespace {

std::string Gives(const Tool& tool) {
  return fmt::format("{} {}",
                     tool.is_emulator ? "runs models for" : "compiles for",
                     fmt::join(tool.targets, ", "));
}

}  // namespace

Json ToJson(const DoctorReport& report) {
  Json json{{"tools", Json::array()},
            {"missing_packages", report.missing_packages}};
  for (const Tool& tool : report.tools) {
    Json path = nullptr;
    if (tool.path) path = *tool.path;
    json["tools"].push_back(
        {{"command", tool.command},
         {"kind", tool.is_emulator ? "emulator" : "compiler"},
         {"path", std::move(path)},
         {"debian_package", tool.debian_package},
         {"targets", tool.targets}});
  }
  return json;
}

std::string ToText(const DoctorReport& report) {
  std::string text;
  for (const Tool& tool : report.tools) {
    text += fmt::format("{:<9} {:<26} {}\n", tool.path ? "here" : "missing",
                        tool.command, Gives(tool));
  }
  if (report.missing_packages.empty()) return text + "Nothing is missing.\n";
  return text +
         fmt::format("On Debian: apt-get install --no-install-recommends {}\n",
                     fmt::join(report.missing_packages, " "));
}

}  // namespace msf
