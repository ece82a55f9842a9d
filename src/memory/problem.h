// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The vocabulary of arena planning. Time is in steps of the whole inference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace msf {

// [first step, last step).
struct Lifespan {
  int64_t first = 0;
  int64_t last = 0;
  bool Overlaps(const Lifespan& other) const {
    return first < other.last && other.first < last;
  }
  bool operator==(const Lifespan&) const = default;
};

// Something that needs bytes of the arena for some time.
struct Buffer {
  std::string name;  // for people
  int64_t bytes = 0;
  int64_t align = 1;  // power of two
  Lifespan life;
};

struct MemoryProblem {
  std::vector<Buffer> buffers;
};

// Where each buffer lies: [offset, offset + bytes).
struct MemoryLayout {
  std::vector<int64_t> offsets;  // one for each buffer
  int64_t arena_bytes = 0;       // exactly the end of the highest buffer
  bool is_optimal = false;       // no layout needs fewer bytes
};

}  // namespace msf
