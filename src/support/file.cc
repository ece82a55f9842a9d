// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

namespace msf {
namespace {

// An open file; closes itself.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  // False if the last bytes could not be written after all.
  bool Close() {
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd) == 0;
  }

 private:
  int fd_;
};

std::string Reason(int error) { return std::generic_category().message(error); }

bool WriteAll(int fd, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return true;
}

tl::unexpected<Diagnostic> CannotWrite(const std::string& path, int error) {
  return UserError(path, "cannot be written: " + Reason(error));
}

// Where a chain of symbolic links ends; the path itself if it is none.
std::string ResolveLinks(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(
      ::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : path;
}

Result<void> WriteInPlace(const std::string& path,
                          std::span<const uint8_t> bytes) {
  Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0 || !WriteAll(file.get(), bytes) || !file.Close()) {
    return CannotWrite(path, errno);
  }
  return {};
}

std::string TemporaryNameBeside(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  return path + ".tmp-" + std::to_string(::getpid()) + "-" +
         std::to_string(counter++);
}

}  // namespace

Result<std::vector<uint8_t>> ReadFile(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    const int error = errno;
    return UserError(path, "cannot be read: " + Reason(error),
                     error == ENOENT ? "check the path" : "");
  }
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0) {
    return UserError(path, "cannot be read: " + Reason(errno));
  }
  if (S_ISDIR(info.st_mode)) {
    return UserError(path, "is a directory", "name a file");
  }
  // A device may never end.
  if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode)) {
    return UserError(path, "is not a regular file", "name a file");
  }
  const auto too_large = [&] {
    return UserError(path, "is larger than 1 GB",
                     "no microcontroller holds this; check the file");
  };
  if (info.st_size > kMaxFileBytes) return too_large();
  std::vector<uint8_t> bytes(static_cast<size_t>(info.st_size) + 1);
  size_t size = 0;
  while (true) {
    const ssize_t n =
        ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return UserError(path, "cannot be read: " + Reason(errno));
    if (n == 0) break;
    size += static_cast<size_t>(n);
    if (size > static_cast<size_t>(kMaxFileBytes)) return too_large();
    if (size == bytes.size()) {
      bytes.resize(std::max<size_t>(2 * size, 4096));
    }
  }
  bytes.resize(size);
  return bytes;
}

Result<void> WriteFileAtomically(const std::string& path,
                                 std::span<const uint8_t> bytes) {
  const std::string target = ResolveLinks(path);
  struct stat info = {};
  const bool exists = ::stat(target.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    return UserError(path, "is a directory", "name a file");
  }
  if (exists && !S_ISREG(info.st_mode)) return WriteInPlace(target, bytes);

  const std::string temporary = TemporaryNameBeside(target);
  Fd file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file.get() < 0) return CannotWrite(path, errno);
  const bool written =
      WriteAll(file.get(), bytes) &&
      (!exists || ::fchmod(file.get(), info.st_mode & 07777) == 0) &&
      file.Close() && ::rename(temporary.c_str(), target.c_str()) == 0;
  if (!written) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return CannotWrite(path, error);
  }
  return {};
}

Result<void> WriteFileAtomically(const std::string& path,
                                 std::string_view text) {
  return WriteFileAtomically(
      path,
      std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

}  // namespace msf
