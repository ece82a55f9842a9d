// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/predict.h"

#include "schedule/plan_features.h"

namespace msf {
namespace {

// Constants that all kernels read: the last feature of those that have any.
int64_t FlashBytes(const PlanFeatures& features, const KernelBody& body) {
  int64_t sum = 0;
  for (size_t k = 0; k < features.counts.size(); ++k) {
    const FeatureSet& set = CostedKernels()[k].of(body);
    if (!ReadsConstants(set)) continue;
    sum += features.counts[k][set.names.size() - 1];
  }
  return sum;
}

Latency LatencyOf(const PlanFeatures& features, const CostModel& model,
                  const Target& target) {
  Latency latency;
  const double cost = model.Predict(features);
  if (target.cost->unit == "cycles") {
    latency.cycles = cost;
  } else {
    latency.instructions = cost;
    if (target.cost->cycles_per_instruction > 0) {
      latency.cycles = cost * target.cost->cycles_per_instruction +
                       target.cost->flash_cycles_per_byte *
                           static_cast<double>(FlashBytes(features, model.body));
    }
  }
  if (latency.cycles && target.clock_hz > 0) {
    latency.milliseconds =
        1e3 * *latency.cycles / static_cast<double>(target.clock_hz);
  }
  return latency;
}

}  // namespace

Result<CostModel> CostModelOf(const Target& target) {
  const std::string where = "target " + target.id;
  if (!target.cost) {
    std::string ids;
    for (const Target& other : AllTargets()) {
      if (other.cost) ids += (ids.empty() ? "" : ", ") + other.id;
    }
    return UserError(where, "nobody has measured what kernels cost on it",
                     "msfc bench --calibrate --target " + target.id +
                         " -o FILE, then --cost FILE; known are " + ids);
  }
  std::string unknown;
  std::optional<CostModel> model =
      MakeCostModel(target.cost->coefficients,
                    {.pair_words = target.cost->pair_words,
                     .pair_codes = target.cost->pair_codes,
                     .dot_codes = target.cost->dot_codes,
                     .helium = target.cost->helium,
                     .cache_bytes = target.cost->cache_bytes},
                    &unknown);
  if (model) return *std::move(model);
  return UserError(where,
                   "its costs are of another version of msfc: '" + unknown +
                       "' is not known",
                   "measure again: msfc bench --calibrate");
}

Result<CostModel> WorkModelOf(const Target& target) {
  MSF_ASSIGN(CostModel model, CostModelOf(target));
  if (target.cost->cycles_per_instruction <= 0) return model;
  for (size_t k = 0; k < model.costs.size(); ++k) {
    for (double& cost : model.costs[k]) {
      cost *= target.cost->cycles_per_instruction;
    }
    const FeatureSet& set = CostedKernels()[k].of(model.body);
    if (!ReadsConstants(set)) continue;
    model.costs[k][set.names.size() - 1] =
        target.cost->flash_cycles_per_byte;
  }
  return model;
}

Result<Prediction> Predict(const Schedule& schedule, const Target& target) {
  MSF_ASSIGN(const CostModel model, CostModelOf(target));
  ScheduleFeatures features = FeaturesByStage(schedule, model.body);
  Prediction prediction;
  prediction.target = target.id;
  prediction.basis = target.cost->basis;
  for (const std::vector<PlanFeatures>& block : features.stages) {
    prediction.stages.emplace_back();
    for (const PlanFeatures& stage : block) {
      prediction.stages.back().push_back(LatencyOf(stage, model, target));
      features.machine += stage;
    }
  }
  static_cast<Latency&>(prediction) =
      LatencyOf(features.machine, model, target);
  return prediction;
}

std::vector<Prediction> PredictAll(const Schedule& schedule,
                                   const std::optional<Target>& also) {
  std::vector<Prediction> all;
  for (const Target& target : AllTargets()) {
    if (!target.cost || target.cost->measured_on != target.id) continue;
    if (also && also->id == target.id) continue;
    Result<Prediction> prediction = Predict(schedule, target);
    if (prediction) all.push_back(*std::move(prediction));
  }
  if (also) {
    Result<Prediction> prediction = Predict(schedule, *also);
    if (prediction) all.push_back(*std::move(prediction));
  }
  return all;
}

}  // namespace msf
