// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace msf {

// Memory for a kernel, with poison between what it may use and in it.
class GuardedMemory {
 public:
  // Bytes of which offset the kernel may use, with guards around.
  int32_t Place(int32_t bytes) {
    const int32_t offset = size_ + kGuard;
    size_ = (offset + bytes + 3) / 4 * 4 + kGuard;
    regions_.push_back({offset, offset + bytes});
    return offset;
  }
  // From the start, without a guard.
  void PlaceNotes(int32_t bytes) {
    regions_.push_back({0, bytes});
    size_ = bytes;
  }
  void Fill() {
    words_.assign(static_cast<size_t>(size_ / 4 + 1), 0);
    std::fill_n(data(), words_.size() * 4, kPoison);
  }
  uint8_t* data() { return reinterpret_cast<uint8_t*>(words_.data()); }
  void ExpectGuardsIntact() {
    std::vector<bool> used(words_.size() * 4);
    for (const auto& [begin, end] : regions_) {
      for (int32_t i = begin; i < end; ++i) used[static_cast<size_t>(i)] = true;
    }
    for (size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) {
        ASSERT_EQ(data()[i], kPoison) << "byte " << i;
      }
    }
  }

 private:
  static constexpr uint8_t kPoison = 0xcd;
  static constexpr int32_t kGuard = 16;
  int32_t size_ = 0;
  std::vector<std::pair<int32_t, int32_t>> regions_;
  std::vector<uint32_t> words_;
};

}  // namespace msf
