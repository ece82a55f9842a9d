// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What of the plans that were found a request leaves over.
#pragma once

#include <limits>
#include <vector>

#include "driver/planner.h"
#include "memory/plan_front.h"

namespace msf {

inline constexpr double kAnyOverhead = std::numeric_limits<double>::infinity();

// The front of one input mode, before schedules are made of it.
struct Candidates {
  std::vector<UnitGraph> orders;
  std::vector<LaidOutPlan> plans;  // from the least RAM on, MACs falling

  const UnitGraph& units(const LaidOutPlan& plan) const {
    return orders[plan.order];
  }
};

// The error of a search that was cancelled.
tl::unexpected<Diagnostic> SearchCancelled(const Graph& graph);

// Whether the target's cycles stand against RAM, in place of MACs.
bool CountsCycles(const PlanRequest& request);

// Whether the options of the request make sense, and go together.
Result<void> CheckRequest(const Graph& graph, const PlanRequest& request);

// Drops what the limits rule out. Without any, work is limited to F = 1.00;
// a limit of RAM alone leaves the work free. With `must_fit` the target's RAM
// is a limit too. kInfeasible if nothing is left.
Result<void> KeepWithinLimits(const Graph& graph, const PlanRequest& request,
                              bool must_fit, Candidates& found);

}  // namespace msf
