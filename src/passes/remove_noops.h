// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace msf {

// Removes nodes that hand their input's bytes on: Pad by nothing, Reshape,
// Quantize to the same scale, and Transpose that only moves dimensions of 1.
// A node stays where its readers would see another scale (TFLite copies the
// bytes of a Reshape all the same), or rows or dimensions they cannot use.
Result<bool> RemoveNoOps(Graph& graph);  // true if the graph changed

}  // namespace msf
