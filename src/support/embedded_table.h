// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace msf {

// What cmake/EmbedFiles.cmake generates.
struct EmbeddedEntry {
  std::string_view name;
  std::string_view text;
};

extern const EmbeddedEntry kEmbeddedEntries[];  // sorted by name
extern const std::size_t kEmbeddedEntryCount;

}  // namespace msf
