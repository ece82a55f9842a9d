// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>

#include "memory/allocator.h"
#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

// Bytes of the arena in which the plan is laid out.
int64_t ArenaBytes(const UnitGraph& graph, const Plan& plan,
                   const AllocatorOptions& options = {});

// What blocks need by themselves, each laid out once.
class BlockArenas {
 public:
  // `graph` must outlive it.
  explicit BlockArenas(const UnitGraph& graph) : graph_(graph) {}

  const UnitGraph& graph() const { return graph_; }

  // Bytes of the arena of this block by itself, without its moves.
  int64_t Bytes(const BlockPlan& block);

 private:
  const UnitGraph& graph_;
  std::map<BlockPlan, int64_t> known_;
};

// Adds the moves without which the plan would need more bytes than its
// largest block by itself, and as few of them as a search by halves finds.
// Returns the arena's bytes.
int64_t AddMoves(BlockArenas& arenas, Plan& plan);

}  // namespace msf
