// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/planner.h"

#include <algorithm>

#include <fmt/format.h>

#include "memory/allocator.h"
#include "memory/smallest_plan.h"
#include "plan/block.h"
#include "support/size.h"

namespace msf {
namespace {

// Tables of the runtime count stages and tensors in 16 bits.
constexpr size_t kMaxNodes = 16000;

Result<PlannedModel> PlanWithInput(const Graph& graph,
                                   const PlanRequest& request,
                                   InputMode mode) {
  PlannedModel model;
  model.units = BuildUnitGraph(graph, mode);
  const SmallestPlan smallest = FindSmallestPlan(
      model.units,
      {.method = request.method, .progress = request.progress});
  MSF_ASSIGN(model.schedule,
             BuildSchedule(graph, model.units, smallest.plan));
  model.lower_bound_bytes = smallest.lower_bound_bytes;
  return model;
}

// Whether streaming saves nothing: every input row is kept anyway.
bool KeepsWholeInputs(const Schedule& schedule) {
  return std::all_of(schedule.inputs.begin(), schedule.inputs.end(),
                     [&](int32_t index) {
                       const ScheduleTensor& tensor =
                           schedule.tensors[static_cast<size_t>(index)];
                       return tensor.capacity == tensor.rows;
                     });
}

Result<PlannedModel> PlanWithDefaultInput(const Graph& graph,
                                          const PlanRequest& request) {
  MSF_ASSIGN(PlannedModel streamed,
             PlanWithInput(graph, request, InputMode::kStreamed));
  if (!KeepsWholeInputs(streamed.schedule)) return streamed;
  MSF_ASSIGN(PlannedModel resident,
             PlanWithInput(graph, request, InputMode::kResident));
  if (resident.schedule.arena_bytes > streamed.schedule.arena_bytes) {
    return streamed;
  }
  return resident;
}

// The block in which the most bytes live, for the message of an infeasible
// limit.
std::string PeakBlock(const Graph& graph, const PlannedModel& model) {
  int64_t most = -1;
  std::string name = "the input";
  for (const BlockPlan& block : model.schedule.plan.blocks) {
    const int64_t peak = BlockPeakBytes(model.units, block,
                                        TraceBlock(model.units, block));
    if (peak <= most) continue;
    most = peak;
    const Unit& last = model.units.unit(block.last_unit - 1);
    name = "the block that ends in '" + graph.tensor(last.output).name + "'";
  }
  return name;
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

}  // namespace

Result<PlannedModel> MakePlan(const Graph& graph, const PlanRequest& request) {
  if (graph.nodes.size() > kMaxNodes) {
    return UserError(graph.source,
                     fmt::format("has {} nodes, the runtime's tables hold {}",
                                 graph.nodes.size(), kMaxNodes),
                     "split the network");
  }
  if (request.max_overhead && !(*request.max_overhead >= 1.0)) {
    return UserError("--max-overhead", "no plan does less work than F = 1.00",
                     "give a number of at least 1");
  }
  auto model = request.input_mode
                   ? PlanWithInput(graph, request, *request.input_mode)
                   : PlanWithDefaultInput(graph, request);
  if (!model) return model;
  const int64_t arena = model->schedule.arena_bytes;
  if (request.ram_limit_bytes && arena > *request.ram_limit_bytes) {
    Diagnostic diagnostic{
        .kind = ErrorKind::kInfeasible,
        .where = graph.source,
        .what = fmt::format(
            "no plan needs {} bytes or less: the smallest takes {} bytes, "
            "{} more; {} sets that peak",
            WithCommas(*request.ram_limit_bytes), WithCommas(arena),
            WithCommas(arena - *request.ram_limit_bytes),
            PeakBlock(graph, *model)),
        .hint = fmt::format("raise --ram-limit to {}, or use a smaller model",
                            arena)};
    diagnostic.tightest_ram_bytes = arena;
    return tl::unexpected(std::move(diagnostic));
  }
  return model;
}

Result<PlainArena> FindPlainArena(const Graph& graph) {
  MSF_ASSIGN(const PlannedModel model,
             MakePlan(graph, {.method = Method::kPlain,
                              .input_mode = InputMode::kResident}));
  const MemoryProblem problem = WholeTensors(model.schedule.memory);
  PlainArena plain{.bytes = Allocate(problem).arena_bytes};
  int64_t most = -1;
  Lifespan span;
  for (const ScheduleBlock& block : model.schedule.blocks) {  // of one node
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
