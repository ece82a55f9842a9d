// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Every block worth having for a run of units, by label-setting over its
// stages. Labels only say which blocks are worth it: each of them is simulated.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "plan/block_label.h"
#include "plan/demand.h"
#include "support/watch.h"

namespace msf {

struct BlockOption {
  BlockPlan plan;
  Work work;
  int64_t bytes = 0;         // that live at its busiest step, at least
  bool is_measured = false;  // bytes as the caller of FrontSearch measures them
};

// Named switches of the search. Those of the first group may be off without a
// change of the front, only of the time. So may those of the second group as
// long as no cut has more labels than they say.
struct Pruning {
  bool stage_dominance = true;  // drop stages that another beats throughout
  bool ram_bound = true;        // drop what needs more RAM than is of use
  bool rest_bound = true;       // drop labels that cannot beat a block which
                                // ends earlier, whatever follows

  bool label_dominance = true;  // drop labels that another seems to beat
  size_t few_labels = 100;      // of a cut: no such comparison among so few
  size_t most_labels = 400;     // of a cut that are gone on with; 0: any number
  size_t spare_options = 8;     // blocks that are kept beside a better one, in
                                // case it cannot be laid out so well
};

// A plan of the units [u, n).
struct RestPoint {
  int64_t bytes = 0;
  Work work;
};

// What a search for blocks knows beforehand. Plans of at most `floor` bytes
// count as equally small.
struct BlockLimits {
  int64_t floor = 0;
  int64_t bound = INT64_MAX / 4;
  bool one_stage = false;  // blocks of one stage besides feeds
  double epsilon = 0;      // see FrontOptions
  const Watch* watch = nullptr;  // none: nobody
};

class BlockSpace {
 public:
  // `graph` must outlive the space.
  BlockSpace(const UnitGraph& graph, StageSpace stages, Pruning pruning);

  // The options of blocks that begin at `first`, by last unit - first - 1.
  // rest[u]: the front of the units [u, n), known for u > first; computed for
  // `first`, from the least bytes on. rest[n] is {{0, {}}}.
  std::vector<std::vector<BlockOption>> From(
      int32_t first, const BlockLimits& limits,
      std::vector<std::vector<RestPoint>>& rest);

  const std::vector<StageOption>& Options(int32_t first, int32_t last);

  // Where cost decides: finds the options of all stages, which takes long.
  // Else nothing; From would do it too, unwatched.
  void FindCosts(const Watch& watch);

  // Cost that no plan of the units [first, n) undercuts. 0 where MACs decide.
  int64_t LeastCost(int32_t first);

 private:
  const UnitGraph& graph_;
  StageSpace stages_;
  Pruning pruning_;
  std::map<std::pair<int32_t, int32_t>, std::vector<StageOption>> options_;
  Demand demand_;
  std::vector<int64_t> least_cost_;  // by first unit; found when asked for
};

// Bytes that live at the block's busiest step, by simulation.
int64_t LiveBytes(const UnitGraph& graph, const BlockPlan& block);

// Drops options that more than `spare` others equal or beat in bytes and work,
// or one that was measured; sorted by bytes, then work. Each plan once.
void KeepBest(size_t spare, std::vector<BlockOption>& options);

}  // namespace msf
