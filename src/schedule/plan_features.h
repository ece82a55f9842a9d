// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cost/features.h"
#include "schedule/schedule.h"

namespace msf {

// Features of one inference: of every kernel call, of the patches, and of the
// machine. Exact: walks all steps in the order of the runtime.
PlanFeatures FeaturesOf(const Schedule& schedule, const KernelBody& body);

// Features of steps [0, steps) of a stage that is a patch.
PlanFeatures PatchFeaturesOf(const Schedule& schedule,
                             const ScheduleStage& stage, int32_t steps,
                             const KernelBody& body);

}  // namespace msf
