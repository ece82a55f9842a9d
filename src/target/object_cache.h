// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace msf {

// Object files by what they were made of, in $XDG_CACHE_HOME/msfc or
// ~/.cache/msfc. Safe to delete at any time; MSFC_CACHE=off does without. A
// cache that cannot be read or written is as good as none.
class ObjectCache {
 public:
  ObjectCache();  // finds the directory

  // Copies the object to `file`. False if there is none.
  bool Fetch(const std::string& key, const std::string& file) const;
  void Store(const std::string& key, const std::string& file) const;

 private:
  std::string directory_;  // empty: no cache
};

// 128 bits of FNV-1a over parts whose borders count, in hexadecimal.
class KeyBuilder {
 public:
  KeyBuilder& Add(std::string_view part);
  std::string Key() const;

 private:
  void AddByte(uint8_t byte);

  unsigned __int128 hash_ =
      (static_cast<unsigned __int128>(0x6c62272e07bb0142u) << 64) |
      0x62b821756295c58du;
};

// The text of `source` and, in order of name, of all files that it includes
// with quotes, directly or not, wherever an #if might leave them out.
std::map<std::string, std::string_view> IncludeClosure(
    const std::map<std::string, std::string>& files, const std::string& source);

}  // namespace msf
