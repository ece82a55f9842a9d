// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/random_plan.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <vector>

#include "plan/patch.h"
#include "plan/stage.h"

namespace msf {
namespace {

StagePlan RandomSingle(const UnitGraph& units, int32_t unit, Dice& dice) {
  const auto forms = static_cast<int32_t>(units.unit(unit).forms.size());
  return SingleStage(unit, dice.Int(0, forms - 1));
}

// A patch of the units [first, last), in channel tiles where that is possible;
// nothing if MakePatch refuses it.
std::optional<StagePlan> RandomPatch(const UnitGraph& units, int32_t first,
                                     int32_t last, Dice& dice) {
  const UnitTensor& output = units.tensor(units.unit(last - 1).output);
  const UnitTensor& inner = units.tensor(units.unit(first).output);
  const auto count = static_cast<size_t>(last - first - 1);
  StagePlan patch{
      .first_unit = first,
      .last_unit = last,
      .patch_rows = dice.Int(1, output.rows),
      .patch_cols = dice.Int(1, output.columns),
      .strip_cols = dice.OneIn(2) ? dice.Int(1, output.columns) : 0,
      .keeps_rows = std::vector<bool>(count, false),
      .by_taps = dice.OneIn(2)};
  if (patch.by_taps && MakePatch(units, patch)) return patch;
  patch.by_taps = false;
  patch.channel_tile = dice.Int(1, static_cast<int32_t>(inner.pixel_bytes()));
  patch.collects = dice.OneIn(2);
  if (MakePatch(units, patch)) return patch;
  patch.collects = false;
  if (MakePatch(units, patch)) return patch;
  patch.channel_tile = 0;
  patch.by_taps = dice.OneIn(2);
  for (size_t i = 0; i < count; ++i) patch.keeps_rows[i] = dice.OneIn(2);
  patch.strip_cols = dice.OneIn(2) ? dice.Int(1, output.columns) : 0;
  if (MakePatch(units, patch)) return patch;
  patch.strip_cols = 0;
  if (MakePatch(units, patch)) return patch;
  patch.by_taps = false;
  if (MakePatch(units, patch)) return patch;
  return std::nullopt;
}

// A stage that begins with `unit`.
StagePlan RandomStage(const UnitGraph& units, int32_t unit, Dice& dice) {
  const auto count = static_cast<int32_t>(units.units.size());
  for (int32_t tries = dice.Int(0, 3); tries > 0; --tries) {
    const int32_t last = unit + dice.Int(2, 5);
    if (last > count) continue;
    if (const auto patch = RandomPatch(units, unit, last, dice)) return *patch;
  }
  return RandomSingle(units, unit, dice);
}

template <typename MakeStage>
Plan RandomlyCut(const UnitGraph& units, Dice& dice, MakeStage make_stage) {
  Plan plan{.input_mode = units.input_mode, .blocks = {}};
  const auto count = static_cast<int32_t>(units.units.size());
  const int32_t cut_one_in = dice.Int(1, 8);
  for (int32_t u = 0; u < count; u = plan.blocks.back().last_unit) {
    if (u == 0 || dice.OneIn(cut_one_in)) {
      plan.blocks.push_back({.first_unit = u, .last_unit = u, .stages = {}});
    }
    BlockPlan& block = plan.blocks.back();
    block.stages.push_back(make_stage(units, u, dice));
    block.last_unit = block.stages.back().last_unit;
  }
  return plan;
}

// "-7(2x4,keeps 01)": units up to 7, 2 rows and 4 columns at a time, rows of
// the second inner tensor kept.
std::string PatchText(const StagePlan& stage) {
  std::string text = "-" + std::to_string(stage.last_unit - 1) + "(" +
                     std::to_string(stage.patch_rows) + "x" +
                     std::to_string(stage.patch_cols);
  if (stage.channel_tile > 0) {
    text += stage.collects ? ",collected tile " : ",tile ";
    text += std::to_string(stage.channel_tile);
  }
  if (stage.strip_cols > 0) {
    text += ",strip " + std::to_string(stage.strip_cols);
  }
  if (stage.by_taps) text += ",by taps";
  text += ",keeps ";
  for (const bool keeps : stage.keeps_rows) text += keeps ? "1" : "0";
  return text + ")";
}

}  // namespace

Plan RandomSinglesPlan(const UnitGraph& units, Dice& dice) {
  return RandomlyCut(units, dice, RandomSingle);
}

Plan RandomPlan(const UnitGraph& units, Dice& dice) {
  return RandomlyCut(units, dice, RandomStage);
}

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
