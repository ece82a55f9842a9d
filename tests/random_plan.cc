// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/random_plan.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace msf {

Plan RandomPlan(const UnitGraph& units, Dice& dice) {
  Plan plan{.input_mode = units.input_mode, .blocks = {}};
  const auto count = static_cast<int32_t>(units.units.size());
  const int32_t cut_one_in = dice.Int(1, 8);
  for (int32_t u = 0; u < count; ++u) {
    if (u == 0 || dice.OneIn(cut_one_in)) {
      plan.blocks.push_back({.first_unit = u, .last_unit = u, .forms = {}});
    }
    BlockPlan& block = plan.blocks.back();
    ++block.last_unit;
    const auto forms = static_cast<int32_t>(units.unit(u).forms.size());
    block.forms.push_back(dice.Int(0, forms - 1));
  }
  return plan;
}

std::string ToString(const Plan& plan) {
  std::string text = ToString(plan.input_mode);
  for (const BlockPlan& block : plan.blocks) {
    text += " [";
    for (int32_t u = block.first_unit; u < block.last_unit; ++u) {
      if (u > block.first_unit) text += " ";
      text += std::to_string(u);
      const int32_t form =
          block.forms[static_cast<size_t>(u - block.first_unit)];
      if (form > 0) text += ":" + std::to_string(form);
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
