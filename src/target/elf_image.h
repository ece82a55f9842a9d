// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/result.h"

namespace msf {

struct ElfSymbol {
  uint64_t address = 0;
  int64_t bytes = 0;
  bool is_function = false;
};

// What msfc reads of a linked image.
struct ElfImage {
  std::map<std::string, int64_t> section_bytes;
  std::map<std::string, ElfSymbol> symbols;  // global ones and functions
};

Result<ElfImage> ReadElf(const std::string& path);

// The function that holds an address, or "".
std::string FunctionAt(const ElfImage& image, uint64_t address);

}  // namespace msf
