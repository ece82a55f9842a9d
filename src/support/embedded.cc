// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/embedded.h"

#include <span>

#include "support/embedded_table.h"

namespace msf {
namespace {

std::span<const EmbeddedEntry> Entries() {
  return {kEmbeddedEntries, kEmbeddedEntryCount};
}

}  // namespace

std::optional<std::string_view> EmbeddedFile(std::string_view name) {
  for (const EmbeddedEntry& entry : Entries()) {
    if (entry.name == name) return entry.text;
  }
  return std::nullopt;
}

std::vector<std::string> EmbeddedFiles(std::string_view prefix) {
  std::vector<std::string> names;
  for (const EmbeddedEntry& entry : Entries()) {
    if (entry.name.starts_with(prefix)) names.emplace_back(entry.name);
  }
  return names;
}

}  // namespace msf
