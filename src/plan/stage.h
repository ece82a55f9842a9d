// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// A stage of a block as the rest of the planner sees it, whether it runs one
// unit or a patch of several.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

struct Stage {
  int32_t first_unit = 0;
  int32_t last_unit = 0;
  std::vector<TensorId> reads;
  TensorId output = kNoTensor;
  StageForm form;
};

// Requires that MakePatch accepts a stage of several units.
Stage StageOf(const UnitGraph& graph, const StagePlan& stage);

std::vector<Stage> StagesOf(const UnitGraph& graph, const BlockPlan& block);

// A stage of one unit.
StagePlan SingleStage(int32_t unit, int32_t form = 0);

// A block whose units run one by one in the given forms (all 0 if empty).
BlockPlan SingleStages(int32_t first_unit, int32_t last_unit,
                       const std::vector<int32_t>& forms = {});

}  // namespace msf
