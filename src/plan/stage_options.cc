// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/stage_options.h"

#include <algorithm>

#include "plan/patch.h"
#include "plan/patch_sweep.h"
#include "support/check.h"

namespace msf {
namespace {

// Beyond so many inner tensors with halos not every choice of kept rows is
// tried, but only those that change once along the chain.
constexpr size_t kMaxFreeHalos = 6;
constexpr size_t kMaxFreeHalosOfStrips = 3;

// Fewer channels at once save little: the sums stay.
constexpr int32_t kLeastChannels = 4;

// 1, 2, 4, ... below `limit`, then `limit`; or every number up to it.
std::vector<int32_t> Sizes(int32_t limit, int32_t factor, bool all) {
  std::vector<int32_t> sizes;
  for (int32_t n = 1; n < limit; n = all ? n + 1 : n * factor) {
    sizes.push_back(n);
  }
  sizes.push_back(limit);
  return sizes;
}

// `most_free`: with how many halos every choice is tried.
std::vector<std::vector<bool>> KeepChoices(size_t inner,
                                           const std::vector<size_t>& halos,
                                           size_t most_free) {
  std::vector<std::vector<bool>> choices;
  const auto add = [&](const auto& keeps) {
    std::vector<bool> choice(inner, false);
    for (size_t h = 0; h < halos.size(); ++h) choice[halos[h]] = keeps(h);
    if (std::find(choices.begin(), choices.end(), choice) == choices.end()) {
      choices.push_back(std::move(choice));
    }
  };
  if (halos.size() <= most_free) {
    for (size_t bits = 0; bits < (size_t{1} << halos.size()); ++bits) {
      add([&](size_t h) { return (bits >> h & 1) != 0; });
    }
    return choices;
  }
  for (size_t cut = 0; cut <= halos.size(); ++cut) {
    add([&](size_t h) { return h < cut; });
    add([&](size_t h) { return h >= cut; });
  }
  return choices;
}

// Kernel calls of a patch: about one for each row and sweep position (of all
// strips together).
int64_t Calls(const UnitGraph& graph, const Patch& patch,
              const StagePlan& plan) {
  const int32_t width = graph.tensor(patch.output).columns;
  const int64_t positions = (width + plan.patch_cols - 1) / plan.patch_cols;
  int64_t rows = 0;
  for (const PatchUnit& unit : patch.units) {
    rows += unit.rows_made;
  }
  return positions * rows * patch.passes;
}

bool AllowsStrips(const StageSpace& space) {
  return space.strips && space.keeps_rows && !space.ones_only;
}

Work WorkOfPatch(const UnitGraph& graph, const StagePlan& plan,
                 const Patch& patch, const StageCost& cost) {
  return {patch.form.macs, Calls(graph, patch, plan),
          cost ? cost(plan, patch.form, &patch) : 0};
}

// The patches of one chain of units.
class PatchOptions {
 public:
  PatchOptions(const UnitGraph& graph, int32_t first, int32_t last,
               const StageSpace& space)
      : graph_(graph), space_(space),
        inner_(static_cast<size_t>(last - first - 1)),
        output_(graph.output_of(last - 1)),
        plan_{.first_unit = first, .last_unit = last, .keeps_rows = {}} {}

  std::vector<StageOption> Collect() {
    plan_.keeps_rows.assign(inner_, false);
    for (const bool by_taps : {false, true}) {
      plan_.by_taps = by_taps;
      if (by_taps && (!space_.taps || !space_.keeps_rows || space_.ones_only)) {
        continue;
      }
      if (Make(plan_)) AddSizes();
    }
    return std::move(options_);
  }

 private:
  void AddSizes() {
    const auto rows = space_.ones_only
                          ? std::vector<int32_t>{1}
                          : Sizes(output_.rows, 2, space_.all_sizes);
    // Wider patches need more RAM for the same MACs; see WidenPatches. Where
    // work is more than MACs, they do less of it.
    const auto cols = space_.all_sizes ? Sizes(output_.columns, 1, true)
                      : space_.cost && !space_.ones_only
                          ? Sizes(output_.columns, 4, false)
                          : std::vector<int32_t>{1};
    const auto tiles = ChannelTiles();
    for (const int32_t patch_rows : rows) {
      plan_.patch_rows = patch_rows;
      const auto halos = space_.ones_only || !space_.keeps_rows
                             ? std::vector<size_t>{}
                             : Halos();
      for (const int32_t patch_cols : cols) {
        plan_.patch_cols = patch_cols;
        AddBands(halos, tiles);
      }
    }
  }

  std::optional<Patch> Make(const StagePlan& plan) {
    return MakePatch(graph_, plan, sweeps_);
  }

  void Add(const StagePlan& plan) {
    std::optional<Patch> patch = Make(plan);
    if (!patch) return;
    const Work work = WorkOfPatch(graph_, plan, *patch, space_.cost);
    options_.push_back(
        {plan,
         {plan.first_unit, plan.last_unit, std::move(patch->inputs),
          patch->output, std::move(patch->form)},
         work});
  }

  // Whether the units are too many for a patch that is not in strips.
  bool IsLong() const {
    return plan_.last_unit - plan_.first_unit > space_.max_units;
  }

  // Inner tensors of which a band reads rows that an earlier band made, if
  // what comes behind them is made again: then most of them have a halo.
  std::vector<size_t> Halos() {
    StagePlan plan = plan_;
    std::vector<size_t> halos;
    for (size_t i = 0; i < inner_; ++i) {
      plan.keeps_rows.assign(inner_, false);
      plan.keeps_rows[i] = true;
      const std::optional<Patch> patch = Make(plan);
      if (!patch) continue;
      const auto keeps = [](const PatchUnit& u) { return u.kept_rows > 0; };
      if (std::any_of(patch->units.begin(), patch->units.end(), keeps)) {
        halos.push_back(i);
      }
    }
    return halos;
  }

  // Some channels at once.
  struct Tile {
    int32_t channels = 0;
    bool collects = false;
  };

  // What a pass may make: nothing if units cannot be sliced.
  std::vector<Tile> ChannelTiles() {
    std::vector<Tile> tiles;
    if (!space_.channel_tiles || !space_.keeps_rows || space_.ones_only) {
      return tiles;
    }
    for (const bool collects : {false, true}) {
      StagePlan plan = plan_;
      plan.channel_tile = 1;
      plan.collects = collects;
      const std::optional<Patch> patch = Make(plan);
      if (!patch) continue;
      for (int32_t n = space_.all_sizes ? 1 : kLeastChannels;
           n < patch->tiled_channels; n = space_.all_sizes ? n + 1 : n * 2) {
        tiles.push_back({n, collects});
      }
    }
    return tiles;
  }

  // Everything for patch_rows x patch_cols.
  void AddBands(const std::vector<size_t>& halos,
                const std::vector<Tile>& tiles) {
    StagePlan plan = plan_;
    if (AllowsStrips(space_)) {
      // Without rows that are kept a strip spares only columns that no window
      // reads.
      for (const auto& keeps :
           KeepChoices(inner_, halos, kMaxFreeHalosOfStrips)) {
        plan.keeps_rows = keeps;
        AddStrips(plan);
      }
    }
    if (IsLong()) return;
    for (const auto& keeps : KeepChoices(inner_, halos, kMaxFreeHalos)) {
      plan.keeps_rows = keeps;
      Add(plan);
    }
    plan.keeps_rows.assign(inner_, false);
    for (const Tile& tile : tiles) {
      plan.channel_tile = tile.channels;
      plan.collects = tile.collects;
      Add(plan);
      if (AllowsStrips(space_)) AddStrips(plan);
    }
  }

  // Strips of every width.
  void AddStrips(StagePlan plan) {
    for (const int32_t strip : Sizes(output_.columns, 2, space_.all_sizes)) {
      if (strip == output_.columns || plan.patch_cols > strip) continue;
      plan.strip_cols = strip;
      Add(plan);
    }
  }

  const UnitGraph& graph_;
  const StageSpace& space_;
  size_t inner_;
  const UnitTensor& output_;
  StagePlan plan_;
  SweepCache sweeps_;
  std::vector<StageOption> options_;
};

// Whether `a` is at least as good as `b` in all that a plan can feel. Steps of
// fewer rows are no merit by themselves: with several ways through a block they
// change the order of its stages, and now and then for the worse.
bool Beats(const StageOption& a, const StageOption& b) {
  const StageForm& x = a.stage.form;
  const StageForm& y = b.stage.form;
  if (x.kind != y.kind || x.rows_per_step != y.rows_per_step ||
      x.state_bytes > y.state_bytes || x.scratch_bytes > y.scratch_bytes ||
      b.work < a.work || a.stage.reads != b.stage.reads) {
    return false;
  }
  for (size_t i = 0; i < x.needs.size(); ++i) {
    const RowNeed& n = x.needs[i];
    const RowNeed& m = y.needs[i];
    if (n.offset < m.offset || n.extent + n.offset > m.extent + m.offset ||
        n.offset - n.lead < m.offset - m.lead ||
        n.stride != m.stride) {
      return false;
    }
  }
  return true;
}

void DropDominated(std::vector<StageOption>& options) {
  std::vector<StageOption> best;
  for (StageOption& option : options) {
    const auto beaten = [&](const StageOption& other) {
      return Beats(other, option);
    };
    if (std::any_of(best.begin(), best.end(), beaten)) continue;
    std::erase_if(best, [&](const StageOption& other) {
      return Beats(option, other);
    });
    best.push_back(std::move(option));
  }
  options = std::move(best);
}

}  // namespace

Work WorkOf(const UnitGraph& graph, const StagePlan& plan,
            const StageCost& cost) {
  if (plan.IsPatch()) {
    const std::optional<Patch> patch = MakePatch(graph, plan);
    MSF_CHECK(patch.has_value());
    return WorkOfPatch(graph, plan, *patch, cost);
  }
  const StageForm& form =
      graph.unit(plan.first_unit).forms[static_cast<size_t>(plan.form)];
  return {form.macs, form.steps, cost ? cost(plan, form, nullptr) : 0};
}

Work WorkOf(const UnitGraph& graph, const BlockPlan& block,
            const StageCost& cost) {
  Work sum;
  for (const StagePlan& stage : block.stages) {
    sum = sum + WorkOf(graph, stage, cost);
  }
  return sum;
}

int32_t LongestStage(const StageSpace& space) {
  if (!space.patches) return 1;
  return AllowsStrips(space)
             ? std::max(space.max_units, space.max_strip_units)
             : space.max_units;
}

std::vector<StageOption> StageOptions(const UnitGraph& graph, int32_t first,
                                      int32_t last, const StageSpace& space) {
  std::vector<StageOption> options;
  if (last - first == 1) {
    const auto forms = static_cast<int32_t>(graph.unit(first).forms.size());
    for (int32_t f = 0; f < forms; ++f) {
      const StagePlan plan = SingleStage(first, f);
      Stage stage = StageOf(graph, plan);
      const Work work = WorkOf(graph, plan, space.cost);
      options.push_back({plan, std::move(stage), work});
    }
    return options;
  }
  if (!space.patches || last - first > LongestStage(space)) return options;
  options = PatchOptions(graph, first, last, space).Collect();
  if (space.drop_dominated) DropDominated(options);
  return options;
}

}  // namespace msf
