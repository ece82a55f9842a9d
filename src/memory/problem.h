// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The vocabulary of arena planning. Time is in steps of the whole inference.
//
//   offset                       Two whole tensors may overlap where the rows
//     |   aaaaaaa                of one die before those of the other are
//     |   bAaaaaa  row 1 of a    written: a block's output starts inside its
//     |   bbAaaaa                input.
//     |   bbb
//     +----------- step
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
  // A whole tensor whose rows are written and die one by one: the life of each
  // of its equally long rows, all within `life`. Empty: all bytes live alike.
  std::vector<Lifespan> rows;
  // A line buffer that is empty now and then, or the scratch of a stage: when
  // all its bytes live, in order, all within `life`. Empty: all of `life`.
  std::vector<Lifespan> spans;

  int64_t row_bytes() const {
    return rows.empty() ? bytes : bytes / static_cast<int64_t>(rows.size());
  }
};

// An elementwise stage reads `from` and writes `to`: two of their rows may
// share bytes in the one step that ends the first and begins the second, if
// the row of `to` begins at or below the row of `from`.
struct InPlacePair {
  int32_t from = 0;  // buffers
  int32_t to = 0;
  bool operator==(const InPlacePair&) const = default;
};

struct MemoryProblem {
  std::vector<Buffer> buffers;
  std::vector<InPlacePair> in_place;
};

// Where each buffer lies: [offset, offset + bytes).
struct MemoryLayout {
  std::vector<int64_t> offsets;  // one for each buffer
  int64_t arena_bytes = 0;       // exactly the end of the highest buffer
  bool is_optimal = false;       // no layout needs fewer bytes
};

}  // namespace msf
