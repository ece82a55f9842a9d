// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/planner.h"

#include <algorithm>

#include "driver/plan_limits.h"
#include "memory/allocator.h"
#include "memory/plan_front.h"
#include "plan/block.h"
#include "plan/solver.h"
#include "schedule/stage_costs.h"

namespace msf {
namespace {

Result<Candidates> FindCandidates(const Graph& graph,
                                  const PlanRequest& request, InputMode mode,
                                  Watch watch) {
  Candidates result;
  for (const NodeOrder& order : NodeOrders(graph)) {
    result.orders.push_back(BuildUnitGraph(graph, mode, order));
  }
  std::vector<StageCost> costs;
  if (CountsCycles(request)) {
    for (const UnitGraph& units : result.orders) {
      costs.push_back(
          MakeStageCost(graph, units, *WorkModelOf(*request.target)));
    }
  }
  result.plans = FindFront(result.orders,
                           {.method = request.method,
                            .epsilon = request.epsilon,
                            .watch = std::move(watch)},
                           costs);
  if (!request.watch.IsCancelled()) return result;
  return SearchCancelled(graph);
}

// Whether streaming saves nothing: the plan keeps every input row anyway.
bool KeepsWholeInputs(const UnitGraph& units, const Plan& plan) {
  for (const BlockPlan& block : plan.blocks) {
    const BlockTrace trace = TraceBlock(units, block);
    for (size_t s = 0; s < block.stages.size(); ++s) {
      const Unit& unit = units.unit(block.stages[s].first_unit);
      if (!unit.IsFeed()) continue;
      if (unit.node >= 0 ||
          trace.stages[s].capacity != units.tensor(unit.output).rows) {
        return false;
      }
    }
  }
  return true;
}

Result<Candidates> FindCandidates(const Graph& graph,
                                  const PlanRequest& request) {
  if (request.input_mode) {
    return FindCandidates(graph, request, *request.input_mode, request.watch);
  }
  MSF_ASSIGN(Candidates streamed,
             FindCandidates(graph, request, InputMode::kStreamed,
                            request.watch));
  // The last one does the least work; by cycles, it may have any RAM for it.
  const LaidOutPlan& plain = CountsCycles(request) ? streamed.plans.front()
                                                   : streamed.plans.back();
  if (!KeepsWholeInputs(streamed.units(plain), plain.plan)) return streamed;
  request.watch.Begin("planning with a resident input");
  MSF_ASSIGN(Candidates resident,
             FindCandidates(graph, request, InputMode::kResident,
                            request.watch));
  const LaidOutPlan& other = CountsCycles(request) ? resident.plans.front()
                                                   : resident.plans.back();
  return other.arena_bytes > plain.arena_bytes
             ? std::move(streamed)
             : std::move(resident);
}

// Bytes that live while the steps of `span` run.
int64_t LiveBytes(const MemoryProblem& problem, const Lifespan& span) {
  int64_t sum = 0;
  for (const Buffer& buffer : problem.buffers) {
    if (buffer.life.Overlaps(span)) sum += buffer.bytes;
  }
  return sum;
}

// An interpreter holds tensors whole: no row of one makes room for a row of
// the next, as it may in a plan of ours.
MemoryProblem WholeTensors(MemoryProblem problem) {
  for (Buffer& buffer : problem.buffers) buffer.rows.clear();
  problem.in_place.clear();
  return problem;
}

// What the objective prefers among plans from the least RAM on.
const LaidOutPlan& Choose(const PlanRequest& request,
                          const std::vector<LaidOutPlan>& plans) {
  const Objective least_work =
      CountsCycles(request) ? Objective::kCycles : Objective::kMacs;
  switch (request.objective.value_or(
      request.ram_limit_bytes ? least_work : Objective::kRam)) {
    case Objective::kRam:
      return plans.front();
    case Objective::kCycles:
      return plans.back();
    case Objective::kMacs:
      break;
  }
  return *std::ranges::min_element(plans, {}, &LaidOutPlan::macs);
}

}  // namespace

Result<PlannedModel> MakePlan(const Graph& graph, const PlanRequest& request) {
  MSF_RETURN_IF_ERROR(CheckRequest(graph, request));
  MSF_ASSIGN(Candidates found, FindCandidates(graph, request));
  const std::vector<LaidOutPlan> all = found.plans;
  MSF_RETURN_IF_ERROR(KeepWithinLimits(graph, request, true, found));
  const LaidOutPlan& best = Choose(request, found.plans);
  PlannedModel model{.units = found.units(best),
                     .lower_bound_bytes = best.lower_bound_bytes};
  MSF_ASSIGN(model.schedule, BuildSchedule(graph, model.units, best.plan));
  model.predicted = PredictAll(model.schedule, request.target);
  model.target = request.target;
  for (const LaidOutPlan& plan : all) {  // from the least RAM on
    const PlanBeside beside{found.units(plan), plan.plan, plan.arena_bytes,
                            plan.macs};
    if (plan.arena_bytes < best.arena_bytes) model.smaller = beside;
    if (plan.arena_bytes > best.arena_bytes && !model.cheaper) {
      model.cheaper = beside;
    }
  }
  return model;
}

namespace {

// Of the target that was asked for, which comes last.
double WorkOf(const std::vector<Prediction>& predicted) {
  const Prediction& asked = predicted.back();
  return asked.cycles.value_or(asked.instructions.value_or(0));
}

}  // namespace

Result<ModelFront> MakeFront(const Graph& graph, const PlanRequest& request) {
  MSF_RETURN_IF_ERROR(CheckRequest(graph, request));
  MSF_ASSIGN(Candidates found, FindCandidates(graph, request));
  PlanRequest limits = request;
  if (!limits.max_overhead) limits.max_overhead = kAnyOverhead;
  MSF_RETURN_IF_ERROR(KeepWithinLimits(graph, limits, false, found));
  ModelFront front{.orders = found.orders};
  front.target = request.target;
  front.by_cycles = CountsCycles(request);
  front.epsilon = request.epsilon;
  request.watch.Begin("scheduling");
  for (const LaidOutPlan& plan : found.plans) {
    request.watch.Report(&plan - found.plans.data(), std::ssize(found.plans));
    if (request.watch.IsCancelled()) return SearchCancelled(graph);
    Schedule schedule;
    MSF_ASSIGN(schedule, BuildSchedule(graph, found.units(plan), plan.plan));
    std::vector<Prediction> predicted = PredictAll(schedule, request.target);
    // The search knows the machine's part on average only.
    if (front.by_cycles && !front.points.empty() &&
        WorkOf(predicted) >= WorkOf(front.predicted.back())) {
      continue;
    }
    front.predicted.push_back(std::move(predicted));
    front.points.push_back(std::move(schedule));
    front.order_of.push_back(plan.order);
    front.lower_bounds.push_back(plan.lower_bound_bytes);
  }
  return front;
}

namespace {

PlanBeside PlanAt(const ModelFront& front, size_t point) {
  const Schedule& schedule = front.points[point];
  return {front.units(point), schedule.plan, schedule.arena_bytes,
          schedule.macs};
}

}  // namespace

PlannedModel PointOf(const ModelFront& front, size_t point) {
  PlannedModel model{.units = front.units(point),
                     .schedule = front.points[point],
                     .lower_bound_bytes = front.lower_bounds[point],
                     .predicted = front.predicted[point],
                     .target = front.target};
  if (point > 0) model.smaller = PlanAt(front, point - 1);
  if (point + 1 < front.points.size()) model.cheaper = PlanAt(front, point + 1);
  return model;
}

Result<PlainArena> FindPlainArena(const Graph& graph) {
  MSF_RETURN_IF_ERROR(CheckRequest(graph, {}));
  const UnitGraph units = BuildUnitGraph(graph, InputMode::kResident);
  Schedule schedule;
  MSF_ASSIGN(schedule,
             BuildSchedule(
                 graph, units,
                 SolveMinRam(units, {.method = Method::kPlain}).plan));
  const MemoryProblem problem = WholeTensors(schedule.memory);
  PlainArena plain{.bytes = Allocate(problem).arena_bytes};
  int64_t most = -1;
  Lifespan span;
  for (const ScheduleBlock& block : schedule.blocks) {  // of one node
    const ScheduleStage& stage = block.stages.front();
    span = {span.last, span.last + stage.form.steps};
    const int64_t live = LiveBytes(problem, span);
    if (live <= most) continue;
    most = live;
    plain.peak_node = stage.node;
  }
  return plain;
}

Result<int64_t> PlainArenaBytes(const Graph& graph) {
  MSF_ASSIGN(const PlainArena plain, FindPlainArena(graph));
  return plain.bytes;
}

}  // namespace msf
