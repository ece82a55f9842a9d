// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "memory/arena.h"
#include "plan/plan.h"
#include "plan/solver.h"
#include "plan/unit_graph.h"

namespace msf {

struct SmallestPlan {
  Plan plan;
  int64_t arena_bytes = 0;  // of its layout
  // The most bytes that live at once under the plan that is best in that: no
  // plan of the method's space needs less.
  int64_t lower_bound_bytes = 0;
};

// The smallest plan of single stages, which recomputes nothing. What lives at
// once is a lower bound of an arena; offsets may not pack without a gap. So
// blocks on the best path are laid out, and the path is sought again with what
// they really take.
SmallestPlan FindSmallestPlan(BlockArenas& arenas,
                              const SolverOptions& options);
inline SmallestPlan FindSmallestPlan(const UnitGraph& graph,
                                     const SolverOptions& options) {
  BlockArenas arenas(graph);
  return FindSmallestPlan(arenas, options);
}

}  // namespace msf
