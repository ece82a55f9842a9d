// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

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
  const bool is_full = error == ENOSPC || error == EFBIG || error == EDQUOT;
  return UserError(path, "cannot be written: " + Reason(error),
                   is_full ? "what was there is as before; make room (disk, "
                             "quota, ulimit -f), or write elsewhere"
                           : "");
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

// A file that lies beside the one that it will replace; removed with the object
// if it has not.
class StagedFile {
 public:
  StagedFile() = default;
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  StagedFile(StagedFile&& other) noexcept
      : path_(std::move(other.path_)),
        target_(std::move(other.target_)),
        temporary_(std::exchange(other.temporary_, {})),
        in_place_(other.in_place_) {}
  ~StagedFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  // `bytes` must live until Commit.
  Result<void> Stage(const std::string& path, std::span<const uint8_t> bytes) {
    path_ = path;
    target_ = ResolveLinks(path);
    struct stat info = {};
    const bool exists = ::stat(target_.c_str(), &info) == 0;
    if (exists && S_ISDIR(info.st_mode)) {
      return UserError(path, "is a directory", "name a file");
    }
    if (exists && !S_ISREG(info.st_mode)) {
      in_place_ = bytes;
      return {};
    }
    const std::string temporary = TemporaryNameBeside(target_);
    Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                   0666));
    if (file.get() < 0) return CannotWrite(path, errno);
    temporary_ = temporary;
    const bool written =
        WriteAll(file.get(), bytes) &&
        (!exists || ::fchmod(file.get(), info.st_mode & 07777) == 0) &&
        file.Close();
    if (!written) return CannotWrite(path, errno);
    return {};
  }
  Result<void> Commit() {
    if (in_place_) return WriteInPlace(target_, *in_place_);
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
      return CannotWrite(path_, errno);
    }
    temporary_.clear();
    return {};
  }

 private:
  std::string path_;
  std::string target_;     // where its links end
  std::string temporary_;  // empty: there is none
  std::optional<std::span<const uint8_t>> in_place_;  // of a device
};

std::span<const uint8_t> BytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Folders that were not there before, removed with the object unless kept, as
// far as they are empty.
class NewFolders {
 public:
  NewFolders() = default;
  NewFolders(const NewFolders&) = delete;
  NewFolders& operator=(const NewFolders&) = delete;
  ~NewFolders() {
    for (auto at = made_.rbegin(); at != made_.rend(); ++at) {
      ::rmdir(at->c_str());
    }
  }
  Result<void> Make(const std::filesystem::path& folder) {
    std::error_code error;
    if (folder.empty() || std::filesystem::is_directory(folder, error)) {
      return {};
    }
    if (folder.parent_path() != folder) {
      MSF_RETURN_IF_ERROR(Make(folder.parent_path()));
    }
    if (std::filesystem::create_directory(folder, error)) {
      made_.push_back(folder.string());
    }
    if (!error && std::filesystem::is_directory(folder, error)) return {};
    return UserError(folder.string(),
                     "cannot be made: " +
                         (error ? error.message() : "it is a file"),
                     "choose another directory");
  }
  void Keep() { made_.clear(); }

 private:
  std::vector<std::string> made_;
};

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
  StagedFile file;
  MSF_RETURN_IF_ERROR(file.Stage(path, bytes));
  return file.Commit();
}

Result<void> WriteFileAtomically(const std::string& path,
                                 std::string_view text) {
  return WriteFileAtomically(path, BytesOf(text));
}

Result<void> WriteFilesTogether(std::span<const NewFile> files,
                                const std::function<Result<void>()>& go_on) {
  NewFolders folders;
  std::vector<StagedFile> staged;
  for (const NewFile& file : files) {
    MSF_RETURN_IF_ERROR(
        folders.Make(std::filesystem::path(file.path).parent_path()));
    MSF_RETURN_IF_ERROR(
        staged.emplace_back().Stage(file.path, BytesOf(file.contents)));
  }
  if (go_on) MSF_RETURN_IF_ERROR(go_on());
  folders.Keep();
  for (StagedFile& file : staged) MSF_RETURN_IF_ERROR(file.Commit());
  return {};
}

}  // namespace msf
