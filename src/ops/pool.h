// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What the average and the maximum over a window have in common.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ops/op_def.h"
#include "ops/quantize.h"

namespace msf {

// A pool's options, checked, with its padding resolved.
struct Pool {
  Window window;
  Activation activation = Activation::kNone;
};

// int8, rank 4, batch 1, and one quantisation for input and output: TFLM does
// not requantise in a pool (kernels/pooling_common.cc).
Result<Pool> ParsePool(const OptionReader& options, const Graph& graph,
                       const Node& node);

// Output rows; refuses a window that could lie in the padding alone.
Result<Hwc> InferPool(const Window& window, const Hwc& input);

// Row by row; and if there is one output row from several, also accumulated
// with `accumulator_bytes` for each output element.
std::vector<StageForm> PoolForms(const Graph& graph, const Node& node,
                                 const Window& window,
                                 int64_t accumulator_bytes);

// The part of the input that the window of an output pixel covers.
struct PoolSpan {
  int32_t top = 0;  // rows [top, bottom)
  int32_t bottom = 0;
  int32_t left = 0;  // columns [left, right)
  int32_t right = 0;
};

// For references: calls code(span, channel) for each output element and
// writes what it returns, clamped.
void PoolReference(
    const Graph& graph, const Node& node, const Pool& pool, uint8_t* output,
    const std::function<double(const PoolSpan& span, int32_t ch)>& code);

// A call of `kernel` with msf_pool_params.
KernelCall PoolKernel(const char* kernel, const Graph& graph, const Node& node,
                      const Pool& pool);

}  // namespace msf
