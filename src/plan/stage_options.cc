// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/stage_options.h"

#include <algorithm>

#include "plan/patch.h"

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

// Inner tensors of which a band reads rows that an earlier band made, if what
// comes behind them is made again: then most of them have a halo.
std::vector<size_t> Halos(const UnitGraph& graph, StagePlan stage) {
  const auto inner = static_cast<size_t>(stage.last_unit - stage.first_unit - 1);
  std::vector<size_t> halos;
  for (size_t i = 0; i < inner; ++i) {
    stage.keeps_rows.assign(inner, false);
    stage.keeps_rows[i] = true;
    const std::optional<Patch> patch = MakePatch(graph, stage);
    if (patch && patch->units[i].kept_rows > 0) halos.push_back(i);
  }
  return halos;
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

void AddPatch(const UnitGraph& graph, const StagePlan& plan,
              std::vector<StageOption>& options) {
  std::optional<Patch> patch = MakePatch(graph, plan);
  if (!patch) return;
  const Work work{patch->form.macs, Calls(graph, *patch, plan)};
  options.push_back({plan,
                     {plan.first_unit, plan.last_unit, std::move(patch->inputs),
                      patch->output, std::move(patch->form)},
                     work});
}

bool AllowsStrips(const StageSpace& space) {
  return space.strips && space.keeps_rows && !space.ones_only;
}

// Numbers of inner channels that a pass may make: none if units cannot be
// sliced.
std::vector<int32_t> ChannelTiles(const UnitGraph& graph, StagePlan plan,
                                  const StageSpace& space) {
  plan.channel_tile = 1;
  const bool allowed =
      space.channel_tiles && space.keeps_rows && !space.ones_only;
  const std::optional<Patch> patch =
      allowed ? MakePatch(graph, plan) : std::nullopt;
  std::vector<int32_t> tiles;
  if (!patch) return tiles;
  for (int32_t n = space.all_sizes ? 1 : kLeastChannels;
       n < patch->tiled_channels; n = space.all_sizes ? n + 1 : n * 2) {
    tiles.push_back(n);
  }
  return tiles;
}

// Strips of every width, for a patch of these rows and columns. Without rows
// that are kept a strip spares only columns that no window reads.
void AddStrips(const UnitGraph& graph, StagePlan plan,
               const std::vector<size_t>& halos, const StageSpace& space,
               std::vector<StageOption>& options) {
  const int32_t width =
      graph.tensor(graph.unit(plan.last_unit - 1).output).columns;
  const auto inner = static_cast<size_t>(plan.last_unit - plan.first_unit - 1);
  const auto choices = KeepChoices(inner, halos, kMaxFreeHalosOfStrips);
  for (const int32_t strip : Sizes(width, 2, space.all_sizes)) {
    if (strip == width || plan.patch_cols > strip) continue;
    plan.strip_cols = strip;
    for (const std::vector<bool>& keeps : choices) {
      plan.keeps_rows = keeps;
      AddPatch(graph, plan, options);
    }
  }
}

// With sums of whole rows, and of strips of every width.
void AddChannelTiles(const UnitGraph& graph, StagePlan plan,
                     const StageSpace& space,
                     std::vector<StageOption>& options) {
  const int32_t width =
      graph.tensor(graph.unit(plan.last_unit - 1).output).columns;
  AddPatch(graph, plan, options);
  if (!space.strips) return;
  for (const int32_t strip : Sizes(width, 2, space.all_sizes)) {
    if (strip == width || plan.patch_cols > strip) continue;
    plan.strip_cols = strip;
    AddPatch(graph, plan, options);
  }
}

void AddPatches(const UnitGraph& graph, int32_t first, int32_t last,
                const StageSpace& space, std::vector<StageOption>& options) {
  StagePlan plan{.first_unit = first, .last_unit = last, .keeps_rows = {}};
  const auto inner = static_cast<size_t>(last - first - 1);
  plan.keeps_rows.assign(inner, false);
  if (!MakePatch(graph, plan)) return;
  const UnitTensor& output = graph.tensor(graph.unit(last - 1).output);
  const auto rows = space.ones_only ? std::vector<int32_t>{1}
                                    : Sizes(output.rows, 2, space.all_sizes);
  // Wider patches need more RAM for the same MACs; see WidenPatches.
  const auto cols = space.all_sizes ? Sizes(output.columns, 1, true)
                                    : std::vector<int32_t>{1};
  const auto tiles = ChannelTiles(graph, plan, space);
  const bool is_long = last - first > space.max_units;
  for (const int32_t patch_rows : rows) {
    plan.patch_rows = patch_rows;
    const auto halos =
        space.ones_only || !space.keeps_rows ? std::vector<size_t>{}
                                            : Halos(graph, plan);
    for (const int32_t patch_cols : cols) {
      plan.patch_cols = patch_cols;
      if (AllowsStrips(space)) AddStrips(graph, plan, halos, space, options);
      if (is_long) continue;
      for (const std::vector<bool>& keeps :
           KeepChoices(inner, halos, kMaxFreeHalos)) {
        plan.keeps_rows = keeps;
        AddPatch(graph, plan, options);
      }
      plan.keeps_rows.assign(inner, false);
      for (const int32_t tile : tiles) {
        plan.channel_tile = tile;
        AddChannelTiles(graph, plan, space, options);
      }
      plan.channel_tile = 0;
    }
  }
}

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
      const Work work{stage.form.macs, stage.form.steps};
      options.push_back({plan, std::move(stage), work});
    }
    return options;
  }
  if (!space.patches || last - first > LongestStage(space)) return options;
  AddPatches(graph, first, last, space, options);
  if (space.drop_dominated) DropDominated(options);
  return options;
}

}  // namespace msf
