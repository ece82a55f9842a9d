// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Lines of words for the host, "msf <key> <hex> <hex> ...". Hexadecimal, since
// a decimal number would drag a division routine into the image.
#ifndef HARNESS_PRINT_H_
#define HARNESS_PRINT_H_

#include <stdint.h>

#include "semihosting.h"

class Line {
 public:
  explicit Line(const char *key) {
    Text("msf ");
    Text(key);
  }

  Line &Number(uint64_t value) {
    Character(' ');
    int shift = 60;
    while (shift > 0 && ((value >> shift) & 15) == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) Digit(static_cast<uint32_t>(value >> shift));
    return *this;
  }

  Line &Bytes(const uint8_t *bytes, int32_t count) {
    Character(' ');
    for (int32_t i = 0; i < count; ++i) {
      Digit(bytes[i] >> 4);
      Digit(bytes[i]);
    }
    return *this;
  }

  void End() {
    Character('\n');
    text_[length_] = 0;
    SemihostingWrite(text_);
  }

 private:
  void Text(const char *text) {
    while (*text != 0) Character(*text++);
  }
  void Digit(uint32_t value) { Character("0123456789abcdef"[value & 15]); }
  void Character(char c) {
    if (length_ < sizeof text_ - 1) text_[length_++] = c;
  }

  char text_[128];
  uint32_t length_ = 0;
};

constexpr int32_t kBytesPerLine = 40;  // two digits each, and the numbers

#endif  // HARNESS_PRINT_H_
