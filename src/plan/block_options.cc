// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/block_options.h"

#include <algorithm>
#include <iterator>

#include "plan/block_lives.h"

namespace msf {
namespace {

class LabelSetter {
 public:
  LabelSetter(const UnitGraph& graph, BlockSpace& space,
              const Pruning& pruning, int32_t first,
              const BlockLimits& limits,
              const Demand& demand,
              std::vector<std::vector<RestPoint>>& rest)
      : graph_(graph), space_(space), pruning_(pruning), first_(first),
        limits_(limits), demand_(demand), rest_(rest),
        count_(static_cast<int32_t>(graph.units.size())),
        cuts_(static_cast<size_t>(count_ - first) + 1) {}

  std::vector<std::vector<BlockOption>> Run(int32_t max_units) {
    std::vector<std::vector<BlockOption>> result(
        static_cast<size_t>(count_ - first_));
    At(first_).push_back(EmptyLabel(graph_, first_));
    for (int32_t u = first_; u < count_; ++u) {
      if (limits_.watch != nullptr && limits_.watch->IsCancelled()) break;
      if (u > first_) result[static_cast<size_t>(u - first_ - 1)] = Finish(u);
      if (At(u).empty()) continue;
      const int32_t longest = u + std::min(count_ - u, std::max(1, max_units));
      for (int32_t end = u + 1; end <= longest; ++end) {
        for (const StageOption& option : space_.Options(u, end)) {
          for (size_t l = 0; l < At(u).size(); ++l) Extend(u, l, option);
        }
      }
    }
    result.back() = Finish(count_);
    rest_[static_cast<size_t>(first_)] = std::move(reached_);
    return result;
  }

 private:
  std::vector<BlockLabel>& At(int32_t u) {
    return cuts_[static_cast<size_t>(u - first_)].labels;
  }

  void Extend(int32_t u, size_t index, const StageOption& option) {
    const BlockLabel& before = At(u)[index];
    const bool is_feed = option.stage.form.kind == StageKind::kFeed;
    if (limits_.one_stage && !is_feed && before.stages > 0) return;
    const StageForm& form = option.stage.form;
    const int64_t floor =
        std::max(before.floor, form.state_bytes + form.scratch_bytes);
    const Work work = before.work + option.work;
    if (IsUseless(floor, work, option.stage.last_unit)) return;
    BlockLabel label = Extended(graph_, before, option);
    label.before = static_cast<int32_t>(index);
    label.floor = floor;
    Insert(static_cast<size_t>(option.stage.last_unit - first_),
           std::move(label));
  }

  // What Beats looks at first, side by side: most labels go no further.
  struct Rank {
    int64_t bytes = 0;  // one that beats another has no more
    int64_t work = 0;   // the first thing in which Work differs
    size_t index = 0;   // of the label
  };
  static Rank RankOf(const BlockLabel& label) {
    const Work& work = label.work;
    return {IsLedByItsEnd(label) ? label.inner.before : label.buffers,
            work.cost > 0 ? work.cost : work.macs};
  }

  // The labels of a cut while they come in. Once there are a few, ranks are
  // sorted by bytes, and labels without one have been beaten.
  struct Cut {
    std::vector<BlockLabel> labels;
    std::vector<Rank> ranks;
    std::vector<size_t> free;
    bool is_sorted = false;
  };

  void Insert(size_t at, BlockLabel label) {
    Cut& cut = cuts_[at];
    if (!pruning_.label_dominance ||
        (!cut.is_sorted && cut.labels.size() < pruning_.few_labels)) {
      cut.labels.push_back(std::move(label));
      return;
    }
    if (!cut.is_sorted) {
      cut.is_sorted = true;
      std::vector<BlockLabel> all;
      std::swap(all, cut.labels);
      for (BlockLabel& one : all) InsertBest(cut, std::move(one));
    }
    InsertBest(cut, std::move(label));
  }

  static void InsertBest(Cut& cut, BlockLabel label) {
    Rank rank = RankOf(label);
    std::vector<Rank>& ranks = cut.ranks;
    const auto less = [](const Rank& a, const Rank& b) {
      return a.bytes < b.bytes;
    };
    const auto behind =
        std::upper_bound(ranks.begin(), ranks.end(), rank, less);
    for (auto r = ranks.begin(); r != behind; ++r) {
      if (r->work <= rank.work && Beats(cut.labels[r->index], label)) return;
    }
    const auto first = std::lower_bound(ranks.begin(), behind, rank, less);
    const auto kept = std::remove_if(first, ranks.end(), [&](const Rank& r) {
      if (rank.work > r.work || !Beats(label, cut.labels[r.index])) return false;
      cut.free.push_back(r.index);
      return true;
    });
    ranks.erase(kept, ranks.end());
    if (cut.free.empty()) {
      rank.index = cut.labels.size();
      cut.labels.push_back(std::move(label));
    } else {
      rank.index = cut.free.back();
      cut.free.pop_back();
      cut.labels[rank.index] = std::move(label);
    }
    ranks.insert(std::upper_bound(ranks.begin(), ranks.end(), rank, less),
                 rank);
  }

  // Those that came in and were not beaten.
  static void TakeBest(Cut& cut) {
    if (!cut.is_sorted) return;
    std::vector<BlockLabel> labels;
    for (const Rank& rank : cut.ranks) {
      labels.push_back(std::move(cut.labels[rank.index]));
    }
    cut.labels = std::move(labels);
    cut.ranks.clear();
  }

  // The blocks that end here. Also how good the labels can still become.
  std::vector<BlockOption> Finish(int32_t end) {
    TakeBest(cuts_[static_cast<size_t>(end - first_)]);
    std::vector<BlockLabel>& labels = At(end);
    DropUseless(labels, end);
    std::vector<BlockOption> options;
    for (BlockLabel& label : labels) {
      BlockOption option{.plan = {first_, end, {}}, .work = label.work};
      std::vector<Stage> stages;
      CollectStages(label, option.plan.stages, stages);
      const BlockTrace trace = TraceStages(graph_, std::move(stages));
      const BlockBytes bytes = BlockBytesOf(graph_, trace);
      option.bytes = bytes.peak;
      const bool is_led = IsLedByItsEnd(label);
      if (is_led) label.inner = InnerBytesOf(graph_, trace);
      if (is_led &&
          demand_.reads_last_row[static_cast<size_t>(label.latest)]) {
        label.floor = std::max(label.floor, bytes.floor);
      }
      if (pruning_.ram_bound && option.bytes > limits_.bound) continue;
      options.push_back(std::move(option));
    }
    KeepBest(pruning_.spare_options, options);
    for (const BlockOption& option : options) Reach(option, end);
    DropUseless(labels, end);
    Thin(labels);
    return options;
  }

  // Adds the plans of the units [first, n) that begin with this block.
  void Reach(const BlockOption& option, int32_t end) {
    for (const RestPoint& point : rest_[static_cast<size_t>(end)]) {
      const int64_t bytes =
          std::max({option.bytes, point.bytes, limits_.floor});
      const Work work = option.work + point.work;
      const auto beaten = [&](const RestPoint& p) {
        return p.bytes <= bytes && p.work <= work;
      };
      if (std::any_of(reached_.begin(), reached_.end(), beaten)) continue;
      std::erase_if(reached_, [&](const RestPoint& p) {
        return bytes <= p.bytes && work <= p.work;
      });
      const auto at = std::find_if(
          reached_.begin(), reached_.end(),
          [&](const RestPoint& p) { return p.bytes > bytes; });
      reached_.insert(at, {bytes, work});
    }
  }

  // Beyond `most_labels` keeps some of them, spread evenly over their bytes,
  // so that no network takes forever.
  void Thin(std::vector<BlockLabel>& labels) const {
    const size_t most = pruning_.most_labels;
    if (most == 0 || labels.size() <= most) return;
    std::stable_sort(labels.begin(), labels.end(),
                     [](const BlockLabel& a, const BlockLabel& b) {
                       const int64_t x = a.buffers + a.scratch;
                       const int64_t y = b.buffers + b.scratch;
                       return x != y ? x < y : a.work < b.work;
                     });
    std::vector<BlockLabel> kept;
    for (size_t i = 0; i < most; ++i) {
      kept.push_back(std::move(labels[i * (labels.size() - 1) / (most - 1)]));
    }
    labels = std::move(kept);
  }

  // Whether a label that needs at least `floor` bytes, and does so much work up
  // to `end`, needs too much, or a plan is known that is at least as good as all
  // that it can lead to.
  bool IsUseless(int64_t floor, const Work& work, int32_t end) const {
    if (pruning_.ram_bound && floor > limits_.bound) return true;
    if (!pruning_.rest_bound) return false;
    const int64_t bytes = std::max(
        limits_.floor,
        floor + static_cast<int64_t>(limits_.epsilon *
                                     static_cast<double>(floor)));
    const int64_t macs =
        work.macs + demand_.least_macs[static_cast<size_t>(end)];
    const int64_t cost = work.cost + space_.LeastCost(end);
    // By bytes, and work falls: the last one that is small enough tells.
    const auto above = std::upper_bound(
        reached_.begin(), reached_.end(), bytes,
        [](int64_t b, const RestPoint& p) { return b < p.bytes; });
    if (above == reached_.begin()) return false;
    const Work& best = std::prev(above)->work;
    return cost > 0 ? best.cost <= cost : best.macs <= macs;
  }
  void DropUseless(std::vector<BlockLabel>& labels, int32_t end) const {
    std::erase_if(labels, [&](const BlockLabel& label) {
      return IsUseless(label.floor, label.work, end);
    });
  }

  void CollectStages(const BlockLabel& last, std::vector<StagePlan>& plans,
                     std::vector<Stage>& stages) {
    for (const BlockLabel* label = &last; label->option != nullptr;) {
      plans.push_back(label->option->plan);
      stages.push_back(label->option->stage);
      label = &At(label->begin)[static_cast<size_t>(label->before)];
    }
    std::reverse(plans.begin(), plans.end());
    std::reverse(stages.begin(), stages.end());
  }

  const UnitGraph& graph_;
  BlockSpace& space_;
  const Pruning& pruning_;
  int32_t first_;
  const BlockLimits& limits_;
  const Demand& demand_;
  std::vector<std::vector<RestPoint>>& rest_;
  std::vector<RestPoint> reached_;  // plans of [first, n), by bytes
  int32_t count_;
  std::vector<Cut> cuts_;  // by unit - first_
};

}  // namespace

BlockSpace::BlockSpace(const UnitGraph& graph, StageSpace stages,
                       Pruning pruning)
    : graph_(graph), stages_(stages), pruning_(pruning),
      demand_(DemandOf(graph)) {
  stages_.drop_dominated = pruning.stage_dominance;
}

const std::vector<StageOption>& BlockSpace::Options(int32_t first,
                                                    int32_t last) {
  const auto [at, is_new] = options_.try_emplace({first, last});
  if (is_new) at->second = StageOptions(graph_, first, last, stages_);
  return at->second;
}

void BlockSpace::FindCosts(const Watch& watch) {
  const auto count = static_cast<int32_t>(graph_.units.size());
  if (!stages_.cost || !least_cost_.empty()) return;
  // Costs of stages add up, whatever the blocks.
  least_cost_.assign(static_cast<size_t>(count) + 1, 0);
  for (int32_t u = count - 1; u >= 0 && !watch.IsCancelled(); --u) {
    int64_t least = INT64_MAX;
    const int32_t longest = LongestStage(stages_);
    for (int32_t end = u + 1; end <= count && end - u <= longest; ++end) {
      for (const StageOption& option : Options(u, end)) {
        least = std::min(least, option.work.cost +
                                    least_cost_[static_cast<size_t>(end)]);
      }
    }
    least_cost_[static_cast<size_t>(u)] = least;
    watch.Report(count - u, count);
  }
}

int64_t BlockSpace::LeastCost(int32_t first) {
  if (!stages_.cost) return 0;
  FindCosts({});
  return least_cost_[static_cast<size_t>(first)];
}

std::vector<std::vector<BlockOption>> BlockSpace::From(
    int32_t first, const BlockLimits& limits,
    std::vector<std::vector<RestPoint>>& rest) {
  return LabelSetter(graph_, *this, pruning_, first, limits, demand_, rest)
      .Run(LongestStage(stages_));
}

int64_t LiveBytes(const UnitGraph& graph, const BlockPlan& block) {
  return BlockPeakBytes(graph, TraceBlock(graph, block));
}

namespace {

bool ComesFirst(const BlockOption& a, const BlockOption& b) {
  if (a.bytes != b.bytes) return a.bytes < b.bytes;
  if (a.work != b.work) return a.work < b.work;
  if (a.is_measured != b.is_measured) return a.is_measured;
  return a.plan < b.plan;
}

}  // namespace

void KeepBest(size_t spare, std::vector<BlockOption>& options) {
  std::sort(options.begin(), options.end(), ComesFirst);
  std::vector<BlockOption> kept;
  std::vector<Work> best;  // of those before, sorted: at most spare + 1
  Work measured{INT64_MAX, INT64_MAX, INT64_MAX};  // the least of those
  for (BlockOption& option : options) {
    if (measured <= option.work) continue;
    if (best.size() > spare && best.back() <= option.work) continue;
    const auto is_same = [&](const BlockOption& other) {
      return other.plan == option.plan;
    };
    if (std::any_of(kept.begin(), kept.end(), is_same)) continue;
    best.insert(std::upper_bound(best.begin(), best.end(), option.work),
                option.work);
    if (best.size() > spare + 1) best.pop_back();
    if (option.is_measured) measured = option.work;
    kept.push_back(std::move(option));
  }
  options = std::move(kept);
}

}  // namespace msf
