// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/validator.h"

#include <algorithm>

namespace msf {

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
      if (same_time && same_bytes) {
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
