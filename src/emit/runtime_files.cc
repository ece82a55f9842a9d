// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <sstream>

#include "emit/model_files.h"
#include "support/embedded.h"

namespace msf {
namespace {

// Names in `#include "..."` lines.
std::vector<std::string> QuotedIncludes(std::string_view source) {
  std::vector<std::string> names;
  std::istringstream lines{std::string(source)};
  const std::string start = "#include \"";
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(start, 0) != 0) continue;
    const size_t end = line.find('"', start.size());
    names.push_back(line.substr(start.size(), end - start.size()));
  }
  return names;
}

}  // namespace

Result<std::vector<EmittedFile>> RuntimeFiles(const Schedule& schedule) {
  std::vector<std::string> open = {"msf_machine.cpp", "msf_kernels.h"};
  for (const ScheduleBlock& block : schedule.blocks) {
    for (const ScheduleStage& stage : block.stages) {
      for (const KernelCall* call : CallsOf(stage)) {
        open.push_back("kernels/" + call->kernel + ".cpp");
        open.push_back("kernels/" + call->kernel + ".h");
      }
    }
  }
  std::set<std::string> seen;
  std::vector<EmittedFile> files;
  while (!open.empty()) {
    const std::string name = "runtime/" + open.back();
    open.pop_back();
    if (!seen.insert(name).second) continue;
    const auto contents = EmbeddedFile(name);
    if (!contents) return InternalError(name, "is not part of this msfc");
    for (std::string& include : QuotedIncludes(*contents)) {
      open.push_back(std::move(include));
    }
    files.push_back({name, std::string(*contents)});
  }
  std::sort(files.begin(), files.end(),
            [](const EmittedFile& a, const EmittedFile& b) {
              return a.path < b.path;
            });
  return files;
}

}  // namespace msf
