// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cost/cost_model.h"
#include "plan/stage_options.h"

namespace msf {

// What the stages of a network cost on a target, for the search: kernels and
// patches exactly, the machine by what a step takes on average. Graph and units
// must outlive it.
StageCost MakeStageCost(const Graph& graph, const UnitGraph& units,
                        const CostModel& model);

}  // namespace msf
