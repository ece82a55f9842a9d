// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The way of the data in one call: graph -> units -> plan -> schedule.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "ir/graph.h"
#include "plan/plan.h"
#include "plan/unit_graph.h"
#include "schedule/schedule.h"
#include "support/result.h"

namespace msf {

// What the user asks of a plan. Nothing set: smallest RAM at F = 1.00.
struct PlanRequest {
  Method method = Method::kFull;
  std::optional<InputMode> input_mode;     // none: streamed where it helps
  std::optional<int64_t> ram_limit_bytes;  // of the arena
  std::optional<double> max_overhead;      // overhead factor F
  std::function<void(int64_t done, int64_t total)> progress;
};

struct PlannedModel {
  UnitGraph units;
  Schedule schedule;
  // No plan of the request's space needs fewer bytes of arena.
  int64_t lower_bound_bytes = 0;
};

// Solves, lowers and lays out. kInfeasible with the tightest RAM if no plan
// meets the limits. `graph` has been through RunPasses.
Result<PlannedModel> MakePlan(const Graph& graph, const PlanRequest& request);

// What an unfused, perfectly packed interpreter needs: every node by itself,
// input resident, tensors whole.
struct PlainArena {
  int64_t bytes = 0;
  NodeId peak_node = -1;  // at which the most bytes live
};
Result<PlainArena> FindPlainArena(const Graph& graph);
Result<int64_t> PlainArenaBytes(const Graph& graph);

}  // namespace msf
