// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "schedule/schedule.h"

namespace msf {

// What each byte of the arena holds: a row of a tensor, a stage's state, or
// nothing that may be read.
class ShadowMemory {
 public:
  explicit ShadowMemory(int64_t arena_bytes)
      : tags_(static_cast<size_t>(arena_bytes)) {}

  struct Tag {
    int32_t tensor = kNothing;  // index into Schedule::tensors
    int32_t row = 0;
    bool operator==(const Tag&) const = default;
  };
  static constexpr int32_t kNothing = -1;

  // The tag of a stage's state: tensors count from 0, states from -2 down.
  static Tag StateOf(int32_t stage_in_plan) { return {-2 - stage_in_plan, 0}; }

  void Write(int64_t offset, int64_t bytes, Tag tag) {
    for (int64_t i = offset; i < offset + bytes; ++i) {
      tags_[static_cast<size_t>(i)] = tag;
    }
  }

  // The first byte in the range that holds something else, or -1.
  int64_t FirstOther(int64_t offset, int64_t bytes, Tag tag) const {
    for (int64_t i = offset; i < offset + bytes; ++i) {
      if (tags_[static_cast<size_t>(i)] != tag) return i;
    }
    return -1;
  }

  Tag at(int64_t offset) const { return tags_[static_cast<size_t>(offset)]; }

 private:
  std::vector<Tag> tags_;
};

}  // namespace msf
