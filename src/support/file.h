// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"

namespace msf {

inline constexpr int64_t kMaxFileBytes = int64_t{1} << 30;

// The whole file (a pipe will do). Errors name the path: missing, a directory
// or device, unreadable, above kMaxFileBytes. An empty file is no error here.
Result<std::vector<uint8_t>> ReadFile(const std::string& path);

// Replaces the file in one step: whoever reads `path` sees the old bytes or
// the new ones, also if writing fails half-way. Keeps the permissions of a
// file that is there; a symbolic link stays a link. What is not a regular file
// (/dev/stdout, a pipe) is written to plainly.
Result<void> WriteFileAtomically(const std::string& path,
                                 std::span<const uint8_t> bytes);
Result<void> WriteFileAtomically(const std::string& path,
                                 std::string_view text);

}  // namespace msf
