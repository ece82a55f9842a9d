// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "driver/run.h"
#include "ir/graph.h"
#include "support/result.h"

namespace msf {

// What --input names: nothing (random:1), "random:SEED", or one file for each
// network input.
Result<RunInput> ReadInputs(const std::vector<std::string>& sources,
                            const Graph& graph);

}  // namespace msf
