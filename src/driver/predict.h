// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cost/cost_model.h"
#include "schedule/schedule.h"
#include "support/result.h"
#include "target/target.h"

namespace msf {

// Time on a target, as far as its costs tell.
struct Latency {
  std::optional<double> instructions;
  std::optional<double> cycles;
  std::optional<double> milliseconds;  // at the target's clock
};

// What one inference takes on a target, without the input callback.
struct Prediction : Latency {
  std::string target;
  std::string basis;  // what was calibrated, what is a default
  // Of it in each stage of the schedule's blocks; the rest is the machine's.
  std::vector<std::vector<Latency>> stages;
};

// The target's coefficients. An error if it has none.
Result<CostModel> CostModelOf(const Target& target);

// The same in cycles, constants included; in instructions where cycles are not
// known. What the search makes small.
Result<CostModel> WorkModelOf(const Target& target);

Result<Prediction> Predict(const Schedule& schedule, const Target& target);

// For every target whose coefficients were measured on itself, and for `also`.
std::vector<Prediction> PredictAll(const Schedule& schedule,
                                   const std::optional<Target>& also);

}  // namespace msf
