// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/plan_limits.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "plan/block_lives.h"
#include "support/cancelled.h"
#include "support/size.h"
#include "target/emulate.h"

namespace msf {
namespace {

// Tables of the runtime count stages and tensors in 16 bits.
constexpr size_t kMaxNodes = 16000;

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
      .what = fmt::format("no plan takes {} ms or less on {}: the fastest takes "
                          "{:.3f} ms",
                          *request.max_latency_ms, request.target->id, fastest),
      .hint = fmt::format("raise --max-latency to {:.2f}, or use a faster board "
                          "or a smaller model",
                          std::ceil(fastest * 100) / 100)};
  diagnostic.tightest_latency_ms = fastest;
  return tl::unexpected(std::move(diagnostic));
}

// What to do where no plan fits into `room` bytes; the smallest of all plans,
// however much they work, takes `least_of_all`.
std::string HintToFit(const PlanRequest& request, int64_t room,
                      int64_t least_of_all) {
  if (least_of_all > room) {
    return std::string(request.method == Method::kFull ? ""
                                                       : "leave --method out, ") +
           "use a target with more RAM, or a smaller model";
  }
  const std::string how =
      request.max_overhead ? "allow more --max-overhead"
                           : fmt::format("allow work for RAM: --ram-limit {}{}",
                                         room, OtherLimits(request));
  return fmt::format("{}: a plan of {} bytes fits; msfc front --target {} says "
                     "how much",
                     how, WithCommas(least_of_all), request.target->id);
}

// Drops what the target has no room for, as far as RAM alone tells: `compile`
// also counts the code.
Result<void> KeepWhatFits(const Graph& graph, const PlanRequest& request,
                          int64_t least_of_all, Candidates& found) {
  if (!request.target || found.plans.empty()) return {};
  const int64_t ram = Memory(*request.target, MemoryKind::kRam).bytes;
  const int64_t room = std::max<int64_t>(ram - kStackReserveBytes, 0);
  const int64_t least = least_of_all > room ? least_of_all
                                            : found.plans.front().arena_bytes;
  std::erase_if(found.plans, [&](const LaidOutPlan& plan) {
    return plan.arena_bytes > room;
  });
  if (!found.plans.empty()) return {};
  Diagnostic diagnostic{
      .kind = ErrorKind::kInfeasible,
      .where = graph.source,
      .what = fmt::format(
          "no plan{} fits: the smallest takes {} bytes, and {} are for the "
          "stack; {} has {}: short by {}",
          least_of_all > room    ? ""
          : request.max_overhead ? " with so little work"
                                 : " without extra work",
          WithCommas(least), WithCommas(kStackReserveBytes), request.target->id,
          WithCommas(ram), WithCommas(least - room)),
      .hint = HintToFit(request, room, least_of_all)};
  diagnostic.tightest_ram_bytes = room;  // of a plan that would fit
  return tl::unexpected(std::move(diagnostic));
}

}  // namespace

tl::unexpected<Diagnostic> SearchCancelled(const Graph& graph) {
  return Cancelled(graph.source, "the search for plans");
}

bool CountsCycles(const PlanRequest& request) {
  return request.objective == Objective::kCycles ||
         request.max_latency_ms.has_value();
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

Result<void> KeepWithinLimits(const Graph& graph, const PlanRequest& request,
                              bool must_fit, Candidates& found) {
  const double overhead = request.max_overhead.value_or(
      request.ram_limit_bytes || CountsCycles(request) ? kAnyOverhead : 1.0);
  // The plain network's MACs may be beaten by none, but by no plan undercut.
  int64_t least = INT64_MAX;
  for (const LaidOutPlan& plan : found.plans) least = std::min(least, plan.macs);
  const int64_t plain = std::max(Macs(graph), least);
  const int64_t least_of_all =
      found.plans.empty() ? 0 : found.plans.front().arena_bytes;
  std::erase_if(found.plans, [&](const LaidOutPlan& plan) {
    return static_cast<double>(plan.macs) >
           overhead * static_cast<double>(plain);
  });
  if (must_fit) {
    MSF_RETURN_IF_ERROR(KeepWhatFits(graph, request, least_of_all, found));
  }
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

}  // namespace msf
