// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cost/features.h"

namespace msf {

// By kernel, by feature; as targets/*.json has them. Features without an entry
// cost nothing.
using Coefficients = std::map<std::string, std::map<std::string, double>>;

// What features cost on a target: in instructions, or in cycles.
struct CostModel {
  KernelBody body;
  std::vector<std::array<double, kMaxFeatures>> costs;  // by CostedKernels()

  // In all, and by kernel.
  double Predict(const PlanFeatures& features) const;
  double Predict(const PlanFeatures& features, size_t kernel) const;
  double PredictCall(const KernelShape& shape, const CallRange& call) const;
};

// Nothing if a kernel or feature is not known: the coefficients belong to
// another version of the runtime. `unknown`, if not null, gets its name.
std::optional<CostModel> MakeCostModel(const Coefficients& coefficients,
                                       KernelBody body,
                                       std::string* unknown = nullptr);

}  // namespace msf
