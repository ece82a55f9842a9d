// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Small edits that several passes make.
#pragma once

#include "ir/graph.h"

namespace msf {

// Everything that read `from` (nodes and network outputs) reads `to`.
void ReplaceUses(Graph& graph, TensorId from, TensorId to);

bool IsNetworkOutput(const Graph& graph, TensorId tensor);
bool IsNetworkInput(const Graph& graph, TensorId tensor);

}  // namespace msf
