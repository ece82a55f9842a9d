// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "calibrate/bench_cases.h"

#include <algorithm>
#include <map>
#include <optional>

#include "calibrate/bench_nodes.h"
#include "calibrate/bench_plans.h"
#include "calibrate/net_maker.h"
#include "schedule/plan_features.h"
#include "support/check.h"

namespace msf {
namespace {

constexpr int64_t kAlign = 8;

int64_t Aligned(int64_t bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }

int64_t Bytes(const msf_view& view) {
  return Aligned(int64_t{view.row_bytes} * view.capacity);
}

msf_view ViewOf(const Tensor& tensor, int32_t capacity) {
  return {.base = nullptr,
          .row_bytes = static_cast<int32_t>(tensor.row_bytes()),
          .capacity = std::min(capacity, tensor.hwc.h),
          .rows = tensor.hwc.h};
}

// Which steps and columns are measured.
void ChooseRange(const StageForm& form, int32_t width, BenchDice& dice,
                 KernelCase& bench) {
  const int32_t last = form.steps - 1;
  bench.range.step = dice.OneIn(4)   ? 0
                     : dice.OneIn(4) ? last
                                     : dice.Int(last / 2, last);
  bench.range.x_end = MSF_WHOLE_ROW;
  if (form.columns.empty() || dice.OneIn(2)) return;
  bench.range.x = dice.Int(0, width - 1);
  bench.range.x_end =
      std::min(bench.range.x + dice.OneOf({1, 1, 2, 3, 4, 5, 8}), width);
}

// Several steps, or in one call as many rows, where the kernel can.
void ChooseRows(const StageForm& form, BenchDice& dice, KernelCase& bench) {
  if (dice.OneIn(2)) return;
  const int32_t rows =
      std::min(dice.Int(1, 4), form.steps - bench.range.step);
  if (bench.call.many_rows && dice.OneIn(2)) {
    bench.range.more_rows = rows - 1;
  } else {
    bench.steps = rows;
  }
}

// The last node of the network in one of its forms.
KernelCase CaseOf(NetMaker& net) {
  const Graph& graph = net.graph();
  const Node& node = graph.nodes.back();
  const OpDef& op = OpDefOf(node);
  BenchDice& dice = net.dice();
  const std::vector<StageForm> forms = op.forms(graph, node);
  StageForm form = forms[static_cast<size_t>(
      dice.Int(0, static_cast<int32_t>(forms.size()) - 1))];
  const Tensor& output = graph.tensor(node.outputs[0]);
  KernelCase bench{.call = {},
                   .inputs = {},
                   .state_bytes = form.state_bytes,
                   .scratch_bytes = form.scratch_bytes};
  ChooseRange(form, output.hwc.w, dice, bench);
  if (bench.range.x_end != MSF_WHOLE_ROW && !dice.OneIn(4)) {
    form.columns_per_call = bench.range.x_end - bench.range.x;
  }
  bench.call = op.kernel(graph, node, form);
  ChooseRows(form, dice, bench);
  const bool by_rows = form.kind == StageKind::kRow;
  bench.output =
      ViewOf(output, by_rows ? 1 + bench.range.more_rows : output.hwc.h);
  for (ParamField& field : bench.call.fields) {
    // Rare in networks, rarer here.
    if (field.name == "simple_scales" && dice.OneIn(10)) field.value = 0;
  }
  const std::vector<TensorId> inputs = ActivationInputs(graph, node);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& input = graph.tensor(inputs[i]);
    const bool whole = form.kind == StageKind::kWhole;
    const RowNeed& need = form.needs[i];
    const int32_t rows = need.extent * form.rows_per_step +
                         need.stride * bench.range.more_rows;
    bench.inputs.push_back(ViewOf(input, whole ? input.hwc.h : rows));
  }
  bench.reads_floats = graph.tensor(inputs[0]).dtype == DType::kFloat32;
  bench.range.in_rows = bench.inputs[0].rows;
  bench.range.in_row_bytes = bench.inputs[0].row_bytes;
  bench.range.out_row_bytes = bench.output.row_bytes;
  return bench;
}

// A pass over some input channels of a pointwise convolution.
std::optional<KernelCase> PartCase(NetMaker& net) {
  BenchDice& dice = net.dice();
  const Hwc in = AnyPicture(dice);
  if (in.c < 2) return std::nullopt;
  net.Conv2D(net.Input(in), {}, AnyChannels(dice));
  KernelCase bench = CaseOf(net);
  const Graph& graph = net.graph();
  const Node& node = graph.nodes.back();
  const OpDef& op = OpDefOf(node);
  const int32_t count = dice.Int(1, in.c - 1);
  const ChannelSlice slice{.role = SliceRole::kInputs,
                           .first = dice.OneOf({0, 0, in.c - count, 1}),
                           .count = count,
                           .sums_rows = 1 + bench.range.more_rows,
                           .sums_cols = in.w};
  if (slice.first + slice.count > in.c) return std::nullopt;
  bench.call = op.slice(graph, node, op.forms(graph, node)[0], slice);
  bench.inputs[0].row_bytes = in.w * count;
  bench.range.in_row_bytes = in.w * count;
  bench.state_bytes =
      4 * int64_t{bench.output.row_bytes} * (1 + bench.range.more_rows);
  return bench;
}

// A convolution and a depthwise convolution that makes its output tap by tap.
std::optional<KernelCase> TapsCase(NetMaker& net) {
  BenchDice& dice = net.dice();
  Hwc in = AnyPicture(dice);
  in.c = dice.OneOf({1, 1, 3, 3, 4, 8, 8, 12, 16, 24, 32, 48, 64, 96});
  BenchWindow first;
  if (in.c <= 4) {
    // Mostly without padding, for windows that lie inside.
    in.h = dice.Int(7, 16);
    const bool is_tall = in.c == 1 && dice.OneIn(2);
    first = {.kernel_h = is_tall ? dice.Int(4, 10) : 3,
             .kernel_w = is_tall ? 4 : 3,
             .stride = dice.Int(1, 2),
             .same = dice.OneIn(3)};
    if (!Fits(first, in)) return std::nullopt;
  }
  const TensorId between =
      net.Conv2D(net.Input(in), first, 4 * dice.Int(1, 16));
  BenchWindow window = SquareWindow(dice, dice.OneOf({3, 3, 5, 7}));
  window.same = dice.OneIn(2);
  if (!Fits(window, net.hwc(between))) return std::nullopt;
  net.DepthwiseConv2D(between, window);
  const Graph& graph = net.graph();
  const Node& node = graph.nodes.back();
  const Node& before = graph.nodes[graph.nodes.size() - 2];
  const auto call = OpDefOf(node).with_taps(graph, before, node);
  if (!call) return std::nullopt;
  const RowNeed need = OpDefOf(node).forms(graph, node)[0].needs[0];
  KernelCase bench = CaseOf(net);
  bench.call = *call;
  if (bench.range.more_rows == 0 && bench.steps > 1) {
    bench.range.more_rows = bench.steps - 1;
    bench.steps = 1;
  }
  bench.state_bytes = 0;
  // The rows under those of the convolution that are read.
  const RowNeed own = OpDefOf(before).forms(graph, before)[0].needs[0];
  const Tensor& input = graph.tensor(before.inputs[0]);
  const int32_t rows =
      (need.extent - 1 + need.stride * bench.range.more_rows) * own.stride +
      own.extent;
  bench.inputs = {ViewOf(input, rows)};
  bench.output = ViewOf(graph.tensor(node.outputs[0]),
                        1 + bench.range.more_rows);
  bench.range.in_rows = bench.inputs[0].rows;
  bench.range.in_row_bytes = bench.inputs[0].row_bytes;
  bench.range.out_row_bytes = bench.output.row_bytes;
  return bench;
}

int64_t WeightBytes(const KernelCall& call) {
  int64_t most = 0;
  for (const ParamField& field : call.fields) {
    if (!field.array) continue;
    most = std::max(most, static_cast<int64_t>(field.array->bytes.size()));
  }
  return most;
}

std::optional<KernelCase> AnyCase(uint32_t seed) {
  NetMaker net(seed);
  const auto makers = static_cast<uint32_t>(NodeMakers().size());
  const uint32_t kind = seed % (makers + 2);
  if (kind == makers) return PartCase(net);
  if (kind == makers + 1) return TapsCase(net);
  if (!NodeMakers()[kind](net)) return std::nullopt;
  return CaseOf(net);
}

}  // namespace

int64_t RamBytes(const KernelCase& bench) {
  int64_t sum = Bytes(bench.output) + Aligned(bench.state_bytes) +
                Aligned(bench.scratch_bytes);
  for (const msf_view& input : bench.inputs) sum += Bytes(input);
  return sum;
}

int64_t RamBytes(const PlanCase& bench) {
  return Aligned(bench.schedule.arena_bytes);
}

BenchSize BenchSizeFor(int64_t flash_bytes, int64_t ram_bytes) {
  BenchSize size;
  size.most_ram_bytes = std::min(size.most_ram_bytes, ram_bytes * 5 / 8);
  constexpr int64_t kComfortable = 1024 * 1024;
  if (flash_bytes < kComfortable) {
    size.cases_per_kernel = static_cast<int32_t>(
        std::max<int64_t>(8, size.cases_per_kernel * flash_bytes / kComfortable));
    size.most_weight_bytes = std::min(size.most_weight_bytes, flash_bytes / 8);
  }
  return size;
}

BenchCases MakeBenchCases(const BenchSize& size) {
  BenchCases cases;
  std::map<std::string, int32_t> count;
  // Enough seeds for the rarest kernel.
  const auto seeds = static_cast<uint32_t>(size.cases_per_kernel + 10) * 400;
  for (uint32_t seed = 1; seed <= seeds; ++seed) {
    std::optional<KernelCase> bench = AnyCase(seed);
    if (!bench || RamBytes(*bench) > size.most_ram_bytes ||
        WeightBytes(bench->call) > size.most_weight_bytes) {
      continue;
    }
    // Those with many loops need more cases to tell them apart.
    const auto kernel =
        static_cast<size_t>(FindCostedKernel(bench->call.kernel));
    const auto features =
        static_cast<int32_t>(CostedKernels()[kernel].features.names.size());
    int32_t& have = count[bench->call.kernel];
    if (have >= size.cases_per_kernel * (features + 10) / 20) continue;
    ++have;
    cases.kernels.push_back(*std::move(bench));
  }
  AddPlanCases(size, cases);
  return cases;
}

std::vector<PlanFeatures> FeaturesOf(const BenchCases& cases,
                                     const KernelBody& body) {
  std::vector<PlanFeatures> all;
  for (const KernelCase& bench : cases.kernels) {
    PlanFeatures features;
    const KernelShape shape = ShapeOf(bench.call);
    CallRange range = bench.range;
    for (int32_t s = 0; s < bench.steps; ++s, ++range.step) {
      features.AddCall(shape, range, body);
    }
    all.push_back(std::move(features));
  }
  for (const PlanCase& bench : cases.patches) {
    const ScheduleBlock& block =
        bench.schedule.blocks[static_cast<size_t>(bench.block)];
    const ScheduleStage& stage = block.stages[static_cast<size_t>(bench.stage)];
    const PlanFeatures whole =
        PatchFeaturesOf(bench.schedule, stage, stage.form.steps, body);
    PlanFeatures features;
    features.of(kPatch) = whole.of(kPatch);
    all.push_back(std::move(features));
  }
  for (const PlanCase& bench : cases.networks) {
    PlanFeatures features;
    features.of(kMachine) = FeaturesOf(bench.schedule, body).of(kMachine);
    all.push_back(std::move(features));
  }
  return all;
}

}  // namespace msf
