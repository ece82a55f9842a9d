// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Where the tiles, rings and sums of a patch are in its scratch and state.
#pragma once

#include "plan/patch.h"
#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

// Sets the offsets of the patch and of its units, and the bytes of its form.
// `patch` knows rows and columns of every tile; one as wide as its ring becomes
// part of it. False if a view of the runtime cannot hold a tile.
bool LayOut(const UnitGraph& graph, const StagePlan& stage, Patch& patch);

}  // namespace msf
