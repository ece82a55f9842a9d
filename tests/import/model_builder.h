// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The way back: a .tflite file from a Graph, so that tests need no files.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace msf {

// The bytes of a .tflite file that imports as `graph`. Inputs of nodes must be
// those of the file format: RESHAPE, PAD, MEAN and TRANSPOSE have their shape,
// paddings, axes or permutation as a second, constant input. A window's
// padding must be none at all (written as VALID) or what SAME resolves to.
std::vector<uint8_t> ToTflite(const Graph& graph);

}  // namespace msf
