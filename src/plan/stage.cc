// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/stage.h"

#include "plan/patch.h"
#include "support/check.h"

namespace msf {

Stage StageOf(const UnitGraph& graph, const StagePlan& stage) {
  if (stage.IsPatch()) {
    std::optional<Patch> patch = MakePatch(graph, stage);
    MSF_CHECK(patch.has_value());
    return {stage.first_unit, stage.last_unit, std::move(patch->inputs),
            patch->output, std::move(patch->form)};
  }
  const Unit& unit = graph.unit(stage.first_unit);
  return {stage.first_unit, stage.last_unit, unit.reads, unit.output,
          unit.forms[static_cast<size_t>(stage.form)]};
}

std::vector<Stage> StagesOf(const UnitGraph& graph, const BlockPlan& block) {
  std::vector<Stage> stages;
  for (const StagePlan& stage : block.stages) {
    stages.push_back(StageOf(graph, stage));
  }
  return stages;
}

StagePlan SingleStage(int32_t unit, int32_t form) {
  return {.first_unit = unit,
          .last_unit = unit + 1,
          .form = form,
          .keeps_rows = {}};
}

BlockPlan SingleStages(int32_t first_unit, int32_t last_unit,
                       const std::vector<int32_t>& forms) {
  BlockPlan block{
      .first_unit = first_unit, .last_unit = last_unit, .stages = {}};
  for (int32_t u = first_unit; u < last_unit; ++u) {
    const auto s = static_cast<size_t>(u - first_unit);
    block.stages.push_back(SingleStage(u, forms.empty() ? 0 : forms[s]));
  }
  return block;
}

}  // namespace msf
