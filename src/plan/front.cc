// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/front.h"

#include <algorithm>
#include <cmath>

#include "plan/stage.h"
#include "support/check.h"

namespace msf {
namespace {

// What a method leaves of the space.
struct Rules {
  StageSpace stages;
  bool one_stage = false;  // a block is one stage, feeds aside
  bool head_only = false;  // only the first block fuses
};

// All tensors and scratch at once: a plan that needs more is no use, as plans
// of single units need less and do no more MACs.
int64_t WholeBytes(const UnitGraph& graph) {
  int64_t sum = 0;
  for (const UnitTensor& tensor : graph.tensors) sum += tensor.bytes();
  for (const Unit& unit : graph.units) {
    for (const StageForm& form : unit.forms) {
      sum += form.state_bytes + form.scratch_bytes;
    }
  }
  return sum;
}

// No plan needs more, patches included: a tensor is in a tile and in a ring of
// kept rows, an output in int32 sums; and there are notes of each unit.
int64_t MostBytes(const UnitGraph& graph) {
  constexpr int64_t kNotesAndGaps = 64;
  return 7 * WholeBytes(graph) +
         kNotesAndGaps * static_cast<int64_t>(graph.units.size());
}

// The outputs are whole in the end: every plan needs so much.
int64_t OutputBytes(const UnitGraph& graph) {
  int64_t sum = 0;
  for (const UnitTensor& tensor : graph.tensors) {
    if (tensor.is_output && !tensor.is_external) sum += tensor.bytes();
  }
  return sum;
}

Rules RulesOf(Method method, StageSpace stages) {
  Rules rules{.stages = stages};
  switch (method) {
    case Method::kFull:
      break;
    case Method::kLineBuffer:
      rules.stages.patches = false;
      break;
    case Method::kPlain:
      rules.stages.patches = false;
      rules.one_stage = true;
      break;
    case Method::kStreamNet:
      rules.stages.patches = false;
      rules.head_only = true;
      break;
    case Method::kMcunetV2:
      rules.stages.keeps_rows = false;
      rules.stages.max_units = INT32_MAX;
      rules.one_stage = true;
      rules.head_only = true;
      break;
    case Method::kMsfCnn:
      rules.stages.ones_only = true;
      rules.stages.max_units = INT32_MAX;
      rules.one_stage = true;
      break;
  }
  return rules;
}

// The first unit with which a patch can begin; feeds before it belong to it.
int32_t HeadUnit(const UnitGraph& graph, BlockSpace& space) {
  const auto count = static_cast<int32_t>(graph.units.size());
  const auto begins_patch = [&](int32_t u) {
    for (int32_t last = u + 2; last <= count; ++last) {
      if (!space.Options(u, last).empty()) return true;
    }
    return false;
  };
  int32_t head = 0;
  while (head < count && !begins_patch(head)) ++head;
  while (head > 0 && graph.unit(head - 1).IsFeed()) --head;
  return head;
}

constexpr int64_t kPercentOfCosts = 60;  // finding them, of the search
constexpr int64_t kParts = 1000000;      // in which progress is counted

int64_t NextBand(int64_t bound) { return bound / 3 * 2; }

// How much of a search through bands is done, of 1: with so many bands behind
// it, and `part` of the units of the next. Most of the work is in the first
// bands, and of each in the first units, where the longest blocks begin. How
// many bands there are shows at the end only.
double PartDone(int band, double part) {
  constexpr double kRest = 1.0 / 3;  // behind each band
  return 1 - std::pow(kRest, band) * (1 - (1 - kRest) * std::pow(part, 4));
}

}  // namespace

// One way to run the units [0, end).
struct FrontSearch::Label {
  int64_t bytes = 0;
  Work work;
  int32_t first = 0;   // of the last block
  int32_t before = 0;  // label at `first`
  int32_t option = 0;  // of the last block
};

FrontSearch::FrontSearch(const UnitGraph& graph, FrontOptions options)
    : graph_(graph),
      options_(std::move(options)),
      count_(static_cast<int32_t>(graph.units.size())),
      blocks_(graph.units.size() * graph.units.size()),
      best_(blocks_.size()) {
  for (const UnitTensor& tensor : graph_.tensors) {
    if (tensor.is_resident_input) start_bytes_ += tensor.bytes();
  }
  CollectOptions();
}

void FrontSearch::KeepBestOf(int32_t first, int32_t last) {
  std::vector<BlockOption>& options = blocks_[Index(first, last)];
  KeepBest(options_.pruning.spare_options, options);
  std::vector<int32_t>& best = best_[Index(first, last)];
  best.clear();
  for (size_t o = 0; o < options.size(); ++o) {
    if (!best.empty() &&
        options[static_cast<size_t>(best.back())].work <= options[o].work) {
      continue;
    }
    best.push_back(static_cast<int32_t>(o));
  }
}

void FrontSearch::CollectOptions() {
  const Rules rules = RulesOf(options_.method, options_.stages);
  BlockSpace space(graph_, rules.stages, options_.pruning);
  StageSpace alone = rules.stages;
  alone.patches = false;
  BlockSpace single(graph_, alone, options_.pruning);
  BlockLimits limits{.bound = std::min(
                         options_.bound, rules.stages.cost
                                             ? MostBytes(graph_)
                                             : WholeBytes(graph_))};
  limits.epsilon = options_.epsilon;
  limits.watch = &options_.watch;
  const int64_t least = std::min(OutputBytes(graph_), limits.bound);
  const int32_t head = rules.head_only ? HeadUnit(graph_, space) : 0;
  const bool costs =
      rules.stages.cost != nullptr && options_.pruning.rest_bound;
  if (costs) space.FindCosts(options_.watch.Part(0, kPercentOfCosts));
  const Watch watch =
      costs ? options_.watch.Part(kPercentOfCosts, 100) : options_.watch;
  if (watch.IsCancelled()) return;
  // In bands of bytes: parts of the network that fit below a band without
  // recomputing anything need no search.
  for (int band = 0;; ++band) {
    limits.floor = options_.pruning.rest_bound
                       ? std::max(NextBand(limits.bound), least)
                       : 0;
    std::vector<std::vector<RestPoint>> rest(static_cast<size_t>(count_) + 1);
    rest.back() = {{limits.floor, {}}};
    for (int32_t first = count_ - 1; first >= 0; --first) {
      const bool fuses =
          !rules.head_only || first == 0 ||
          (rules.stages.patches && first == head);
      limits.one_stage = rules.one_stage || !fuses;
      AddOptions(fuses ? space : single, first, limits, rest);
      if (watch.IsCancelled()) return;
      const double part = static_cast<double>(count_ - first) / count_;
      watch.Report(static_cast<int64_t>(kParts * PartDone(band, part)), kParts);
    }
    const bool reaches_floor =
        !rest[0].empty() && rest[0].front().bytes <= limits.floor;
    if (limits.floor <= least || !reaches_floor) return;
    limits.bound = limits.floor;
  }
}

void FrontSearch::AddOptions(BlockSpace& space, int32_t first,
                             const BlockLimits& limits,
                             std::vector<std::vector<RestPoint>>& rest) {
  auto found = space.From(first, limits, rest);
  for (int32_t last = first + 1; last <= count_; ++last) {
    std::vector<BlockOption>& options = blocks_[Index(first, last)];
    for (BlockOption& option : found[static_cast<size_t>(last - first - 1)]) {
      options.push_back(std::move(option));
    }
    KeepBestOf(first, last);
  }
}

std::vector<FrontSearch::Label> FrontSearch::Labels(
    int32_t end, const std::vector<std::vector<Label>>& before) {
  std::vector<Label> all;
  for (int32_t first = 0; first < end; ++first) {
    const std::vector<Label>& labels = before[static_cast<size_t>(first)];
    const std::vector<BlockOption>& options = blocks_[Index(first, end)];
    const std::vector<int32_t>& best = best_[Index(first, end)];
    const auto option = [&](size_t o) -> const BlockOption& {
      return options[static_cast<size_t>(best[o])];
    };
    // Both are sorted by bytes, and work falls as bytes rise: whatever the
    // peak, the best pair is the last of each that fits.
    size_t l = 0;
    size_t o = 0;
    while (!labels.empty() && !best.empty()) {
      const int64_t peak = std::max(labels[l].bytes, option(o).bytes);
      while (l + 1 < labels.size() && labels[l + 1].bytes <= peak) ++l;
      while (o + 1 < best.size() && option(o + 1).bytes <= peak) ++o;
      all.push_back({peak, labels[l].work + option(o).work, first,
                     static_cast<int32_t>(l), best[o]});
      const int64_t next_l =
          l + 1 < labels.size() ? labels[l + 1].bytes : INT64_MAX;
      const int64_t next_o =
          o + 1 < best.size() ? option(o + 1).bytes : INT64_MAX;
      if (next_l == INT64_MAX && next_o == INT64_MAX) break;
      if (next_l <= next_o) ++l; else ++o;
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Label& a, const Label& b) {
    return a.bytes != b.bytes ? a.bytes < b.bytes : a.work < b.work;
  });
  std::vector<Label> front;
  for (const Label& label : all) {
    if (front.empty() || label.work < front.back().work) front.push_back(label);
  }
  return front;
}

std::vector<std::vector<FrontSearch::Label>> FrontSearch::AllLabels() {
  std::vector<std::vector<Label>> labels(static_cast<size_t>(count_) + 1);
  labels[0] = {{.bytes = start_bytes_}};
  for (int32_t end = 1; end <= count_; ++end) {
    labels[static_cast<size_t>(end)] = Labels(end, labels);
  }
  return labels;
}

FrontPoint FrontSearch::PointOf(const std::vector<std::vector<Label>>& labels,
                                size_t last) {
  const Label* label = &labels.back()[last];
  FrontPoint point{.plan = {.input_mode = graph_.input_mode, .blocks = {}},
                   .work = label->work,
                   .peak_bytes = label->bytes};
  for (int32_t end = count_; end > 0;) {
    const auto option = static_cast<size_t>(label->option);
    point.plan.blocks.push_back(blocks_[Index(label->first, end)][option].plan);
    end = label->first;
    label = &labels[static_cast<size_t>(end)]
                   [static_cast<size_t>(label->before)];
  }
  std::reverse(point.plan.blocks.begin(), point.plan.blocks.end());
  return point;
}

// True if a block's bytes changed.
bool FrontSearch::MeasureBlocks(const FrontPoint& point,
                                const Measure& measure) {
  bool changed = false;
  for (const BlockPlan& block : point.plan.blocks) {
    const size_t index = Index(block.first_unit, block.last_unit);
    for (BlockOption& option : blocks_[index]) {
      if (option.is_measured || option.plan != block) continue;
      const int64_t bytes = measure(block);
      changed |= bytes != option.bytes;
      option.bytes = bytes;
      option.is_measured = true;
      KeepBestOf(block.first_unit, block.last_unit);
      break;
    }
  }
  return changed;
}

std::vector<FrontPoint> FrontSearch::Front(const Measure& measure) {
  for (;;) {
    if (options_.watch.IsCancelled()) return {};
    const auto labels = AllLabels();
    std::vector<FrontPoint> front;
    for (size_t i = 0; i < labels.back().size(); ++i) {
      front.push_back(PointOf(labels, i));
    }
    bool changed = false;
    for (const FrontPoint& point : front) {
      changed |= measure && MeasureBlocks(point, measure);
    }
    if (!changed) return front;
  }
}

void FrontSearch::Add(const Plan& plan) {
  for (const BlockPlan& block : plan.blocks) {
    BlockOption option{.plan = block};
    option.plan.moves.clear();
    option.work = WorkOf(graph_, block, options_.stages.cost);
    option.bytes = LiveBytes(graph_, option.plan);
    blocks_[Index(block.first_unit, block.last_unit)].push_back(
        std::move(option));
    KeepBestOf(block.first_unit, block.last_unit);
  }
}

}  // namespace msf
