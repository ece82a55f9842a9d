// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "support/result.h"

namespace msf {

// A fresh directory under $TMPDIR (or /tmp), removed with the object.
class TempDir {
 public:
  static Result<TempDir> Create();

  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;
  ~TempDir();

  const std::string& path() const { return path_; }

  // Writes a file under the directory, with the folders on its way.
  Result<void> Write(const std::string& name, std::string_view bytes) const;

 private:
  explicit TempDir(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace msf
