// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace msf {

// Folds explicit Pad nodes into the padding of the convolutions that read
// them.
//   Pad(1,1) -> Conv2D(valid)   =>   Conv2D(pad_top = 1, ...)
// A padded tap then adds (zero_point - zero_point) * weight = 0, as the padded
// value did. Left alone: channel padding, another pad value or scale, and
// pools (an average counts explicit padding, not its own).
Result<bool> FoldPad(Graph& graph);  // true if the graph changed

}  // namespace msf
