// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Every plan that a small network has, patches included: what FrontSearch is
// compared with. Shares no code with it but the simulation of a block.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <tuple>
#include <utility>
#include <vector>

#include "plan/block_lives.h"
#include "plan/patch.h"
#include "plan/plan.h"
#include "plan/stage.h"
#include "plan/stage_options.h"
#include "plan/unit_graph.h"

namespace msf {

inline constexpr Method kMethods[] = {Method::kFull,     Method::kLineBuffer,
                                      Method::kPlain,    Method::kMsfCnn,
                                      Method::kMcunetV2, Method::kStreamNet};

struct Cost {
  int64_t bytes = 0;
  int64_t macs = 0;
  auto operator<=>(const Cost&) const = default;
};

inline void PrintTo(const Cost& cost, std::ostream* out) {
  *out << cost.bytes << " bytes " << cost.macs << " MACs";
}

using Costs = std::vector<Cost>;

// What no other cost beats, from the fewest bytes on.
inline Costs FrontOf(Costs all) {
  std::sort(all.begin(), all.end());
  Costs front;
  for (const Cost& cost : all) {
    if (front.empty() || cost.macs < front.back().macs) front.push_back(cost);
  }
  return front;
}

// Where a patch at the head begins: behind units that cannot be in one, feeds
// of its own first unit aside.
inline int32_t HeadUnit(const UnitGraph& graph) {
  const auto count = static_cast<int32_t>(graph.units.size());
  for (int32_t u = 0; u < count; ++u) {
    for (int32_t last = u + 2; last <= count; ++last) {
      StagePlan patch{.first_unit = u, .last_unit = last, .keeps_rows = {}};
      patch.keeps_rows.assign(static_cast<size_t>(last - u - 1), false);
      if (!MakePatch(graph, patch)) continue;
      while (u > 0 && graph.unit(u - 1).IsFeed()) --u;
      return u;
    }
  }
  return 0;
}

// Whether the method may use the block. `head` is the graph's HeadUnit.
inline bool IsLegal(Method method, const UnitGraph& graph, int32_t head,
                    const BlockPlan& block) {
  bool has_patches = false;
  bool ones = true;     // patches of 1 x 1
  bool forgets = true;  // patches keep no rows and make all channels at once
  int32_t stages = 0;   // feeds aside
  for (const StagePlan& stage : block.stages) {
    stages += !graph.unit(stage.first_unit).IsFeed();
    if (!stage.IsPatch()) continue;
    has_patches = true;
    ones &= stage.patch_rows == 1 && stage.patch_cols == 1;
    forgets &=
        stage.channel_tile == 0 && stage.strip_cols == 0 && !stage.by_taps &&
        std::count(stage.keeps_rows.begin(), stage.keeps_rows.end(), true) == 0;
  }
  switch (method) {
    case Method::kFull:
      return true;
    case Method::kLineBuffer:
      return !has_patches;
    case Method::kPlain:
      return !has_patches && stages <= 1;
    case Method::kMsfCnn:
      return stages <= 1 && ones && forgets;
    case Method::kMcunetV2:
      return stages <= 1 && forgets &&
             (!has_patches || block.first_unit == head);
    case Method::kStreamNet:
      return !has_patches && (stages <= 1 || block.first_unit == 0);
  }
  return false;
}

// Every partition into blocks, of every block every partition into stages, of
// every stage every form or patch; each block simulated.
class AllPlans {
 public:
  // `all_sizes`: patches of any size, else those of StageSpace.
  AllPlans(const UnitGraph& graph, bool all_sizes)
      : graph_(graph),
        all_sizes_(all_sizes),
        count_(static_cast<int32_t>(graph.units.size())),
        head_(HeadUnit(graph)) {
    for (int32_t first = 0; first < count_; ++first) {
      for (int32_t last = first + 1; last <= count_; ++last) {
        stages_[{first, last}] = StagesFor(first, last);
      }
    }
  }

  // Blocks that Simulate would simulate.
  int64_t CountBlocks() const {
    int64_t sum = 0;
    for (int32_t first = 0; first < count_; ++first) {
      std::vector<int64_t> ways(static_cast<size_t>(count_) + 1, 0);
      ways[static_cast<size_t>(first)] = 1;
      for (int32_t last = first + 1; last <= count_; ++last) {
        for (int32_t u = first; u < last; ++u) {
          ways[static_cast<size_t>(last)] +=
              ways[static_cast<size_t>(u)] *
              static_cast<int64_t>(stages_.at({u, last}).size());
        }
        sum += ways[static_cast<size_t>(last)];
      }
    }
    return sum;
  }

  // Blocks need what `bytes_of` says, or else what lives at once.
  void Simulate(std::function<int64_t(const BlockPlan&)> bytes_of = {}) {
    bytes_of_ = std::move(bytes_of);
    for (int32_t first = 0; first < count_; ++first) {
      BlockPlan block{first, first, {}};
      Extend(block, 0);
    }
  }

  // Before Simulate: what stands against bytes instead of MACs.
  void SetCost(StageCost cost) { cost_ = std::move(cost); }

  // Of the whole network.
  Costs Front(Method method) const {
    std::vector<Costs> fronts(static_cast<size_t>(count_) + 1);
    fronts[0] = {{StartBytes(), 0}};
    for (int32_t last = 1; last <= count_; ++last) {
      Costs all;
      for (int32_t first = 0; first < last; ++first) {
        const auto found = costs_.find({method, first, last});
        if (found == costs_.end()) continue;
        for (const Cost& before : fronts[static_cast<size_t>(first)]) {
          for (const Cost& block : found->second) {
            all.push_back({std::max(before.bytes, block.bytes),
                           before.macs + block.macs});
          }
        }
      }
      fronts[static_cast<size_t>(last)] = FrontOf(std::move(all));
    }
    return fronts.back();
  }

  bool HasPatches() const {
    return HasStage([](const StagePlan& stage) { return stage.IsPatch(); });
  }
  bool HasStrips() const {
    return HasStage([](const StagePlan& s) { return s.strip_cols > 0; });
  }
  bool HasTiles() const {
    return HasStage([](const StagePlan& s) { return s.channel_tile > 0; });
  }

 private:
  template <typename Is>
  bool HasStage(Is is) const {
    return std::any_of(stages_.begin(), stages_.end(), [&](const auto& entry) {
      return std::any_of(entry.second.begin(), entry.second.end(), is);
    });
  }

  std::vector<int32_t> SizesUpTo(int32_t limit) const {
    std::vector<int32_t> sizes;
    for (int32_t n = 1; n < limit; n = all_sizes_ ? n + 1 : 2 * n) {
      sizes.push_back(n);
    }
    sizes.push_back(limit);
    return sizes;
  }

  std::vector<StagePlan> StagesFor(int32_t first, int32_t last) const {
    std::vector<StagePlan> stages;
    if (last - first == 1) {
      const auto forms = static_cast<int32_t>(graph_.unit(first).forms.size());
      for (int32_t f = 0; f < forms; ++f)
        stages.push_back(SingleStage(first, f));
      return stages;
    }
    const UnitTensor& output = graph_.tensor(graph_.unit(last - 1).output);
    for (const int32_t rows : SizesUpTo(output.rows)) {
      for (int32_t cols = 1; cols <= (all_sizes_ ? output.columns : 1);
           ++cols) {
        for (const bool by_taps : {false, true}) {
          AddPatches({.first_unit = first,
                      .last_unit = last,
                      .patch_rows = rows,
                      .patch_cols = cols,
                      .keeps_rows = {},
                      .by_taps = by_taps},
                     stages);
        }
      }
    }
    return stages;
  }

  // With any rows kept, or with nothing kept and any number of channels.
  void AddPatches(StagePlan stage, std::vector<StagePlan>& stages) const {
    const auto inner =
        static_cast<size_t>(stage.last_unit - stage.first_unit - 1);
    for (size_t bits = 0; bits < (size_t{1} << inner); ++bits) {
      stage.keeps_rows.clear();
      for (size_t i = 0; i < inner; ++i) {
        stage.keeps_rows.push_back((bits >> i & 1) != 0);
      }
      if (!MakePatch(graph_, stage)) continue;
      stages.push_back(stage);
      AddStrips(stage, stages);
    }
    stage.keeps_rows.assign(inner, false);
    const UnitTensor& sliced =
        graph_.tensor(graph_.unit(stage.first_unit).output);
    for (int32_t tile = all_sizes_ ? 1 : 4; tile < sliced.pixel_bytes();
         tile = all_sizes_ ? tile + 1 : 2 * tile) {
      stage.channel_tile = tile;
      for (const bool collects : {false, true}) {
        stage.collects = collects;
        if (!MakePatch(graph_, stage)) continue;
        stages.push_back(stage);
        AddStrips(stage, stages);
      }
    }
  }

  void AddStrips(StagePlan stage, std::vector<StagePlan>& stages) const {
    const UnitTensor& output =
        graph_.tensor(graph_.unit(stage.last_unit - 1).output);
    for (const int32_t strip : SizesUpTo(output.columns)) {
      stage.strip_cols = strip;
      if (strip < stage.patch_cols || !MakePatch(graph_, stage)) continue;
      stages.push_back(stage);
    }
  }

  void Extend(BlockPlan& block, int64_t macs) {
    const int32_t u = block.last_unit;
    for (int32_t last = u + 1; last <= count_; ++last) {
      for (const StagePlan& stage : stages_.at({u, last})) {
        block.stages.push_back(stage);
        block.last_unit = last;
        const Work work = WorkOf(graph_, stage, cost_);
        const int64_t sum = macs + (cost_ ? work.cost : work.macs);
        AddBlock(block, sum);
        Extend(block, sum);
        block.stages.pop_back();
      }
    }
    block.last_unit = u;
  }

  void AddBlock(const BlockPlan& block, int64_t macs) {
    const int64_t bytes =
        bytes_of_ ? bytes_of_(block)
                  : BlockPeakBytes(graph_, TraceBlock(graph_, block));
    for (const Method method : kMethods) {
      if (!IsLegal(method, graph_, head_, block)) continue;
      costs_[{method, block.first_unit, block.last_unit}].push_back(
          {bytes, macs});
    }
  }

  int64_t StartBytes() const {
    int64_t bytes = 0;
    for (const UnitTensor& tensor : graph_.tensors) {
      if (tensor.is_resident_input) bytes += tensor.bytes();
    }
    return bytes;
  }

  const UnitGraph& graph_;
  bool all_sizes_;
  StageCost cost_;
  int32_t count_;
  int32_t head_;
  std::function<int64_t(const BlockPlan&)> bytes_of_;
  std::map<std::pair<int32_t, int32_t>, std::vector<StagePlan>> stages_;
  std::map<std::tuple<Method, int32_t, int32_t>, Costs> costs_;
};

}  // namespace msf
