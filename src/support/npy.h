// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "support/result.h"

namespace msf {

enum class NpyType { kInt8, kUInt8, kFloat32, kFloat64 };

// An array as numpy.save() writes it.
struct NpyArray {
  NpyType type = NpyType::kInt8;
  std::vector<int64_t> shape;
  std::vector<uint8_t> data;  // C order, little endian

  // Requires `type` to be T's and i to be in range.
  template <typename T>
  T At(int64_t i) const {
    T value;
    std::memcpy(&value, data.data() + static_cast<size_t>(i) * sizeof(T),
                sizeof(T));
    return value;
  }
};

// Formats 1.0 to 3.0, C order, little endian, the types above; anything else
// is a user error at `where`. numpy.lib.format describes the format.
Result<NpyArray> ParseNpy(const std::string& where,
                          std::span<const uint8_t> file);

}  // namespace msf
