// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace msf {

// Moves a Relu or Relu6 into the clamp of the node before it.
//   Conv2D -> Relu6   =>   Conv2D(activation = kRelu6)
// Only where the two tensors have one scale, the node has no activation yet,
// and nobody else reads its result: then the bytes are the same.
Result<bool> FuseActivations(Graph& graph);  // true if the graph changed

}  // namespace msf
