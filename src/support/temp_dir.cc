// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/temp_dir.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace msf {

Result<TempDir> TempDir::Create() {
  const char* base = std::getenv("TMPDIR");
  std::string path =
      base != nullptr && *base != 0 ? std::string(base) : std::string("/tmp");
  path += "/msfc-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    return UserError(
        path, std::string("cannot make a directory: ") + std::strerror(errno),
        "set TMPDIR to a directory that can be written");
  }
  return TempDir(std::move(path));
}

TempDir::TempDir(TempDir&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TempDir::~TempDir() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<void> TempDir::Write(const std::string& name,
                            std::string_view bytes) const {
  const std::filesystem::path file = std::filesystem::path(path_) / name;
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  std::ofstream stream(file, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) {
    return UserError(file.string(), "cannot be written",
                     "is the disk full? TMPDIR chooses another one");
  }
  return {};
}

}  // namespace msf
