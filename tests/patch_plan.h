// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

// One block, in which the units of `patch` are one stage and the others run
// one by one.
Plan PlanWithPatch(const UnitGraph& units, const StagePlan& patch);

// The same with a patch of as many units as possible. Every second inner
// tensor keeps its rows. Fails the test if no two units can be fused.
Plan PlanWithLongestPatch(const UnitGraph& units);

// The same with the longest patch that can make three channels at once.
Plan PlanWithChannelTiles(const UnitGraph& units);

}  // namespace msf
