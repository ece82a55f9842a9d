// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The way of the data in one call: graph -> units -> plan -> schedule.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "driver/predict.h"
#include "ir/graph.h"
#include "plan/plan.h"
#include "plan/unit_graph.h"
#include "schedule/schedule.h"
#include "support/watch.h"
#include "support/result.h"

namespace msf {

enum class Objective {
  kRam,   // the smallest RAM at the most work that is allowed
  kMacs,  // the fewest MACs in the most RAM that is allowed
  kCycles,  // the fewest cycles of PlanRequest::target (or instructions)
};

// What the user asks of a plan. Nothing set: smallest RAM at F = 1.00.
struct PlanRequest {
  Method method = Method::kFull;
  std::optional<InputMode> input_mode;     // none: streamed where it helps
  std::optional<int64_t> ram_limit_bytes;  // of the arena
  std::optional<double> max_overhead;      // overhead factor F
  std::optional<double> max_latency_ms;    // on the target
  // None: kMacs if there is a limit of RAM, else kRam. kCycles or a limit of
  // latency makes the front one of RAM against cycles; both need a target.
  std::optional<Objective> objective;
  std::optional<Target> target;  // whose instructions or cycles to predict
  double epsilon = 0;  // of a front that is near enough; see FrontOptions
  Watch watch;         // what is cancelled is an error of kCancelled
};

// All plans worth having, from the least RAM on.
struct ModelFront {
  std::vector<UnitGraph> orders;  // of the nodes, as points have them
  std::vector<Schedule> points;
  std::vector<size_t> order_of;  // each point's
  // One for each point: no plan with as few MACs needs fewer bytes of arena.
  std::vector<int64_t> lower_bounds;
  std::vector<std::vector<Prediction>> predicted;  // of each point
  std::optional<Target> target;                    // of the request
  bool by_cycles = false;  // the target's stand against RAM, not MACs
  double epsilon = 0;  // as it was asked for

  const UnitGraph& units(size_t point) const {
    return orders[order_of[point]];
  }
};

// A plan next to another one on the front.
struct PlanBeside {
  UnitGraph units;
  Plan plan;
  int64_t arena_bytes = 0;
  int64_t macs = 0;
};

struct PlannedModel {
  UnitGraph units;
  Schedule schedule;
  // No plan of the request's space needs fewer bytes of arena.
  int64_t lower_bound_bytes = 0;
  // Beside it on the front, whatever the limits: less RAM, or fewer MACs.
  std::optional<PlanBeside> smaller;
  std::optional<PlanBeside> cheaper;
  std::vector<Prediction> predicted;
  std::optional<Target> target;  // of the request
};

// A point of the front by itself. Requires point < front.points.size().
PlannedModel PointOf(const ModelFront& front, size_t point);

// The points of the request's space that meet its limits. kInfeasible if none.
Result<ModelFront> MakeFront(const Graph& graph, const PlanRequest& request);

// Picks from the front: with a limit of RAM the fewest MACs that fit, else the
// smallest RAM (at F = 1.00, or at most max_overhead). kInfeasible with the
// tightest RAM if no plan meets the limits. `graph` has been through RunPasses.
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
