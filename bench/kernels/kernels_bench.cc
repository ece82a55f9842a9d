// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Kernels as the host runs them: one layer each, row by row, and a patch. For
// regressions; what a microcontroller takes is told by msfc bench.
#include <benchmark/benchmark.h>

#include <optional>

#include "calibrate/net_maker.h"
#include "exec/executor.h"
#include "plan/patch.h"
#include "plan/stage.h"
#include "support/random_bytes.h"

namespace msf {
namespace {

// Every unit by itself; or all in one patch of rows and columns.
Plan PlanFor(const UnitGraph& units, int32_t patch_rows, int32_t patch_cols) {
  const auto count = static_cast<int32_t>(units.units.size());
  Plan plan{.input_mode = units.input_mode,
            .blocks = {SingleStages(0, count)}};
  if (patch_rows == 0) return plan;
  StagePlan patch{.first_unit = 0,
                  .last_unit = count,
                  .patch_rows = patch_rows,
                  .patch_cols = patch_cols};
  patch.keeps_rows.assign(static_cast<size_t>(count) - 1, true);
  plan.blocks[0].stages = {patch};
  return plan;
}

// Inferences of a network; items are MACs.
void Run(benchmark::State& state, const NetMaker& net, int32_t patch_rows = 0,
         int32_t patch_cols = 0) {
  const Graph& graph = net.graph();
  const UnitGraph units = BuildUnitGraph(graph, InputMode::kExternal);
  const Result<Schedule> schedule =
      BuildSchedule(graph, units, PlanFor(units, patch_rows, patch_cols));
  if (!schedule) return state.SkipWithError("no schedule");
  RandomBytes stream(1);
  const std::vector<Bytes> inputs = RandomInputs(graph, stream);
  Executor executor(graph, *schedule);
  for (auto _ : state) {
    executor.Start(inputs);
    benchmark::DoNotOptimize(msf_run(&executor.machine()));
  }
  state.SetItemsProcessed(state.iterations() * std::max<int64_t>(
                                                   schedule->macs, 1));
}

void Conv3x3(benchmark::State& state) {
  NetMaker net(1);
  net.Output(net.Conv2D(net.Input({16, 16, 32}), {.kernel_h = 3, .kernel_w = 3},
                        32));
  Run(state, net);
}
BENCHMARK(Conv3x3);

void ConvFirstLayer(benchmark::State& state) {
  NetMaker net(2);
  net.Output(net.Conv2D(net.Input({48, 48, 3}),
                        {.kernel_h = 3, .kernel_w = 3, .stride = 2}, 16));
  Run(state, net);
}
BENCHMARK(ConvFirstLayer);

void Conv1x1(benchmark::State& state) {
  NetMaker net(3);
  net.Output(net.Conv2D(net.Input({16, 16, 64}), {}, 64));
  Run(state, net);
}
BENCHMARK(Conv1x1);

void Depthwise(benchmark::State& state) {
  const auto size = static_cast<int32_t>(state.range(0));
  NetMaker net(4);
  net.Output(net.DepthwiseConv2D(
      net.Input({24, 24, 32}), {.kernel_h = size, .kernel_w = size}));
  Run(state, net);
}
BENCHMARK(Depthwise)->Arg(3)->Arg(5)->Arg(7);

void FullyConnected(benchmark::State& state) {
  NetMaker net(5);
  net.Output(net.FullyConnected(net.Input({1, 1, 512}), 64));
  Run(state, net);
}
BENCHMARK(FullyConnected);

void Add(benchmark::State& state) {
  NetMaker net(6);
  const TensorId a = net.Input({16, 16, 64});
  const TensorId b = net.Input({16, 16, 64});
  net.Rescale(b, 0.6f);
  net.Output(net.Add(a, b));
  Run(state, net);
}
BENCHMARK(Add);

void AveragePool(benchmark::State& state) {
  NetMaker net(7);
  net.Output(net.Pool(net.Input({16, 16, 64}),
                      {.kernel_h = 2, .kernel_w = 2, .stride = 2}, true));
  Run(state, net);
}
BENCHMARK(AveragePool);

void Mean(benchmark::State& state) {
  NetMaker net(8);
  net.Output(net.Mean(net.Input({8, 8, 128}),
                      {.reduce_h = true, .reduce_w = true}));
  Run(state, net);
}
BENCHMARK(Mean);

void Softmax(benchmark::State& state) {
  NetMaker net(9);
  net.Output(net.Softmax(net.Input({1, 1, 100})));
  Run(state, net);
}
BENCHMARK(Softmax);

// An inverted residual as one patch, as many columns at a time as Arg says.
void Patch(benchmark::State& state) {
  NetMaker net(10);
  TensorId x = net.Input({24, 24, 16});
  x = net.Conv2D(x, {}, 48);
  x = net.DepthwiseConv2D(x, {.kernel_h = 3, .kernel_w = 3});
  net.Output(net.Conv2D(x, {}, 16));
  Run(state, net, 2, static_cast<int32_t>(state.range(0)));
}
BENCHMARK(Patch)->Arg(1)->Arg(4)->Arg(24);

}  // namespace
}  // namespace msf
