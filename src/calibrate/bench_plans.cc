// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "calibrate/bench_plans.h"

#include <algorithm>
#include <optional>

#include "calibrate/net_maker.h"
#include "plan/patch.h"
#include "plan/stage.h"

namespace msf {
namespace {

int32_t FewChannels(BenchDice& dice) {
  return dice.OneIn(3) ? dice.Int(1, 24) : dice.OneOf({4, 8, 12, 16, 24, 32});
}

// An inverted residual: expand, filter, project, and now and then add.
TensorId Bottleneck(NetMaker& net, TensorId x) {
  BenchDice& dice = net.dice();
  const int32_t channels = net.hwc(x).c;
  const int32_t stride = net.hwc(x).h > 6 && dice.OneIn(3) ? 2 : 1;
  const int32_t size = dice.OneOf({3, 3, 5, 7});
  TensorId y = net.Conv2D(x, {}, channels * dice.Int(1, 3));
  y = net.DepthwiseConv2D(
      y, {.kernel_h = size, .kernel_w = size, .stride = stride});
  const bool adds = stride == 1 && dice.OneIn(2);
  y = net.Conv2D(y, {}, adds ? channels : FewChannels(dice));
  return adds ? net.Add(x, y) : y;
}

Graph AnyNetwork(uint32_t seed) {
  NetMaker net(seed);
  BenchDice& dice = net.dice();
  const Hwc picture{dice.Int(6, 28), dice.Int(6, 28), dice.Int(1, 4)};
  TensorId x = dice.OneIn(3) ? net.Quantize(net.Input(picture, DType::kFloat32))
                             : net.Input(picture);
  x = net.Conv2D(x, {.kernel_h = 3, .kernel_w = 3, .stride = dice.Int(1, 2)},
                 FewChannels(dice));
  for (int32_t i = dice.Int(1, 3); i > 0; --i) {
    if (dice.OneIn(2)) {
      x = Bottleneck(net, x);
      continue;
    }
    x = net.DepthwiseConv2D(x, {.kernel_h = 3, .kernel_w = 3});
    x = net.Conv2D(x, {}, FewChannels(dice));
  }
  if (dice.OneIn(2)) x = net.Mean(x, {.reduce_h = true, .reduce_w = true});
  net.Output(x);
  return net.graph();
}

// A patch that begins with the unit, if the dice find one.
std::optional<StagePlan> AnyPatch(const UnitGraph& units, int32_t first,
                                  BenchDice& dice) {
  const int32_t last = first + dice.Int(2, 6);
  if (last > static_cast<int32_t>(units.units.size())) return std::nullopt;
  const UnitTensor& output = units.output_of(last - 1);
  const UnitTensor& inner = units.output_of(first);
  const auto count = static_cast<size_t>(last - first - 1);
  StagePlan patch{.first_unit = first,
                  .last_unit = last,
                  .patch_rows = dice.Int(1, std::min(output.rows, 6)),
                  .patch_cols = dice.Int(1, std::min(output.columns, 8)),
                  .keeps_rows = std::vector<bool>(count, false)};
  if (dice.OneIn(3)) patch.patch_cols = output.columns;
  if (dice.OneIn(3)) {
    patch.strip_cols = dice.Int(patch.patch_cols, output.columns);
  }
  patch.channel_tile = dice.Int(1, static_cast<int32_t>(inner.pixel_bytes()));
  patch.collects = dice.OneIn(2);
  if (MakePatch(units, patch)) return patch;
  patch.channel_tile = 0;
  patch.collects = false;
  patch.by_taps = dice.OneIn(3);
  if (patch.by_taps && MakePatch(units, patch)) return patch;
  patch.by_taps = false;
  for (size_t i = 0; i < count; ++i) patch.keeps_rows[i] = dice.OneIn(2);
  if (MakePatch(units, patch)) return patch;
  return std::nullopt;
}

Plan AnyPlan(const UnitGraph& units, BenchDice& dice) {
  Plan plan{.input_mode = units.input_mode, .blocks = {}};
  const auto count = static_cast<int32_t>(units.units.size());
  for (int32_t u = 0; u < count; u = plan.blocks.back().last_unit) {
    if (u == 0 || dice.OneIn(3)) {
      plan.blocks.push_back({.first_unit = u, .last_unit = u, .stages = {}});
    }
    StagePlan stage = SingleStage(
        u, dice.Int(0, static_cast<int32_t>(units.unit(u).forms.size()) - 1));
    if (dice.OneIn(2)) stage = AnyPatch(units, u, dice).value_or(stage);
    BlockPlan& block = plan.blocks.back();
    block.last_unit = stage.last_unit;
    block.stages.push_back(std::move(stage));
  }
  return plan;
}

void AddPatches(const Schedule& schedule, size_t most, BenchCases& cases) {
  for (size_t b = 0; b < schedule.blocks.size(); ++b) {
    const ScheduleBlock& block = schedule.blocks[b];
    for (size_t s = 0; s < block.stages.size(); ++s) {
      if (!block.stages[s].patch || cases.patches.size() >= most) continue;
      cases.patches.push_back(
          {schedule, static_cast<int32_t>(b), static_cast<int32_t>(s)});
    }
  }
}

}  // namespace

void AddPlanCases(const BenchSize& size, BenchCases& cases) {
  const auto networks = static_cast<size_t>(size.cases_per_kernel);
  const size_t patches = 2 * networks;
  for (uint32_t seed = 1; seed < 4000; ++seed) {
    if (cases.networks.size() >= networks && cases.patches.size() >= patches) {
      break;
    }
    const Graph graph = AnyNetwork(seed);
    BenchDice dice(seed + 77);
    const UnitGraph units = BuildUnitGraph(
        graph, dice.OneIn(2) ? InputMode::kStreamed : InputMode::kResident);
    const Result<Schedule> schedule =
        BuildSchedule(graph, units, AnyPlan(units, dice));
    if (!schedule || schedule->arena_bytes > size.most_ram_bytes) continue;
    AddPatches(*schedule, patches, cases);
    if (cases.networks.size() < networks) {
      cases.networks.push_back({*schedule});
    }
  }
}

}  // namespace msf
