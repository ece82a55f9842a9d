// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// A patch along y: the rows of each unit's output that a band makes.
#pragma once

#include "plan/patch.h"
#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

// Sets the steps and needs of the patch's form, and of each unit the rows that
// are made, kept and in the tile, and the kernel rows of its taps. `patch` has
// its units and inputs. False if readers of one tensor do not go on at the same
// pace, or a band needs rows that no band has made.
bool SetBands(const UnitGraph& graph, const StagePlan& stage, Patch& patch);

}  // namespace msf
