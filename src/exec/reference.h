// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace msf {

using Bytes = std::vector<uint8_t>;

// The plain reference interpreter: every node over whole tensors, with each
// operator's `reference`. `inputs` are the bytes of Graph::inputs, as long as
// their tensors. Returns the bytes of every tensor that was computed, by
// TensorId (others are empty).
std::vector<Bytes> RunReference(const Graph& graph,
                                const std::vector<Bytes>& inputs);

// The bytes of the network's outputs out of RunReference's result.
std::vector<Bytes> OutputsOf(const Graph& graph,
                             const std::vector<Bytes>& tensors);

// The next network inputs of a `random:SEED` stream: inputs filled in order,
// one draw for each byte; a float32 element is (int8)draw / 128.
class RandomBytes;
std::vector<Bytes> RandomInputs(const Graph& graph, RandomBytes& stream);

}  // namespace msf
