// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "target/object_cache.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <thread>
#include <vector>

namespace msf {
namespace {

namespace fs = std::filesystem;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// Name that `name` in quotes has, seen from `source`: beside it, or from the
// root. Empty if it is none of ours.
std::string Resolve(const std::map<std::string, std::string>& files,
                    const std::string& source, std::string_view name) {
  const fs::path beside = fs::path(source).parent_path() / name;
  for (const fs::path& path : {beside, fs::path(name)}) {
    const std::string normal = path.lexically_normal().string();
    if (files.contains(normal)) return normal;
  }
  return {};
}

// The quoted names of a file's #include lines.
std::vector<std::string_view> QuotedIncludes(std::string_view text) {
  constexpr std::string_view kInclude = "include";
  std::vector<std::string_view> names;
  for (std::size_t at = text.find('#'); at != std::string_view::npos;
       at = text.find('#', at + 1)) {
    const std::size_t word = text.find_first_not_of(" \t", at + 1);
    if (word == std::string_view::npos) break;
    if (text.substr(word, kInclude.size()) != kInclude) continue;
    const std::size_t open =
        text.find_first_not_of(" \t", word + kInclude.size());
    if (open == std::string_view::npos || text[open] != '"') continue;
    const std::size_t close = text.find('"', open + 1);
    if (close == std::string_view::npos) break;
    names.push_back(text.substr(open + 1, close - open - 1));
  }
  return names;
}

}  // namespace

ObjectCache::ObjectCache() {
  if (Environment("MSFC_CACHE") == "off") return;
  const std::string cache = Environment("XDG_CACHE_HOME");
  const std::string home = Environment("HOME");
  if (!cache.empty()) {
    directory_ = cache + "/msfc";
  } else if (!home.empty()) {
    directory_ = home + "/.cache/msfc";
  }
}

bool ObjectCache::Fetch(const std::string& key, const std::string& file) const {
  if (directory_.empty()) return false;
  std::error_code error;
  return fs::copy_file(directory_ + "/" + key + ".o", file,
                       fs::copy_options::overwrite_existing, error);
}

void ObjectCache::Store(const std::string& key, const std::string& file) const {
  if (directory_.empty()) return;
  std::error_code error;
  fs::create_directories(directory_, error);
  // Renaming is atomic: nobody ever sees half an object.
  const std::string part =
      fmt::format("{}/{}.{}.{:x}.part", directory_, key, getpid(),
                  std::hash<std::thread::id>{}(std::this_thread::get_id()));
  if (fs::copy_file(file, part, fs::copy_options::overwrite_existing, error)) {
    fs::rename(part, directory_ + "/" + key + ".o", error);
  }
  if (error) fs::remove(part, error);
}

void KeyBuilder::AddByte(uint8_t byte) {
  constexpr unsigned __int128 kPrime =
      (static_cast<unsigned __int128>(1) << 88) | 0x13bu;
  hash_ = (hash_ ^ byte) * kPrime;
}

KeyBuilder& KeyBuilder::Add(std::string_view part) {
  const uint64_t size = part.size();
  for (int shift = 0; shift < 64; shift += 8) {
    AddByte(static_cast<uint8_t>(size >> shift));
  }
  for (const char c : part) AddByte(static_cast<uint8_t>(c));
  return *this;
}

std::string KeyBuilder::Key() const {
  return fmt::format("{:016x}{:016x}", static_cast<uint64_t>(hash_ >> 64),
                     static_cast<uint64_t>(hash_));
}

std::map<std::string, std::string_view> IncludeClosure(
    const std::map<std::string, std::string>& files,
    const std::string& source) {
  std::map<std::string, std::string_view> closure;
  std::vector<std::string> waiting = {source};
  while (!waiting.empty()) {
    const std::string name = std::move(waiting.back());
    waiting.pop_back();
    const std::string_view text = files.at(name);
    if (!closure.emplace(name, text).second) continue;
    for (const std::string_view include : QuotedIncludes(text)) {
      std::string found = Resolve(files, name, include);
      if (!found.empty()) waiting.push_back(std::move(found));
    }
  }
  return closure;
}

}  // namespace msf
