// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "memory/problem.h"
#include "support/result.h"

namespace msf {

// Checks a layout from the definition alone; knows nothing of the allocators.
// An internal error names the two buffers that clash, a misaligned or negative
// offset, or an arena size that is not the end of the highest buffer.
Result<void> ValidateLayout(const MemoryProblem& problem,
                            const MemoryLayout& layout);

}  // namespace msf
