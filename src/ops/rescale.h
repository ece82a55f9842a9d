// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Operators that map every int8 code to another one by the same rule:
//   clamp(zero_point + (x - input_zero_point) * multiplier * 2^(shift - 31))
#pragma once

#include <cstdint>
#include <vector>

#include "ops/op_def.h"
#include "ops/quantize.h"

namespace msf {

struct Rescale {
  int32_t input_zero_point = 0;
  QuantizedMultiplier factor;
  int32_t zero_point = 0;
  ClampRange clamp;
};

// From the input's scale and zero point to the output's; no clamp but int8.
Rescale RescaleOf(const Tensor& input, const Tensor& output);

// One input and one output, both int8, computed, of equally many elements.
Result<void> CheckRescale(const Graph& graph, const Node& node);

// `infer` and `forms` of a node with one input whose output has its rows.
Result<Hwc> InferSameRows(const Graph& graph, const Node& node);
std::vector<StageForm> RowByRow(const Graph& graph, const Node& node);
// The same where each element is made of one, in place if it is as long.
std::vector<StageForm> ElementByElement(const Graph& graph, const Node& node);

KernelCall RescaleKernel(const Rescale& rescale, const Hwc& rows);

void RescaleReference(const Rescale& rescale, int64_t elements,
                      const uint8_t* input, uint8_t* output);

}  // namespace msf
