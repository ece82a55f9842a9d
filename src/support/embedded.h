// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msf {

// Files of the repository that the program carries, by their name in it:
// "runtime/msf_runtime.h", "targets/m0.json". So it runs without its sources.
std::optional<std::string_view> EmbeddedFile(std::string_view name);

// Names that start with `prefix`, sorted.
std::vector<std::string> EmbeddedFiles(std::string_view prefix);

}  // namespace msf
