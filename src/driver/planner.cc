// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/planner.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "memory/allocator.h"
#include "memory/plan_front.h"
#include "plan/block_lives.h"
#include "plan/solver.h"
#include "schedule/stage_costs.h"
#include "support/cancelled.h"
#include "support/size.h"
#include "target/emulate.h"

namespace msf {
namespace {

// Tables of the runtime count stages and tensors in 16 bits.
constexpr size_t kMaxNodes = 16000;

constexpr double kAnyOverhead = std::numeric_limits<double>::infinity();

// The front of one input mode, before schedules are made of it.
struct Candidates {
  std::vector<UnitGraph> orders;
  std::vector<LaidOutPlan> plans;  // from the least RAM on, MACs falling

  const UnitGraph& units(const LaidOutPlan& plan) const {
    return orders[plan.order];
  }
};

bool CountsCycles(const PlanRequest& request) {
  return request.objective == Objective::kCycles ||
         request.max_latency_ms.has_value();
}

tl::unexpected<Diagnostic> SearchCancelled(const Graph& graph) {
  return Cancelled(graph.source, "the search for plans");
}

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

// The block in which the most bytes live, for the message of an infeasible
// limit.
std::string PeakBlock(const Graph& graph, const UnitGraph& units,
                      const Plan& plan) {
  int64_t most = -1;
  std::string name = "the input";
  for (const BlockPlan& block : plan.blocks) {
    const int64_t peak =
        BlockPeakBytes(units, TraceBlock(units, block));
    if (peak <= most) continue;
    most = peak;
    const Unit& last = units.unit(block.last_unit - 1);
    name = "the block that ends in '" + graph.tensor(last.output).name + "'";
  }
  return name;
}

Result<void> CheckRequest(const Graph& graph, const PlanRequest& request) {
  if (graph.nodes.size() > kMaxNodes) {
    return UserError(graph.source,
                     fmt::format("has {} nodes, the runtime's tables hold {}",
                                 graph.nodes.size(), kMaxNodes),
                     "split the network");
  }
  if (!(request.epsilon >= 0 && request.epsilon <= 1)) {
    return UserError("--epsilon", "a front can be near, not that far",
                     "give a number from 0 to 1, for example 0.01");
  }
  if (request.max_overhead && !(*request.max_overhead >= 1.0)) {
    return UserError("--max-overhead", "no plan does less work than F = 1.00",
                     "give a number of at least 1");
  }
  if (request.max_latency_ms && !(std::isfinite(*request.max_latency_ms) &&
                                  *request.max_latency_ms > 0)) {
    return UserError("--max-latency",
                     fmt::format("{} ms are no limit that a plan can meet",
                                 *request.max_latency_ms),
                     "give a finite number above 0, for example 100");
  }
  if (!CountsCycles(request)) return {};
  if (!request.target) {
    return UserError(
        request.max_latency_ms ? "--max-latency" : "--objective cycles",
        "needs a target that it is counted on", "say which: --target ID");
  }
  MSF_RETURN_IF_ERROR(CostModelOf(*request.target));
  const bool has_time =
      request.target->clock_hz > 0 &&
      (request.target->cost->unit == "cycles" ||
       request.target->cost->cycles_per_instruction > 0);
  if (request.max_latency_ms && !has_time) {
    return UserError("--max-latency",
                     "target " + request.target->id +
                         " has no clock that means anything",
                     "choose a board: see msfc targets");
  }
  return {};
}

// What else of the request keeps plans away, as part of a hint.
std::string OtherLimits(const PlanRequest& request) {
  std::string text;
  if (request.max_overhead) text += ", allow more --max-overhead";
  if (request.max_latency_ms) text += ", allow more --max-latency";
  if (request.method != Method::kFull) text += ", leave --method out";
  return text;
}

// Drops what takes too long on the target. The last plan is the fastest.
Result<void> KeepFastEnough(const Graph& graph, const PlanRequest& request,
                            Candidates& found) {
  if (!request.max_latency_ms || found.plans.empty()) return {};
  double fastest = std::numeric_limits<double>::infinity();
  std::vector<LaidOutPlan> kept;
  request.watch.Begin("predicting latencies");
  for (LaidOutPlan& plan : found.plans) {
    request.watch.Report(&plan - found.plans.data(), std::ssize(found.plans));
    if (request.watch.IsCancelled()) return SearchCancelled(graph);
    Schedule schedule;
    MSF_ASSIGN(schedule, BuildSchedule(graph, found.units(plan), plan.plan));
    MSF_ASSIGN(const Prediction prediction,
               Predict(schedule, *request.target));
    fastest = std::min(fastest, *prediction.milliseconds);
    if (*prediction.milliseconds > *request.max_latency_ms) continue;
    kept.push_back(std::move(plan));
  }
  found.plans = std::move(kept);
  if (!found.plans.empty()) return {};
  Diagnostic diagnostic{
      .kind = ErrorKind::kInfeasible,
      .where = graph.source,
      .what = fmt::format("no plan takes {:.2f} ms or less on {}: the fastest "
                          "takes {:.2f} ms",
                          *request.max_latency_ms, request.target->id, fastest),
      .hint = fmt::format("raise --max-latency to {:.2f}, or use a faster board "
                          "or a smaller model",
                          std::ceil(fastest * 100) / 100)};
  diagnostic.tightest_latency_ms = fastest;
  return tl::unexpected(std::move(diagnostic));
}

// Drops what the target has no room for, as far as RAM alone tells: `compile`
// also counts the code.
Result<void> KeepWhatFits(const Graph& graph, const PlanRequest& request,
                          Candidates& found) {
  if (!request.target || found.plans.empty()) return {};
  const int64_t ram = Memory(*request.target, MemoryKind::kRam).bytes;
  const int64_t room = std::max<int64_t>(ram - kStackReserveBytes, 0);
  const int64_t least = found.plans.front().arena_bytes;
  std::erase_if(found.plans, [&](const LaidOutPlan& plan) {
    return plan.arena_bytes > room;
  });
  if (!found.plans.empty()) return {};
  Diagnostic diagnostic{
      .kind = ErrorKind::kInfeasible,
      .where = graph.source,
      .what = fmt::format(
          "no plan fits into {}: the smallest takes {} bytes, its RAM is {}, {} "
          "of them for the stack",
          request.target->id, WithCommas(least), WithCommas(ram),
          WithCommas(kStackReserveBytes)),
      .hint = request.max_overhead || request.ram_limit_bytes ||
                      CountsCycles(request)
                  ? "use a target with more RAM, or a smaller model"
                  : fmt::format("allow work for RAM: --ram-limit {}; msfc front "
                                "--target {} says how much",
                                room, request.target->id)};
  diagnostic.tightest_ram_bytes = least;
  return tl::unexpected(std::move(diagnostic));
}

// Drops what the limits rule out. Without any, work is limited to F = 1.00;
// a limit of RAM alone leaves the work free.
Result<void> KeepWithinLimits(const Graph& graph, const PlanRequest& request,
                              bool must_fit, Candidates& found) {
  const double overhead = request.max_overhead.value_or(
      request.ram_limit_bytes || CountsCycles(request) ? kAnyOverhead : 1.0);
  // The plain network's MACs may be beaten by none, but by no plan undercut.
  int64_t least = INT64_MAX;
  for (const LaidOutPlan& plan : found.plans) least = std::min(least, plan.macs);
  const int64_t plain = std::max(Macs(graph), least);
  std::erase_if(found.plans, [&](const LaidOutPlan& plan) {
    return static_cast<double>(plan.macs) >
           overhead * static_cast<double>(plain);
  });
  if (must_fit) MSF_RETURN_IF_ERROR(KeepWhatFits(graph, request, found));
  MSF_RETURN_IF_ERROR(KeepFastEnough(graph, request, found));
  if (!request.ram_limit_bytes) return {};
  const LaidOutPlan smallest = found.plans.front();
  std::erase_if(found.plans, [&](const LaidOutPlan& plan) {
    return plan.arena_bytes > *request.ram_limit_bytes;
  });
  if (!found.plans.empty()) return {};
  Diagnostic diagnostic{
      .kind = ErrorKind::kInfeasible,
      .where = graph.source,
      .what = fmt::format(
          "no plan needs {} bytes or less: the smallest takes {} bytes, "
          "{} more; {} sets that peak",
          WithCommas(*request.ram_limit_bytes),
          WithCommas(smallest.arena_bytes),
          WithCommas(smallest.arena_bytes - *request.ram_limit_bytes),
          PeakBlock(graph, found.units(smallest), smallest.plan)),
      .hint = fmt::format("raise --ram-limit to {}{}, or use a smaller model",
                          smallest.arena_bytes, OtherLimits(request))};
  diagnostic.tightest_ram_bytes = smallest.arena_bytes;
  return tl::unexpected(std::move(diagnostic));
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
