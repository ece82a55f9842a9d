// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/patch_plan.h"

#include <gtest/gtest.h>

#include "plan/patch.h"
#include "plan/stage.h"

namespace msf {
namespace {

// In tiles of channels unless `channel_tile` is 0.
StagePlan LongestPatch(const UnitGraph& units, int32_t channel_tile) {
  const auto count = static_cast<int32_t>(units.units.size());
  for (int32_t length = count; length > 1; --length) {
    for (int32_t first = 0; first + length <= count; ++first) {
      StagePlan stage{.first_unit = first,
                      .last_unit = first + length,
                      .patch_rows = 2,
                      .patch_cols = 3,
                      .keeps_rows = {},
                      .channel_tile = channel_tile};
      for (int32_t i = 0; i + 1 < length; ++i) {
        stage.keeps_rows.push_back(channel_tile == 0 && i % 2 == 0);
      }
      if (MakePatch(units, stage)) return stage;
    }
  }
  ADD_FAILURE() << "nothing can be fused";
  return SingleStage(0);
}

}  // namespace

Plan PlanWithPatch(const UnitGraph& units, const StagePlan& patch) {
  const auto count = static_cast<int32_t>(units.units.size());
  BlockPlan block{.first_unit = 0, .last_unit = count, .stages = {}};
  for (int32_t u = 0; u < count; ++u) {
    if (u == patch.first_unit) block.stages.push_back(patch);
    if (u < patch.first_unit || u >= patch.last_unit) {
      block.stages.push_back(SingleStage(u));
    }
  }
  return {.input_mode = units.input_mode, .blocks = {block}};
}

Plan PlanWithLongestPatch(const UnitGraph& units) {
  return PlanWithPatch(units, LongestPatch(units, 0));
}

Plan PlanWithChannelTiles(const UnitGraph& units) {
  return PlanWithPatch(units, LongestPatch(units, 3));
}

}  // namespace msf
