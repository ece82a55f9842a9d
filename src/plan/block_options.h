// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Every block worth having for a run of units, by label-setting over its
// stages: a label carries line buffers and state so far, the largest scratch,
// and the work.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "plan/stage_options.h"

namespace msf {

// Where the bytes of a block come from.
enum class BytesSource {
  kEstimated,  // of a label
  kLiving,     // at the busiest step of a simulation
  kMeasured,   // as the caller of FrontSearch::Front measures them
};

struct BlockOption {
  BlockPlan plan;
  Work work;
  int64_t bytes = 0;
  BytesSource source = BytesSource::kEstimated;
};

// Named switches of the search. Each may be off without a change of the
// front, only of the time.
struct Pruning {
  bool stage_dominance = true;  // drop stages that another beats throughout
  bool label_dominance = true;  // drop labels that another beats
  bool ram_bound = true;        // drop what needs more RAM than is of use
  bool rest_bound = true;       // drop labels that cannot beat a block which
                                // ends earlier, whatever follows
};

// A plan of the units [u, n) by the estimates.
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

  // All options of one block, each simulated, if there are at most `most`;
  // else nothing. Exact.
  std::vector<BlockOption> Exhaustive(int32_t first, int32_t last,
                                      bool one_stage, size_t most);

  const std::vector<StageOption>& Options(int32_t first, int32_t last);

 private:
  const UnitGraph& graph_;
  StageSpace stages_;
  Pruning pruning_;
  std::map<std::pair<int32_t, int32_t>, std::vector<StageOption>> options_;
  std::vector<int64_t> plain_macs_;  // of the units [u, n)
};

// Bytes that live at the block's busiest step, by simulation.
int64_t LiveBytes(const UnitGraph& graph, const BlockPlan& block);

// Keeps what no other option beats in bytes and work; sorted by bytes.
void KeepFront(std::vector<BlockOption>& options);

}  // namespace msf
