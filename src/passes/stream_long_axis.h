// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace msf {

// Makes the long axis of 1-D networks the rows that are streamed.
//   1 x 640 x 8 (one row)   =>   640 x 1 x 8 (many rows)
// The bytes of a tensor with h = 1 are the same either way; windows, padding
// and weights swap their two axes. Regions that touch an operator which needs
// both axes stay as they are.
Result<bool> StreamLongAxis(Graph& graph);  // true if the graph changed

}  // namespace msf
