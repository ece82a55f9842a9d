// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "cost/cost_model.h"

namespace msf {
namespace {

int32_t FindFeature(const FeatureSet& features, const std::string& name) {
  for (size_t i = 0; i < features.names.size(); ++i) {
    if (features.names[i] == name) return static_cast<int32_t>(i);
  }
  return -1;
}

}  // namespace

double CostModel::Predict(const PlanFeatures& features, size_t kernel) const {
  double sum = 0;
  for (size_t i = 0; i < kMaxFeatures; ++i) {
    sum += costs[kernel][i] * static_cast<double>(features.counts[kernel][i]);
  }
  return sum;
}

double CostModel::Predict(const PlanFeatures& features) const {
  double sum = 0;
  for (size_t k = 0; k < costs.size(); ++k) sum += Predict(features, k);
  return sum;
}

double CostModel::PredictCall(const KernelShape& shape,
                              const CallRange& call) const {
  FeatureCounts counts{};
  CountCall(shape, call, body, counts);
  double sum = 0;
  for (size_t i = 0; i < kMaxFeatures; ++i) {
    sum += costs[static_cast<size_t>(shape.kernel)][i] *
           static_cast<double>(counts[i]);
  }
  return sum;
}

std::optional<CostModel> MakeCostModel(const Coefficients& coefficients,
                                       KernelBody body, std::string* unknown) {
  CostModel model{.body = body, .costs = {}};
  model.costs.resize(CostedKernels().size());
  for (auto& costs : model.costs) costs.fill(0);
  for (const auto& [kernel, features] : coefficients) {
    const int32_t k = FindCostedKernel(kernel);
    if (k < 0) {
      if (unknown != nullptr) *unknown = kernel;
      return std::nullopt;
    }
    for (const auto& [feature, cost] : features) {
      const int32_t f =
          FindFeature(
          CostedKernels()[static_cast<size_t>(k)].of(body), feature);
      if (f < 0) {
        if (unknown != nullptr) *unknown = kernel + " " + feature;
        return std::nullopt;
      }
      model.costs[static_cast<size_t>(k)][static_cast<size_t>(f)] = cost;
    }
  }
  return model;
}

}  // namespace msf
