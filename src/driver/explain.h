// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Why a plan needs the RAM that it needs, and what the plans next to it on the
// front would change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "driver/planner.h"

namespace msf {

// How much of a node's output exists at once.
enum class Extent {
  kWhole,       // all of its rows
  kLineBuffer,  // some rows, so that none is made twice
  kTile,        // a part of some rows, which no later step of the patch needs
  kRecomputed,  // likewise, and rows that later steps need are made again
  kTaps,        // nothing: the next node makes what each of its windows reads
};
const char* ToString(Extent extent);  // "line buffer"

struct NodeOutput {
  NodeId node = -1;
  Extent extent = Extent::kWhole;
  int32_t rows = 0;       // of the tensor
  int32_t rows_kept = 0;  // of a whole tensor or a line buffer
  int64_t rows_made = 0;  // more than `rows`: some are made again
  int64_t macs = 0;       // of the rows made
};

// The outputs of each stage's nodes, in order; none of a feed.
std::vector<std::vector<NodeOutput>> OutputsOf(const UnitGraph& units,
                                               const BlockPlan& block);

// Of all nodes, in the file's order.
std::vector<NodeOutput> OutputsOf(const UnitGraph& units, const Plan& plan);

struct LiveBuffer {
  std::string name;
  int64_t bytes = 0;  // that live: rows of a whole tensor come and go
};

// The step at which the most bytes live.
struct Peak {
  int32_t block = 0;  // of the plan
  int32_t stage = 0;  // of the block; -1: before it, a tensor moves
  NodeId node = -1;   // that runs then, of a patch the last; -1: a feed. Or
                      // the one whose output moves
  int64_t bytes = 0;
  std::vector<LiveBuffer> buffers;  // largest first
};
Peak FindPeak(const UnitGraph& units, const Schedule& schedule);

// Neighbouring nodes whose outputs another plan treats alike.
struct Change {
  NodeOutput from;
  NodeOutput to;  // rows and MACs are sums over the nodes; `node` is the first
  NodeId last_node = -1;
};

// What another plan of the front needs, compared with the one at hand.
struct OtherPlan {
  int64_t more_bytes = 0;  // negative: fewer
  int64_t more_macs = 0;   // likewise
  int64_t arena_bytes = 0;
  double overhead_factor = 1.0;
  std::vector<Change> changes;  // those of the most MACs first
};

struct Explanation {
  Peak peak;
  std::optional<OtherPlan> smaller;  // the next with less RAM
  std::optional<OtherPlan> cheaper;  // the next with fewer MACs
};
Explanation Explain(const PlannedModel& model);

}  // namespace msf
