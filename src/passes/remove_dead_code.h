// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace msf {

// Removes nodes whose results nobody reads.
Result<bool> RemoveDeadCode(Graph& graph);  // true if the graph changed

}  // namespace msf
