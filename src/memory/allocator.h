// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "memory/problem.h"

namespace msf {

struct AllocatorOptions {
  int max_moves = 1000;  // of local search, where a greedy order leaves a gap
  // Placements that the exact search may try; 0 leaves the best heuristic.
  int64_t max_placements = 20'000;
  // Where it only matters whether so many bytes are enough: then no layout
  // below is sought, and one above need not be complete. 0: the fewest bytes.
  int64_t enough = 0;
};

// Enough to tell plans apart.
inline constexpr AllocatorOptions kQuickLayout{.max_moves = 200,
                                               .max_placements = 2000};

// A layout in which buffers that live at the same time do not overlap, in as
// few bytes as possible: exact for small problems, otherwise the best of
// several greedy orders improved by a bounded search. Deterministic.
MemoryLayout Allocate(const MemoryProblem& problem,
                      const AllocatorOptions& options = {});

// The first step at which the most bytes live, row by row. Rows that are handed
// over count once.
struct BusiestStep {
  int64_t step = 0;
  int64_t bytes = 0;
};
BusiestStep FindBusiestStep(const MemoryProblem& problem);

// Bytes of each buffer that live at a step.
std::vector<int64_t> LiveBytesAt(const MemoryProblem& problem, int64_t step);

// Bytes that live at the busiest step: no layout needs fewer.
inline int64_t PeakLiveBytes(const MemoryProblem& problem) {
  return FindBusiestStep(problem).bytes;
}

}  // namespace msf
