// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "schedule/stage_costs.h"

#include <cmath>
#include <map>
#include <memory>
#include <unordered_map>

#include "cost/machinery.h"
#include "schedule/patch_tables.h"

namespace msf {
namespace {

// What kernels a unit runs: whole, or a slice of its channels.
struct SliceKey {
  int32_t unit = 0;
  int32_t form = 0;
  int32_t columns_per_call = 0;  // in a patch
  int32_t role = -1;  // -1: whole
  int32_t count = 0;
  bool is_first = false;
  bool is_last = false;
  int32_t pixel_channels = 0;
  bool by_taps = false;
  auto operator<=>(const SliceKey&) const = default;
};

// Calls that cost the same: of a kernel, in a class of steps.
struct CallKey {
  const KernelShape* shape = nullptr;
  int64_t step_class = 0;
  int32_t x = 0;
  int32_t x_end = 0;
  int32_t in_row_bytes = 0;
  bool operator==(const CallKey&) const = default;
};

struct CallHash {
  size_t operator()(const CallKey& key) const {
    uint64_t hash = reinterpret_cast<uintptr_t>(key.shape) >> 4;
    for (const int64_t part :
         {key.step_class, int64_t{key.x}, int64_t{key.x_end},
          int64_t{key.in_row_bytes}}) {
      hash = (hash ^ static_cast<uint64_t>(part)) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 29;
    }
    return hash;
  }
};

class StageCosts {
 public:
  StageCosts(const Graph& graph, const UnitGraph& units,
             const CostModel& model)
      : graph_(graph), units_(units), model_(model),
        step_cost_(StepCost(model)) {}

  int64_t Cost(const StagePlan& plan, const StageForm& form,
               const Patch* patch) {
    double cost = step_cost_ * form.steps;
    const Unit& unit = units_.unit(plan.first_unit);
    if (patch != nullptr) {
      cost += PatchCost(TablesOf(plan, *patch), form.steps);
    } else if (unit.node >= 0) {
      cost += SingleCost(plan, unit, form);
    }
    return std::llround(cost);
  }

 private:
  // A step whose demand descends past two stages with a read each.
  static double StepCost(const CostModel& model) {
    static constexpr std::pair<const char*, double> kStep[] = {
        {"steps", 1},    {"views", 2}, {"searches", 1},    {"goals", 1},
        {"descents", 2}, {"reads", 2}, {"producers", 1.5}, {"input_checks", 1}};
    const auto k = static_cast<size_t>(FindCostedKernel(kMachine));
    double sum = 0;
    for (const auto& [name, times] : kStep) {
      const auto names = CostedKernels()[k].features.names;
      for (size_t f = 0; f < names.size(); ++f) {
        if (names[f] == std::string_view(name)) sum += times * model.costs[k][f];
      }
    }
    return sum;
  }

  // Ranges recur from one patch to the next: what they cost is kept.
  double PatchCost(const PatchTables& tables, int32_t steps) {
    double sum = 0;
    const FeatureCounts own = WalkPatch(
        tables, steps, model_.body,
        [&](const KernelShape& shape, const CallRange& call,
            int64_t step_class, int64_t times) {
          const auto [at, is_new] = calls_.try_emplace(
              CallKey{&shape, step_class, call.x, call.x_end,
                      call.in_row_bytes},
              0.0);
          if (is_new) at->second = model_.PredictCall(shape, call);
          sum += at->second * static_cast<double>(times);
        });
    for (size_t i = 0; i < kMaxFeatures; ++i) {
      sum += model_.costs[patch_][i] * static_cast<double>(own[i]);
    }
    return sum;
  }

  double SingleCost(const StagePlan& plan, const Unit& unit,
                    const StageForm& form) {
    const KernelShape& shape =
        ShapeFor({.unit = plan.first_unit, .form = plan.form}, {});
    CallRange range{.x_end = MSF_WHOLE_ROW};
    if (!unit.reads.empty()) {
      const UnitTensor& in = units_.tensor(unit.reads[0]);
      range.in_rows = in.rows;
      range.in_row_bytes = static_cast<int32_t>(in.row_bytes);
    }
    range.out_row_bytes =
        static_cast<int32_t>(units_.tensor(unit.output).row_bytes);
    return model_.Predict(
        CountSteps(shape, range, form.steps, model_.body));
  }

  const KernelShape& ShapeFor(const SliceKey& key, ChannelSlice slice) {
    const auto [at, is_new] = shapes_.try_emplace(key);
    if (!is_new) return at->second;
    const Unit& unit = units_.unit(key.unit);
    const Node& node = graph_.node(unit.node);
    StageForm form = unit.forms[static_cast<size_t>(key.form)];
    form.columns_per_call = key.columns_per_call;
    const OpDef& op = OpDefOf(node);
    if (key.by_taps) {
      const Node& before = graph_.node(units_.unit(key.unit - 1).node);
      at->second = ShapeOf(*op.with_taps(graph_, before, node));
    } else {
      at->second = ShapeOf(key.role < 0 ? op.kernel(graph_, node, form)
                                        : op.slice(graph_, node, form, slice));
    }
    return at->second;
  }

  void ReadsOf(const Patch& patch) {
    reads_.clear();
    for (const PatchUnit& entry : patch.units) {
      reads_.push_back(PatchReadsOf(entry));
    }
  }

  const KernelShape& ShapeIn(const Patch& patch, size_t i, int32_t pass,
                             int32_t columns, const UnitPass& unit_pass) {
    SliceKey key{.unit = patch.units[i].unit,
                 .columns_per_call = columns,
                 .by_taps = patch.units[i].by_taps};
    if (!unit_pass.slice) return ShapeFor(key, {});
    key.role = static_cast<int32_t>(unit_pass.slice->role);
    key.count = unit_pass.slice->count;
    key.is_first = pass == 0;
    key.is_last = pass + 1 == patch.slices;
    key.pixel_channels = unit_pass.slice->pixel_channels;
    return ShapeFor(key, *unit_pass.slice);
  }

  // As the schedule makes them, without addresses.
  PatchTables TablesOf(const StagePlan& plan, const Patch& patch) {
    PatchTables tables{.params = PatchParamsOf(patch, plan)};
    ReadsOf(patch);
    const std::vector<int32_t> columns = ColumnsPerCall(patch, plan);
    for (int32_t pass = 0; pass < patch.passes; ++pass) {
      for (size_t i = 0; i < patch.units.size(); ++i) {
        const UnitPass unit_pass = PassOf(patch, plan, i, pass);
        const Unit& unit = units_.unit(patch.units[i].unit);
        tables.nodes.push_back(
            PatchNodeOf(patch, i, unit_pass, units_.tensor(unit.output)));
        tables.nodes.back().reads = reads_[i].data();
        tables.shapes.push_back(
            unit_pass.rests ? nullptr
                            : &ShapeIn(patch, i, pass, columns[i], unit_pass));
      }
    }
    for (const TensorId id : patch.inputs) {
      const UnitTensor& in = units_.tensor(id);
      msf_view view{};
      view.row_bytes = static_cast<int32_t>(in.row_bytes);
      view.rows = in.rows;
      tables.inputs.push_back(view);
    }
    tables.out_row_bytes =
        static_cast<int32_t>(units_.tensor(patch.output).row_bytes);
    return tables;
  }

  const Graph& graph_;
  const UnitGraph& units_;
  CostModel model_;
  double step_cost_;
  std::map<SliceKey, KernelShape> shapes_;
  std::unordered_map<CallKey, double, CallHash> calls_;
  size_t patch_ = static_cast<size_t>(FindCostedKernel(kPatch));
  std::vector<std::vector<msf_patch_read>> reads_;
};

}  // namespace

StageCost MakeStageCost(const Graph& graph, const UnitGraph& units,
                        const CostModel& model) {
  const auto costs = std::make_shared<StageCosts>(graph, units, model);
  return [costs](const StagePlan& plan, const StageForm& form,
                 const Patch* patch) { return costs->Cost(plan, form, patch); };
}

}  // namespace msf
