// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/random_plan.h"

#include <gtest/gtest.h>

#include "plan/stage.h"

#include <cstdlib>

namespace msf {

Plan RandomPlan(const UnitGraph& units, Dice& dice) {
  Plan plan{.input_mode = units.input_mode, .blocks = {}};
  const auto count = static_cast<int32_t>(units.units.size());
  const int32_t cut_one_in = dice.Int(1, 8);
  for (int32_t u = 0; u < count; ++u) {
    if (u == 0 || dice.OneIn(cut_one_in)) {
      plan.blocks.push_back({.first_unit = u, .last_unit = u, .stages = {}});
    }
    BlockPlan& block = plan.blocks.back();
    ++block.last_unit;
    const auto forms = static_cast<int32_t>(units.unit(u).forms.size());
    block.stages.push_back(SingleStage(u, dice.Int(0, forms - 1)));
  }
  return plan;
}

namespace {

// "-7(2x4,keeps 01)": units up to 7, 2 rows and 4 columns at a time, rows of
// the second inner tensor kept.
std::string PatchText(const StagePlan& stage) {
  std::string text = "-" + std::to_string(stage.last_unit - 1) + "(" +
                     std::to_string(stage.patch_rows) + "x" +
                     std::to_string(stage.patch_cols);
  if (stage.channel_tile > 0) {
    text += ",tile " + std::to_string(stage.channel_tile);
  }
  text += ",keeps ";
  for (const bool keeps : stage.keeps_rows) text += keeps ? "1" : "0";
  return text + ")";
}

}  // namespace

std::string ToString(const Plan& plan) {
  std::string text = ToString(plan.input_mode);
  for (const BlockPlan& block : plan.blocks) {
    text += " [";
    for (const StagePlan& stage : block.stages) {
      if (stage.first_unit > block.first_unit) text += " ";
      text += std::to_string(stage.first_unit);
      if (stage.IsPatch()) text += PatchText(stage);
      if (stage.form > 0) text += ":" + std::to_string(stage.form);
    }
    text += "]";
  }
  return text;
}

void ForSeeds(uint32_t count, const std::function<void(uint32_t seed)>& test) {
  uint32_t first = 1;
  uint32_t last = count;
  if (const char* seeds = std::getenv("MSF_SEEDS")) {
    last = static_cast<uint32_t>(std::strtoul(seeds, nullptr, 10));
  }
  if (const char* seed = std::getenv("MSF_SEED")) {
    first = last = static_cast<uint32_t>(std::strtoul(seed, nullptr, 10));
  }
  for (uint32_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("again with MSF_SEED=" + std::to_string(seed));
    test(seed);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace msf
