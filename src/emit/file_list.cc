// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "emit/file_list.h"

namespace msf {
namespace {

constexpr std::string_view kHead = "\n/* Files of this network:\n";
constexpr std::string_view kEnd = " */\n";
constexpr std::string_view kItem = " * ";

}  // namespace

std::string FileList(const std::vector<EmittedFile>& files) {
  std::string text(kHead);
  for (const EmittedFile& file : files) {
    text += std::string(kItem) + file.path + "\n";
  }
  return text + std::string(kEnd);
}

std::optional<std::vector<std::string>> ListedFiles(std::string_view source) {
  const size_t head = source.rfind(kHead);
  if (head == std::string_view::npos) return std::nullopt;
  source.remove_prefix(head + kHead.size());
  std::vector<std::string> paths;
  while (source.starts_with(kItem)) {
    const size_t end = source.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    paths.emplace_back(source.substr(kItem.size(), end - kItem.size()));
    source.remove_prefix(end + 1);
  }
  if (source != kEnd) return std::nullopt;
  return paths;
}

}  // namespace msf
