// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/arena.h"

#include <algorithm>
#include <string>
#include <vector>

#include "memory/lifespans.h"
#include "plan/block.h"

namespace msf {
namespace {

// Whole tensors in the arena when the block begins, made by earlier blocks.
std::vector<TensorId> Movable(const UnitGraph& graph, const BlockPlan& block) {
  std::vector<TensorId> result;
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const int32_t producer = graph.tensors[i].producer;
    const auto id = static_cast<TensorId>(i);
    // What feeds make stays where rows arrive.
    if (IsThereBefore(graph, id, block.first_unit) && producer >= 0 &&
        !graph.unit(producer).IsFeed() &&
        LivesBeyond(graph, id, block.first_unit)) {
      result.push_back(id);
    }
  }
  return result;
}

std::vector<BlockTrace> Traces(const UnitGraph& graph, const Plan& plan) {
  std::vector<BlockTrace> traces;
  for (const BlockPlan& block : plan.blocks) {
    traces.push_back(TraceBlock(graph, block));
  }
  return traces;
}

int64_t ArenaBytes(const UnitGraph& graph, const Plan& plan,
                   const std::vector<BlockTrace>& traces,
                   const AllocatorOptions& options) {
  const std::vector<std::string> names(graph.tensors.size());
  const PlanBuffers buffers = CollectBuffers(graph, plan, traces, names);
  return Allocate(buffers.problem, options).arena_bytes;
}

class MoveSaver {
 public:
  // `traces` are those of the plan's blocks, which moves do not change.
  MoveSaver(const UnitGraph& graph, Plan& plan,
            const std::vector<BlockTrace>& traces, int64_t bytes)
      : graph_(graph), plan_(plan), traces_(traces), bytes_(bytes) {
    layout_.enough = bytes;
  }

  // Drops moves before the blocks [first, last) where that costs nothing.
  void Save(size_t first, size_t last) {
    std::vector<std::vector<TensorId>> saved;
    bool any = false;
    for (size_t b = first; b < last; ++b) {
      any |= !plan_.blocks[b].moves.empty();
      saved.push_back(std::move(plan_.blocks[b].moves));
      plan_.blocks[b].moves.clear();
    }
    if (!any || ArenaBytes(graph_, plan_, traces_, layout_) <= bytes_) return;
    for (size_t b = first; b < last; ++b) {
      plan_.blocks[b].moves = std::move(saved[b - first]);
    }
    if (last - first > 1) SaveInHalves(first, last);
  }

  // The same where it is known that not all of them can be dropped.
  void SaveInHalves(size_t first, size_t last) {
    const size_t middle = first + (last - first) / 2;
    Save(middle, last);
    Save(first, middle);
  }

 private:
  const UnitGraph& graph_;
  Plan& plan_;
  const std::vector<BlockTrace>& traces_;
  int64_t bytes_;
  AllocatorOptions layout_ = kQuickLayout;
};

}  // namespace

int64_t ArenaBytes(const UnitGraph& graph, const Plan& plan,
                   const AllocatorOptions& options) {
  return ArenaBytes(graph, plan, Traces(graph, plan), options);
}

int64_t BlockArenas::Bytes(const BlockPlan& block) {
  Plan alone{.input_mode = graph_.input_mode, .blocks = {block}};
  alone.blocks[0].moves.clear();
  const auto [at, is_new] = known_.try_emplace(alone.blocks[0], 0);
  if (is_new) at->second = ArenaBytes(graph_, alone, kQuickLayout);
  return at->second;
}

int64_t AddMoves(BlockArenas& arenas, Plan& plan) {
  const UnitGraph& graph = arenas.graph();
  int64_t least = 0;
  for (BlockPlan& block : plan.blocks) {
    block.moves.clear();
    least = std::max(least, arenas.Bytes(block));
  }
  const std::vector<BlockTrace> traces = Traces(graph, plan);
  const int64_t without = ArenaBytes(graph, plan, traces, kQuickLayout);
  if (without <= least) return without;
  Plan moving = plan;
  for (BlockPlan& block : moving.blocks) block.moves = Movable(graph, block);
  const int64_t bytes = ArenaBytes(graph, moving, traces, kQuickLayout);
  if (bytes >= without) return without;
  MoveSaver(graph, moving, traces, bytes)
      .SaveInHalves(0, moving.blocks.size());
  plan = std::move(moving);
  return bytes;
}

}  // namespace msf
