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

// A unit of a patch, which makes `output`; without the pointers and many_rows.
msf_patch_node PatchNodeOf(const PatchUnit& entry, const UnitTensor& output);

// Lets the unit's pixels take `bytes`: those of a slice of its channels.
void SetPixelBytes(const PatchUnit& entry, int32_t bytes, msf_patch_node& node);

}  // namespace msf
