// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/block_options.h"

#include <algorithm>
#include <cmath>

#include "plan/block.h"
#include "support/check.h"

namespace msf {
namespace {

// A tensor that stages of the block made, or an input of the block, and that
// is still needed. When the latest stage has made m rows of its output, then
// `slope * m + made` rows of this tensor are there, and rows below
// `slope * m + first` are dead.
struct Crossing {
  TensorId tensor = kNoTensor;
  bool is_input = false;    // there before the block
  bool is_related = false;  // slope, made and first say something
  int32_t rows_per_step = 1;
  int32_t capacity = 0;  // rows of a line buffer so far
  double slope = 1;
  double made = 0;
  double first = 0;
};

struct Label {
  int64_t buffers = 0;  // bytes of line buffers and state
  int64_t scratch = 0;
  Work work;
  std::vector<Crossing> crossing;
  TensorId latest = kNoTensor;  // output of the last stage
  int32_t stages = 0;           // besides feeds
  int32_t before = -1;          // the label that this one extends
  int32_t begin = 0;            // the last stage's first unit
  const StageOption* option = nullptr;

  int64_t bytes() const { return buffers + scratch; }
};

// Labels of one cut that are gone on with.
constexpr size_t kMostLabels = 500;

class LabelSetter {
 public:
  LabelSetter(const UnitGraph& graph, BlockSpace& space,
              const Pruning& pruning, int32_t first,
              const BlockLimits& limits,
              const std::vector<int64_t>& plain_macs,
              std::vector<std::vector<RestPoint>>& rest)
      : graph_(graph), space_(space), pruning_(pruning), first_(first),
        limits_(limits), plain_macs_(plain_macs), rest_(rest),
        count_(static_cast<int32_t>(graph.units.size())),
        labels_(static_cast<size_t>(count_ - first) + 1) {}

  std::vector<std::vector<BlockOption>> Run(int32_t max_units) {
    std::vector<std::vector<BlockOption>> result(
        static_cast<size_t>(count_ - first_));
    labels_[0].push_back(Start());
    for (int32_t u = first_; u < count_; ++u) {
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
  std::vector<Label>& At(int32_t u) {
    return labels_[static_cast<size_t>(u - first_)];
  }

  // What any block that this label becomes needs by its estimate: inputs are
  // whole at its start, and what is whole at its end is no line buffer.
  int64_t LeastBytes(const Label& label) const {
    int64_t bytes = label.bytes() + input_bytes_;
    for (const Crossing& c : label.crossing) {
      if (!c.is_input) {
        bytes -= c.capacity * graph_.tensor(c.tensor).row_bytes;
      }
    }
    return bytes;
  }

  Label Start() {
    Label label;
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      const UnitTensor& t = graph_.tensors[i];
      const auto id = static_cast<TensorId>(i);
      if (!IsThereBefore(graph_, id, first_) || t.last_read < first_) continue;
      if (!t.is_external) input_bytes_ += t.bytes();
      label.crossing.push_back({.tensor = id, .is_input = true});
    }
    return label;
  }

  static Crossing* Find(Label& label, TensorId id) {
    for (Crossing& c : label.crossing) {
      if (c.tensor == id) return &c;
    }
    return nullptr;
  }

  // How many rows of a crossing tensor are there when the new stage runs its
  // step s, as far as one of its reads tells.
  struct Progress {
    double slope = 0;
    double made = 0;
    double first = 0;
  };

  void Extend(int32_t u, size_t index, const StageOption& option) {
    const Stage& stage = option.stage;
    const bool is_feed = stage.form.kind == StageKind::kFeed;
    if (limits_.one_stage && !is_feed && At(u)[index].stages > 0) return;
    Label label = At(u)[index];
    label.before = static_cast<int32_t>(index);
    label.begin = u;
    label.option = &option;
    label.stages += is_feed ? 0 : 1;
    label.work = label.work + option.work;
    label.scratch = std::max(label.scratch, stage.form.scratch_bytes);
    label.buffers += stage.form.state_bytes;
    ReadAll(stage, label);
    std::erase_if(label.crossing, [&](const Crossing& c) {
      const UnitTensor& t = graph_.tensor(c.tensor);
      return !c.is_input && !t.is_output && t.last_read < stage.last_unit;
    });
    label.crossing.push_back({.tensor = stage.output,
                              .is_related = true,
                              .rows_per_step = stage.form.rows_per_step,
                              .slope = 1,
                              .made = 0,
                              .first = 0});
    label.latest = stage.output;
    if (pruning_.ram_bound && LeastBytes(label) > limits_.bound) return;
    Insert(stage.last_unit, std::move(label));
  }

  void ReadAll(const Stage& stage, Label& label) const {
    const StageForm& form = stage.form;
    const double per_row = 1.0 / form.rows_per_step;
    // What the reads say of every crossing tensor.
    std::vector<Progress> now(label.crossing.size());
    std::vector<bool> known(label.crossing.size(), false);
    const auto tell = [&](size_t c, const Progress& p) {
      if (!known[c]) {
        now[c] = p;
      } else {
        now[c].made = std::max(now[c].made, p.made);
        now[c].first = std::min(now[c].first, p.first);
        now[c].slope = std::max(now[c].slope, p.slope);
      }
      known[c] = true;
    };
    for (size_t i = 0; i < stage.reads.size(); ++i) {
      const RowNeed& need = form.needs[i];
      const double slope = need.stride * per_row;
      const Progress direct{slope,
                            double(need.offset + need.extent - need.stride),
                            double(need.offset)};
      for (size_t c = 0; c < label.crossing.size(); ++c) {
        const Crossing& x = label.crossing[c];
        if (x.tensor == stage.reads[i]) {
          tell(c, direct);
        } else if (stage.reads[i] == label.latest && x.is_related) {
          tell(c, {x.slope * slope, x.slope * direct.made + x.made,
                   x.slope * direct.first + x.first});
        }
      }
    }
    const bool waits = form.kind != StageKind::kRow;
    for (size_t i = 0; i < stage.reads.size(); ++i) {
      Crossing* x = Find(label, stage.reads[i]);
      MSF_CHECK(x != nullptr);
      if (x->is_input) continue;
      const auto c = static_cast<size_t>(x - label.crossing.data());
      const UnitTensor& t = graph_.tensor(x->tensor);
      const int32_t rows = Capacity(*x, form, form.needs[i], now[c], t.rows);
      if (rows <= x->capacity) continue;
      label.buffers += (rows - x->capacity) * t.row_bytes;
      x->capacity = rows;
    }
    for (size_t c = 0; c < label.crossing.size(); ++c) {
      Crossing& x = label.crossing[c];
      x.is_related = known[c] && !waits;
      x.slope = now[c].slope;
      x.made = now[c].made;
      x.first = now[c].first;
    }
  }

  // Rows of x that are there at once because of this read.
  static int32_t Capacity(const Crossing& x, const StageForm& form,
                          const RowNeed& need, const Progress& p,
                          int32_t rows) {
    int32_t most = 1;
    for (const int32_t s : {0, form.steps / 2, form.steps - 1}) {
      const double m = double(s + 1) * form.rows_per_step;
      double made = std::max(p.slope * m + p.made, double(need.End(s)));
      made = std::ceil(made / x.rows_per_step) * x.rows_per_step;
      const int32_t there = static_cast<int32_t>(std::min<double>(made, rows));
      most = std::max(most, there - std::max(0, need.First(s)));
    }
    return std::min(most, rows);
  }

  static bool Beats(const Label& a, const Label& b) {
    if (a.buffers > b.buffers || a.scratch > b.scratch || b.work < a.work ||
        a.stages > b.stages || a.crossing.size() != b.crossing.size()) {
      return false;
    }
    for (size_t i = 0; i < a.crossing.size(); ++i) {
      const Crossing& x = a.crossing[i];
      const Crossing& y = b.crossing[i];
      if (x.rows_per_step > y.rows_per_step || x.made > y.made ||
          x.first < y.first) {
        return false;
      }
    }
    return true;
  }

  void Insert(int32_t u, Label label) {
    std::vector<Label>& labels = At(u);
    if (pruning_.label_dominance) {
      for (const Label& other : labels) {
        if (Beats(other, label)) return;
      }
      std::erase_if(labels,
                    [&](const Label& other) { return Beats(label, other); });
    }
    labels.push_back(std::move(label));
  }

  std::vector<BlockOption> Finish(int32_t end) {
    std::vector<BlockOption> options;
    const int64_t across = AcrossBytes(end);
    for (const Label& label : At(end)) {
      const int64_t bytes = across + Estimate(label, end);
      if (pruning_.ram_bound && bytes > limits_.bound) continue;
      options.push_back({.plan = {first_, end, {}},
                         .work = label.work,
                         .bytes = bytes});
      CollectStages(label, options.back().plan.stages);
    }
    KeepFront(options);
    for (const BlockOption& option : options) Reach(option, end);
    if (pruning_.rest_bound) {
      std::erase_if(At(end), [&](const Label& l) { return IsHopeless(l, end); });
    }
    Thin(At(end));
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

  // Beyond kMostLabels keeps some of them, spread evenly over their bytes, so
  // that no network takes forever.
  void Thin(std::vector<Label>& labels) const {
    if (labels.size() <= kMostLabels) return;
    std::stable_sort(labels.begin(), labels.end(),
                     [](const Label& a, const Label& b) {
                       return a.bytes() != b.bytes() ? a.bytes() < b.bytes()
                                                     : a.work < b.work;
                     });
    std::vector<Label> kept;
    for (size_t i = 0; i < kMostLabels; ++i) {
      kept.push_back(
          std::move(labels[i * (labels.size() - 1) / (kMostLabels - 1)]));
    }
    labels = std::move(kept);
  }

  // Whether a plan is known that is at least as good as all that the label
  // can lead to.
  bool IsHopeless(const Label& label, int32_t end) const {
    const int64_t bytes = std::max(limits_.floor, LeastBytes(label));
    const int64_t macs =
        label.work.macs + plain_macs_[static_cast<size_t>(end)];
    return std::any_of(reached_.begin(), reached_.end(),
                       [&](const RestPoint& p) {
                         return p.bytes <= bytes && p.work.macs <= macs;
                       });
  }

  // Tensors that the block only carries along.
  int64_t AcrossBytes(int32_t end) const {
    int64_t sum = 0;
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      const UnitTensor& t = graph_.tensors[i];
      const auto id = static_cast<TensorId>(i);
      if (IsThereBefore(graph_, id, first_) && !t.is_external &&
          LivesBeyond(graph_, id, end)) {
        sum += t.bytes();
      }
    }
    return sum;
  }

  int64_t Estimate(const Label& label, int32_t end) const {
    int64_t bytes = label.bytes();
    int64_t at_start = 0;
    int64_t at_end = 0;
    const double last_row = graph_.tensor(label.latest).rows - 1;
    for (const Crossing& c : label.crossing) {
      const UnitTensor& t = graph_.tensor(c.tensor);
      const bool lives_on = t.is_output || t.last_read >= end;
      if (t.is_external) continue;
      if (c.is_input) {
        if (lives_on) continue;  // carried along
        const double dead = c.is_related ? c.slope * last_row + c.first : 0;
        at_start += t.bytes();
        at_end += t.row_bytes *
                  static_cast<int64_t>(std::clamp<double>(t.rows - dead, 0,
                                                          t.rows));
      } else if (lives_on) {
        bytes -= c.capacity * t.row_bytes;
        at_start += c.rows_per_step * t.row_bytes;
        at_end += t.bytes();
      }
    }
    return bytes + std::max(at_start, at_end);
  }

  void CollectStages(const Label& last, std::vector<StagePlan>& stages) {
    for (const Label* label = &last; label->option != nullptr;) {
      stages.push_back(label->option->plan);
      label = &At(label->begin)[static_cast<size_t>(label->before)];
    }
    std::reverse(stages.begin(), stages.end());
  }

  const UnitGraph& graph_;
  BlockSpace& space_;
  const Pruning& pruning_;
  int32_t first_;
  const BlockLimits& limits_;
  const std::vector<int64_t>& plain_macs_;
  std::vector<std::vector<RestPoint>>& rest_;
  std::vector<RestPoint> reached_;  // plans of [first, n), by bytes
  int32_t count_;
  int64_t input_bytes_ = 0;  // of whole tensors that stages may read
  std::vector<std::vector<Label>> labels_;  // by unit - first_
};

}  // namespace

BlockSpace::BlockSpace(const UnitGraph& graph, StageSpace stages,
                       Pruning pruning)
    : graph_(graph), stages_(stages), pruning_(pruning) {
  stages_.drop_dominated = pruning.stage_dominance;
  plain_macs_.assign(graph.units.size() + 1, 0);
  for (size_t u = graph.units.size(); u-- > 0;) {
    int64_t least = INT64_MAX;
    for (const StageForm& form : graph.units[u].forms) {
      least = std::min(least, form.macs);
    }
    plain_macs_[u] = plain_macs_[u + 1] + least;
  }
}

const std::vector<StageOption>& BlockSpace::Options(int32_t first,
                                                    int32_t last) {
  const auto [at, is_new] = options_.try_emplace({first, last});
  if (is_new) at->second = StageOptions(graph_, first, last, stages_);
  return at->second;
}

std::vector<std::vector<BlockOption>> BlockSpace::From(
    int32_t first, const BlockLimits& limits,
    std::vector<std::vector<RestPoint>>& rest) {
  return LabelSetter(graph_, *this, pruning_, first, limits, plain_macs_, rest)
      .Run(stages_.patches ? stages_.max_units : 1);
}

std::vector<BlockOption> BlockSpace::Exhaustive(int32_t first, int32_t last,
                                                bool one_stage, size_t most) {
  std::vector<BlockOption> open = {{.plan = {first, first, {}}}};
  std::vector<BlockOption> complete;
  while (!open.empty()) {
    const BlockOption option = std::move(open.back());
    open.pop_back();
    const int32_t u = option.plan.last_unit;
    if (u == last) {
      complete.push_back(option);
      if (complete.size() > most) return {};
      continue;
    }
    const bool full =
        one_stage && std::any_of(option.plan.stages.begin(),
                                 option.plan.stages.end(), [&](const auto& s) {
                                   return graph_.unit(s.first_unit).node >= 0;
                                 });
    for (int32_t end = u + 1; end <= last; ++end) {
      if (full && graph_.unit(u).node >= 0) break;
      for (const StageOption& stage : Options(u, end)) {
        BlockOption next = option;
        next.plan.last_unit = end;
        next.plan.stages.push_back(stage.plan);
        next.work = next.work + stage.work;
        open.push_back(std::move(next));
      }
    }
    if (open.size() > most) return {};
  }
  for (BlockOption& option : complete) {
    option.bytes = LiveBytes(graph_, option.plan);
    option.source = BytesSource::kLiving;
  }
  KeepFront(complete);
  return complete;
}

int64_t LiveBytes(const UnitGraph& graph, const BlockPlan& block) {
  return BlockPeakBytes(graph, block, TraceBlock(graph, block));
}

void KeepFront(std::vector<BlockOption>& options) {
  std::stable_sort(options.begin(), options.end(),
                   [](const BlockOption& a, const BlockOption& b) {
                     return a.bytes != b.bytes ? a.bytes < b.bytes
                                               : a.work < b.work;
                   });
  std::vector<BlockOption> front;
  for (BlockOption& option : options) {
    if (front.empty() || option.work < front.back().work) {
      front.push_back(std::move(option));
    }
  }
  options = std::move(front);
}

}  // namespace msf
