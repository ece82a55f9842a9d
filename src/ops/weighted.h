// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What Conv2D, DepthwiseConv2D and FullyConnected have in common: int8 input
// and output, constant int8 weights of zero point 0, a constant int32 bias or
// none. Inputs of the node: x, weights, bias.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"
#include "ops/op_def.h"
#include "ops/quantize.h"
#include "ops/window.h"

namespace msf {

// Where the output channels are in the weights' shape.
enum class ChannelAxis { kFirst, kLast };

// In which type TFLite multiplies the scales of input and weights. Dense
// layers with one weight scale do it in float
// (GetQuantizedConvolutionMultipler), all else in double
// (PopulateConvolutionQuantizationParams); the last bit of the multiplier can
// differ.
enum class ScaleProduct { kDouble, kFloatIfPerTensor };

// How the weights of an operator are read.
struct WeightLayout {
  ChannelAxis axis = ChannelAxis::kFirst;
  ScaleProduct product = ScaleProduct::kDouble;
};

// --- Checks of parse -------------------------------------------------------

// "fused_activation_function" of the options.
Result<Activation> ParseFusedActivation(const OptionReader& options);

// Number of inputs, types, constness, sizes, quantisation of input and output.
Result<void> CheckWeightedTensors(const Graph& graph, const Node& node);

// Number of scales of the weights, length of the bias. Requires
// CheckWeightedTensors().
Result<void> CheckChannels(const Graph& graph, const Node& node,
                           ChannelAxis axis);

// That multipliers are in range and no sum can leave int32. Requires
// CheckChannels().
Result<void> CheckSums(const Graph& graph, const Node& node,
                       WeightLayout layout);

// Rank 4 and batch 1 of the input, rank 4 of the weights [., kh, kw, .].
Result<void> CheckWindowRanks(const Graph& graph, const Node& node);

// The window from "stride_w" and so on, padding resolved, known to fit.
Result<Window> ParseWindow(const OptionReader& options, const Graph& graph,
                           const Node& node);

// That the file declares the output as `inferred`.
Result<void> CheckDeclaredOutput(const Graph& graph, const Node& node,
                                 const Hwc& inferred);

// --- Numbers for kernels and references ------------------------------------

// Output channels.
int32_t Channels(const Tensor& weights, ChannelAxis axis);

// One for each output channel.
std::vector<QuantizedMultiplier> OutputMultipliers(const Graph& graph,
                                                   const Node& node,
                                                   WeightLayout layout);

// Adds the fields weights, bias, multipliers, shifts, scale_step,
// simple_scales. The bias takes in the input's zero point: bias - zero_point *
// sum of the weights. Channels that are constant lose their weights.
void AddWeightFields(KernelCall& call, const Graph& graph, const Node& node,
                     WeightLayout layout);

// The same where the kernel wants the weights in another order.
void AddWeightFields(KernelCall& call, const Graph& graph, const Node& node,
                     WeightLayout layout, std::vector<int8_t> weights);

// Adds kernel_h to dilation_w, pad_top, pad_left.
void AddWindowFields(KernelCall& call, const Window& window);

// Adds output_zero_point, clamp_min, clamp_max.
void AddOutputFields(KernelCall& call, const Graph& graph, const Node& node,
                     Activation activation);

// The int8 code of an accumulator, for references.
int8_t ReferenceFinish(int64_t sum, QuantizedMultiplier scale,
                       int32_t zero_point, ClampRange range);

}  // namespace msf
