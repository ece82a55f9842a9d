// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/text.h"

#include <cstdint>

namespace msf {
namespace {

// Bytes of the UTF-8 character at the start of `text`, 0 if there is none.
// Follows table 3-7 of the Unicode standard: no overlong forms, surrogates or
// values above U+10FFFF.
size_t CharacterBytes(std::string_view text) {
  const auto byte = [&](size_t i) -> uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto in = [](uint32_t b, uint32_t low, uint32_t high) {
    return b >= low && b <= high;
  };
  const uint32_t first = byte(0);
  if (first < 0x80) return in(first, 0x20, 0x7e) ? 1 : 0;
  if (in(first, 0xc2, 0xdf)) return in(byte(1), 0x80, 0xbf) ? 2 : 0;
  if (in(first, 0xe0, 0xef)) {
    const uint32_t low = first == 0xe0 ? 0xa0 : 0x80;
    const uint32_t high = first == 0xed ? 0x9f : 0xbf;
    return in(byte(1), low, high) && in(byte(2), 0x80, 0xbf) ? 3 : 0;
  }
  if (in(first, 0xf0, 0xf4)) {
    const uint32_t low = first == 0xf0 ? 0x90 : 0x80;
    const uint32_t high = first == 0xf4 ? 0x8f : 0xbf;
    return in(byte(1), low, high) && in(byte(2), 0x80, 0xbf) &&
                   in(byte(3), 0x80, 0xbf)
               ? 4
               : 0;
  }
  return 0;
}

}  // namespace

std::string CleanText(std::string_view text, size_t max_bytes) {
  std::string clean;
  while (!text.empty()) {
    const size_t bytes = CharacterBytes(text);
    const size_t taken = bytes == 0 ? 1 : bytes;
    if (clean.size() + taken > max_bytes) return clean + "...";
    if (bytes == 0) {
      clean += '?';
    } else {
      clean += text.substr(0, bytes);
    }
    text.remove_prefix(taken);
  }
  return clean;
}

}  // namespace msf
