// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emit/emitter.h"
#include "schedule/schedule.h"
#include "support/result.h"
#include "target/emulate.h"

namespace msf {

// The emitted sources laid out as the target's build wants them; inputs, runs
// and seed are the caller's to fill in.
Result<EmulationRequest> TargetRequest(const Graph& graph,
                                       const Schedule& schedule);
EmulationRequest TargetRequest(const std::string& name,
                               const std::vector<EmittedFile>& files);

}  // namespace msf
