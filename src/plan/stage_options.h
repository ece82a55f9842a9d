// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Every stage worth having for a run of units: a single unit in each of its
// forms, or a patch in each size.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <vector>

#include "plan/patch.h"
#include "plan/plan.h"
#include "plan/stage.h"
#include "plan/unit_graph.h"

namespace msf {

// Work of a plan: what a target makes of it, if that is known, else MACs.
// Kernel calls only decide between plans that are equal in both.
struct Work {
  int64_t macs = 0;
  int64_t calls = 0;
  int64_t cost = 0;  // by StageSpace::cost; 0 without it
  Work operator+(const Work& other) const {
    return {macs + other.macs, calls + other.calls, cost + other.cost};
  }
  std::strong_ordering operator<=>(const Work& other) const {
    if (cost != other.cost) return cost <=> other.cost;
    if (macs != other.macs) return macs <=> other.macs;
    return calls <=> other.calls;
  }
  bool operator==(const Work&) const = default;
};

// Cycles or instructions of all steps of a stage, in any unit. `patch` is null
// for a single unit.
using StageCost = std::function<int64_t(
    const StagePlan& plan, const StageForm& form, const Patch* patch)>;

struct StageOption {
  StagePlan plan;
  Stage stage;
  Work work;
};

struct StageSpace {
  bool patches = true;        // else single units only
  int32_t max_units = 10;        // of a patch
  int32_t max_strip_units = 20;  // of one that goes down strips
  bool all_sizes = false;     // patch_rows and patch_cols 1, 2, 3, ...
  bool drop_dominated = true; // options that another one beats in all respects
  bool keeps_rows = true;     // rows of inner tensors may be kept
  bool channel_tiles = true;  // not where keeps_rows is false
  bool strips = true;         // likewise
  bool taps = true;           // likewise: outputs made tap by tap
  bool ones_only = false;     // patches of 1 x 1, nothing kept (msf-CNN)
  StageCost cost;             // what Work::cost is; null: MACs decide
};

// Of a stage that exists.
Work WorkOf(const UnitGraph& graph, const StagePlan& plan,
            const StageCost& cost);
Work WorkOf(const UnitGraph& graph, const BlockPlan& block,
            const StageCost& cost);

// The most units that a stage may have.
int32_t LongestStage(const StageSpace& space);

// Options of a stage of the units [first, last); empty if none exists.
std::vector<StageOption> StageOptions(const UnitGraph& graph, int32_t first,
                                      int32_t last, const StageSpace& space);

}  // namespace msf
