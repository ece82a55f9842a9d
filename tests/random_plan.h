// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "plan/plan.h"
#include "plan/unit_graph.h"
#include "tests/graph_maker.h"

namespace msf {

// Any legal plan of single units: random cuts, for each unit a random form.
Plan RandomSinglesPlan(const UnitGraph& units, Dice& dice);

// Any legal plan: also patches of any size, with rows kept or channel tiles.
Plan RandomPlan(const UnitGraph& units, Dice& dice);

std::string ToString(const Plan& plan);  // "streamed [0 1:1 2] [3]"

// Seeds 1 .. $MSF_SEEDS (`count` if unset); $MSF_SEED alone if that is set.
// Calls `test` until one fails.
void ForSeeds(uint32_t count, const std::function<void(uint32_t seed)>& test);

}  // namespace msf
