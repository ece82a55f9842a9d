// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
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

// A file that is to be written.
struct NewFile {
  std::string path;
  std::string_view contents;
};

// Replaces all the files or none: they are written beside (with the folders on
// their way), then renamed. On an error, also one that `go_on` returns before
// the first is renamed, nothing that was there has changed and nothing new is
// left.
Result<void> WriteFilesTogether(
    std::span<const NewFile> files,
    const std::function<Result<void>()>& go_on = {});

}  // namespace msf
