// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cost/features.h"
#include "schedule/schedule.h"

namespace msf {

// Features of one inference, exact: all steps are walked in the order of the
// runtime.
struct ScheduleFeatures {
  PlanFeatures machine;
  // Of each block's stages: of their kernels' calls, and of patches.
  std::vector<std::vector<PlanFeatures>> stages;
};
ScheduleFeatures FeaturesByStage(const Schedule& schedule,
                                 const KernelBody& body);

// All of them.
PlanFeatures FeaturesOf(const Schedule& schedule, const KernelBody& body);

// Features of steps [0, steps) of a stage that is a patch.
PlanFeatures PatchFeaturesOf(const Schedule& schedule,
                             const ScheduleStage& stage, int32_t steps,
                             const KernelBody& body);

}  // namespace msf
