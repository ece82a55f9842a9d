// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The runtime's tables of a patch: for the schedule, and for what it costs.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/msf_patch.h"
#include "plan/patch.h"
#include "plan/unit_graph.h"

namespace msf {

// What a unit of a patch reads.
std::vector<msf_patch_read> PatchReadsOf(const PatchUnit& entry);

// A unit of a patch in a pass, which makes `output`; without the pointers and
// many_rows.
msf_patch_node PatchNodeOf(const Patch& patch, size_t unit,
                           const UnitPass& pass, const UnitTensor& output);

// The table of a patch, without addresses.
msf_patch_params PatchParamsOf(const Patch& patch, const StagePlan& stage);

}  // namespace msf
