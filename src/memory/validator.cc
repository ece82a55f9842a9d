// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/validator.h"

#include <algorithm>

namespace msf {
namespace {

struct Run {
  int64_t begin = 0;
  int64_t end = 0;
  Lifespan life;
  std::vector<Lifespan> spans;  // of life; none: all of it

  bool LivesWith(const Run& other) const {
    const auto spans_of = [](const Run& run) {
      return run.spans.empty() ? std::vector<Lifespan>{run.life} : run.spans;
    };
    const std::vector<Lifespan> others = spans_of(other);
    for (const Lifespan& span : spans_of(*this)) {
      for (const Lifespan& o : others) {
        if (span.Overlaps(o)) return true;
      }
    }
    return false;
  }
};

// The buffer as it lies in the arena: one run, or one for each row.
std::vector<Run> RunsOf(const Buffer& buffer, int64_t offset) {
  if (buffer.rows.empty()) {
    return {{offset, offset + buffer.bytes, buffer.life, buffer.spans}};
  }
  std::vector<Run> runs;
  for (const Lifespan& life : buffer.rows) {
    const int64_t begin =
        offset + static_cast<int64_t>(runs.size()) * buffer.row_bytes();
    runs.push_back({begin, begin + buffer.row_bytes(), life, {}});
  }
  return runs;
}

// Whether `to` is made of `from` in the one step that they share, not ahead
// of what is still to be read.
bool IsHandOver(const Run& from, const Run& to) {
  return from.life.last - 1 == to.life.first && to.begin <= from.begin;
}

bool Clash(const MemoryProblem& problem, const MemoryLayout& layout, size_t a,
           size_t b) {
  const auto is_pair = [&](size_t from, size_t to) {
    const InPlacePair pair{static_cast<int32_t>(from),
                           static_cast<int32_t>(to)};
    return std::count(problem.in_place.begin(), problem.in_place.end(), pair) >
           0;
  };
  const bool a_to_b = is_pair(a, b);
  const bool b_to_a = is_pair(b, a);
  const std::vector<Run> runs_b = RunsOf(problem.buffers[b], layout.offsets[b]);
  for (const Run& x : RunsOf(problem.buffers[a], layout.offsets[a])) {
    for (const Run& y : runs_b) {
      if (x.begin >= y.end || y.begin >= x.end || !x.LivesWith(y)) {
        continue;
      }
      if (a_to_b && IsHandOver(x, y)) continue;
      if (b_to_a && IsHandOver(y, x)) continue;
      return true;
    }
  }
  return false;
}

}  // namespace

Result<void> ValidateLayout(const MemoryProblem& problem,
                            const MemoryLayout& layout) {
  const auto& buffers = problem.buffers;
  const auto& offsets = layout.offsets;
  if (offsets.size() != buffers.size()) {
    return InternalError("arena", "a buffer has no offset");
  }
  int64_t end = 0;
  for (size_t a = 0; a < buffers.size(); ++a) {
    if (offsets[a] < 0 || offsets[a] % buffers[a].align != 0) {
      return InternalError("arena", "'" + buffers[a].name +
                                        "' lies at offset " +
                                        std::to_string(offsets[a]));
    }
    end = std::max(end, offsets[a] + buffers[a].bytes);
    for (size_t b = 0; b < a; ++b) {
      const bool same_time = buffers[a].life.Overlaps(buffers[b].life);
      const bool same_bytes = offsets[a] < offsets[b] + buffers[b].bytes &&
                              offsets[b] < offsets[a] + buffers[a].bytes;
      if (same_time && same_bytes && Clash(problem, layout, a, b)) {
        return InternalError("arena", "'" + buffers[a].name + "' overlaps '" +
                                          buffers[b].name + "'");
      }
    }
  }
  if (end != layout.arena_bytes) {
    return InternalError("arena",
                         "size is " + std::to_string(layout.arena_bytes) +
                             ", the highest buffer ends at " +
                             std::to_string(end));
  }
  return {};
}

}  // namespace msf
