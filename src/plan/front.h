// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The Pareto front of plans: RAM against work.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "plan/block_options.h"
#include "plan/solver.h"
#include "support/watch.h"

namespace msf {

struct FrontPoint {
  Plan plan;
  Work work;
  int64_t peak_bytes = 0;  // of the largest block
};

struct FrontOptions {
  Method method = Method::kFull;
  Pruning pruning;
  StageSpace stages;
  // Bytes that are no use: a plan that recomputes nothing needs no more.
  int64_t bound = INT64_MAX / 4;
  // A front within this factor is enough: for each plan of the space there is
  // one that needs at most (1 + epsilon) times the bytes that live under it,
  // and does no more work.
  double epsilon = 0;
  Watch watch;
};

using Measure = std::function<int64_t(const BlockPlan&)>;

// Every plan that no other one of the method's space beats in both, from the
// least RAM on.
class FrontSearch {
 public:
  // Searches. `graph` must outlive it. What has been cancelled has found some
  // plans, or none.
  FrontSearch(const UnitGraph& graph, FrontOptions options);

  // A block's bytes are what lives at its busiest step, or what `measure`
  // says, which is never less: blocks are measured where they are on the front
  // by what is known of them, until all on it are. Those stay measured.
  std::vector<FrontPoint> Front(const Measure& measure = {});

  // Lets the blocks of a plan take part, whatever the labels found.
  void Add(const Plan& plan);

 private:
  struct Label;

  FrontPoint PointOf(const std::vector<std::vector<Label>>& labels,
                     size_t last);
  bool MeasureBlocks(const FrontPoint& point, const Measure& measure);
  void KeepBestOf(int32_t first, int32_t last);
  void CollectOptions();
  void AddOptions(BlockSpace& space, int32_t first, const BlockLimits& limits,
                  std::vector<std::vector<RestPoint>>& rest);
  std::vector<Label> Labels(int32_t end,
                            const std::vector<std::vector<Label>>& before);
  std::vector<std::vector<Label>> AllLabels();
  size_t Index(int32_t first, int32_t last) const {
    return static_cast<size_t>(first) * static_cast<size_t>(count_) +
           static_cast<size_t>(last - 1);
  }

  const UnitGraph& graph_;
  FrontOptions options_;
  int32_t count_;
  int64_t start_bytes_ = 0;  // resident inputs, before the first step
  std::vector<std::vector<BlockOption>> blocks_;  // by Index
  // Of those, the ones that no other beats, from the fewest bytes on.
  std::vector<std::vector<int32_t>> best_;
};

}  // namespace msf
