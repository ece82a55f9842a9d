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
  // Bytes that a block takes when it is laid out, at least its
  // BlockPeakBytes: offsets may not pack without a gap. Asked only for blocks
  // on a best path; without it the two are taken as equal.
  std::function<int64_t(const BlockPlan& block)> laid_out_bytes;
};

struct Solution {
  Plan plan;
  int64_t peak_bytes = 0;  // of the largest block, laid out
  // The most bytes that live at once under the plan that is best in that: no
  // plan of the method's space needs less.
  int64_t lower_bound_bytes = 0;
};

// The plan whose largest block needs the fewest bytes; among those the one
// with the fewest blocks. Nothing is recomputed (F = 1.00). Shortest path over
// cut points with the maximum as length: O(n^2) blocks, each simulated once.
// Where `laid_out_bytes` makes a block on the best path longer, the path is
// sought again, until all its blocks are known.
Solution SolveMinRam(const UnitGraph& graph, const SolverOptions& options);

// The forms in which the units of a block need the fewest bytes together.
// Exact up to kExhaustiveForms units that have a choice; beyond that one pass
// of improvement from a local choice.
inline constexpr int kExhaustiveForms = 3;
struct FormChoice {
  std::vector<int32_t> forms;
  int64_t peak_bytes = 0;
};
FormChoice ChooseForms(const UnitGraph& graph, int32_t first_unit,
                       int32_t last_unit);

}  // namespace msf
