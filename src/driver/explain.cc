// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/explain.h"

#include <algorithm>
#include <cstdlib>

#include "memory/allocator.h"
#include "plan/block.h"
#include "plan/patch.h"
#include "support/check.h"

namespace msf {
namespace {

// Of `rows_made` rows of the unit's output; columns that nobody reads count.
int64_t MacsOf(const Unit& unit, int32_t rows, int64_t rows_made) {
  return unit.forms[0].macs / rows * rows_made;
}

NodeOutput OutputOfPatch(const UnitGraph& units, const PatchUnit& entry) {
  const Unit& unit = units.unit(entry.unit);
  NodeOutput output{.node = unit.node,
                    .extent = Extent::kTile,
                    .rows = units.tensor(unit.output).rows,
                    .rows_kept = entry.kept_rows,
                    .rows_made = entry.rows_made};
  output.macs = MacsOf(unit, output.rows, output.rows_made);
  if (output.rows_made > output.rows) {
    output.extent = Extent::kRecomputed;
  } else if (entry.kept_rows > 0) {
    output.extent = Extent::kLineBuffer;
  }
  return output;
}

NodeOutput OutputOfStage(const UnitGraph& units, const Schedule& schedule,
                         int32_t index) {
  const Unit& unit = units.unit(index);
  const auto tensor = std::find_if(
      schedule.tensors.begin(), schedule.tensors.end(),
      [&](const ScheduleTensor& t) { return t.tensor == unit.output; });
  MSF_CHECK(tensor != schedule.tensors.end());
  return {.node = unit.node,
          .extent = tensor->capacity == tensor->rows ? Extent::kWhole
                                                     : Extent::kLineBuffer,
          .rows = tensor->rows,
          .rows_kept = tensor->capacity,
          .rows_made = tensor->rows,
          .macs = MacsOf(unit, tensor->rows, tensor->rows)};
}

// Of all nodes, in order.
std::vector<NodeOutput> AllOutputs(const UnitGraph& units,
                                   const Schedule& schedule) {
  std::vector<NodeOutput> all;
  for (const BlockPlan& block : schedule.plan.blocks) {
    for (const StagePlan& stage : block.stages) {
      const auto outputs = OutputsOf(units, schedule, stage);
      all.insert(all.end(), outputs.begin(), outputs.end());
    }
  }
  return all;
}

int Direction(int64_t from, int64_t to) { return (to > from) - (to < from); }

bool Differs(const NodeOutput& from, const NodeOutput& to) {
  return from.extent != to.extent || from.rows_made != to.rows_made ||
         from.rows_kept != to.rows_kept;
}

// Whether two nodes change in the same way.
bool Alike(const Change& change, const NodeOutput& from, const NodeOutput& to) {
  return change.last_node + 1 == from.node &&
         change.from.extent == from.extent && change.to.extent == to.extent &&
         Direction(change.from.rows_made, change.to.rows_made) ==
             Direction(from.rows_made, to.rows_made) &&
         Direction(change.from.rows_kept, change.to.rows_kept) ==
             Direction(from.rows_kept, to.rows_kept);
}

void AddRows(NodeOutput& sum, const NodeOutput& output) {
  sum.rows += output.rows;
  sum.rows_kept += output.rows_kept;
  sum.rows_made += output.rows_made;
  sum.macs += output.macs;
}

int64_t MacsChanged(const Change& change) {
  return std::abs(change.to.macs - change.from.macs);
}

std::vector<Change> ChangesOf(const std::vector<NodeOutput>& from,
                              const std::vector<NodeOutput>& to) {
  std::vector<Change> changes;
  for (size_t i = 0; i < from.size(); ++i) {
    if (!Differs(from[i], to[i])) continue;
    if (!changes.empty() && Alike(changes.back(), from[i], to[i])) {
      AddRows(changes.back().from, from[i]);
      AddRows(changes.back().to, to[i]);
      changes.back().last_node = from[i].node;
    } else {
      changes.push_back({from[i], to[i], from[i].node});
    }
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) {
                     return MacsChanged(a) > MacsChanged(b);
                   });
  return changes;
}

OtherPlan Compare(const UnitGraph& units, const Schedule& from,
                  const Schedule& to) {
  return {.more_bytes = to.arena_bytes - from.arena_bytes,
          .more_macs = to.macs - from.macs,
          .arena_bytes = to.arena_bytes,
          .overhead_factor = to.overhead_factor(),
          .changes = ChangesOf(AllOutputs(units, from),
                               AllOutputs(units, to))};
}

}  // namespace

PlannedModel PointOf(const ModelFront& front, size_t point) {
  return {.units = front.units,
          .schedule = front.points[point],
          .lower_bound_bytes = front.lower_bounds[point]};
}

const char* ToString(Extent extent) {
  switch (extent) {
    case Extent::kWhole:
      return "whole";
    case Extent::kLineBuffer:
      return "line buffer";
    case Extent::kTile:
      return "tile";
    case Extent::kRecomputed:
      return "recomputed";
  }
  return "?";
}

std::vector<NodeOutput> OutputsOf(const UnitGraph& units,
                                  const Schedule& schedule,
                                  const StagePlan& stage) {
  std::vector<NodeOutput> outputs;
  const int32_t last = stage.last_unit - 1;
  if (stage.IsPatch()) {
    const std::optional<Patch> patch = MakePatch(units, stage);
    MSF_CHECK(patch.has_value());
    for (const PatchUnit& entry : patch->units) {
      if (entry.unit == last) break;
      outputs.push_back(OutputOfPatch(units, entry));
    }
  }
  if (units.unit(last).node >= 0) {
    outputs.push_back(OutputOfStage(units, schedule, last));
  }
  return outputs;
}

Peak FindPeak(const UnitGraph& units, const Schedule& schedule) {
  const BusiestStep busiest = FindBusiestStep(schedule.memory);
  Peak peak{.bytes = busiest.bytes};
  const std::vector<int64_t> live = LiveBytesAt(schedule.memory, busiest.step);
  for (size_t b = 0; b < live.size(); ++b) {
    if (live[b] == 0) continue;
    peak.buffers.push_back({schedule.memory.buffers[b].name, live[b]});
  }
  std::stable_sort(peak.buffers.begin(), peak.buffers.end(),
                   [](const LiveBuffer& a, const LiveBuffer& b) {
                     return a.bytes > b.bytes;
                   });
  int64_t step = busiest.step;
  for (const BlockPlan& block : schedule.plan.blocks) {
    const BlockTrace trace = TraceBlock(units, block);
    if (step < trace.steps) {
      peak.stage = trace.order[static_cast<size_t>(step)];
      const StagePlan& stage = block.stages[static_cast<size_t>(peak.stage)];
      peak.node = units.unit(stage.last_unit - 1).node;
      return peak;
    }
    step -= trace.steps;
    ++peak.block;
  }
  return peak;
}

Explanation Explain(const ModelFront& front, size_t point) {
  const Schedule& schedule = front.points[point];
  Explanation explanation{.peak = FindPeak(front.units, schedule)};
  if (point > 0) {
    explanation.smaller =
        Compare(front.units, schedule, front.points[point - 1]);
  }
  if (point + 1 < front.points.size()) {
    explanation.cheaper =
        Compare(front.units, schedule, front.points[point + 1]);
  }
  return explanation;
}

}  // namespace msf
