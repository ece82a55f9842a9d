// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

struct SolverOptions {
  Method method = Method::kFull;
  // Called now and then with work done and work in all; may be empty.
  std::function<void(int64_t done, int64_t total)> progress;
};

struct Solution {
  Plan plan;
  // Largest number of bytes that live at once under `plan`. No plan of the
  // method's space has less, as long as ChooseForms is exact; an arena of exactly this size exists unless
  // offsets cannot be packed without a gap.
  int64_t peak_bytes = 0;
};

// The plan whose largest block needs the fewest bytes; among those the one
// with the fewest blocks. Nothing is recomputed (F = 1.00). Shortest path over
// cut points with the maximum as length: O(n^2) blocks, each simulated.
Solution SolveMinRam(const UnitGraph& graph, const SolverOptions& options);

// The forms in which the units of a block need the fewest bytes together.
// Exact up to kExhaustiveForms units that have a choice; beyond that a local
// choice and the plainest forms, each improved one unit at a time.
inline constexpr int kExhaustiveForms = 6;
struct FormChoice {
  std::vector<int32_t> forms;
  int64_t peak_bytes = 0;
};
FormChoice ChooseForms(const UnitGraph& graph, int32_t first_unit,
                       int32_t last_unit);

}  // namespace msf
