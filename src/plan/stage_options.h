// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Every stage worth having for a run of units: a single unit in each of its
// forms, or a patch in each size.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.h"
#include "plan/stage.h"
#include "plan/unit_graph.h"

namespace msf {

// Work of a plan. Kernel calls only decide between plans of equal MACs.
struct Work {
  int64_t macs = 0;
  int64_t calls = 0;
  Work operator+(const Work& other) const {
    return {macs + other.macs, calls + other.calls};
  }
  auto operator<=>(const Work&) const = default;
};

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
  bool ones_only = false;     // patches of 1 x 1, nothing kept (msf-CNN)
};

// The most units that a stage may have.
int32_t LongestStage(const StageSpace& space);

// Options of a stage of the units [first, last); empty if none exists.
std::vector<StageOption> StageOptions(const UnitGraph& graph, int32_t first,
                                      int32_t last, const StageSpace& space);

}  // namespace msf
