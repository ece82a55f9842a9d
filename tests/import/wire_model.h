// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ir/graph.h"
#include "tflite_generated.h"

namespace msf {

// A .tflite file as an object tree that tests can spoil before it is packed.
wire::ModelT ToWire(const Graph& graph);

std::vector<uint8_t> Pack(const wire::ModelT& model);

}  // namespace msf
