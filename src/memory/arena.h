// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "memory/allocator.h"
#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

// Bytes of the arena in which the plan is laid out.
int64_t ArenaBytes(const UnitGraph& graph, const Plan& plan,
                   const AllocatorOptions& options = {});

// Bytes of the arena of this block by itself.
int64_t BlockArenaBytes(const UnitGraph& graph, const BlockPlan& block,
                        const AllocatorOptions& options = {});

// Adds the moves without which the plan would need more bytes than its
// largest block by itself, and as few of them as a search by halves finds.
// Returns the arena's bytes.
int64_t AddMoves(const UnitGraph& graph, Plan& plan);

}  // namespace msf
