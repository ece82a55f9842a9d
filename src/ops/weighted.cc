// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ops/weighted.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "ops/reference_math.h"
#include "support/check.h"

namespace msf {
namespace {

const Tensor& Input(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[0]);
}

const Tensor& Weights(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[1]);
}

// Null if absent.
const int32_t* Bias(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 3 || node.inputs[2] == kNoTensor) return nullptr;
  return graph.tensor(node.inputs[2]).values<int32_t>();
}

// Calls visit(index of a weight, output channel) for all weights.
template <typename Visit>
void ForEachWeight(size_t elements, size_t channels, ChannelAxis axis,
                   const Visit& visit) {
  const size_t of_one = elements / channels;
  for (size_t i = 0; i < elements;) {
    if (axis == ChannelAxis::kFirst) {
      const size_t o = i / of_one;
      for (size_t n = 0; n < of_one; ++n) visit(i++, o);
    } else {
      for (size_t o = 0; o < channels; ++o) visit(i++, o);
    }
  }
}

// Adds f(weight) of every weight to its channel's sum.
template <typename F>
std::vector<int64_t> SumWeights(const Tensor& weights, ChannelAxis axis, F f) {
  const auto channels = static_cast<size_t>(Channels(weights, axis));
  const int8_t* values = weights.values<int8_t>();
  std::vector<int64_t> sums(channels, 0);
  ForEachWeight(static_cast<size_t>(weights.elements()), channels, axis,
                [&](size_t i, size_t o) { sums[o] += f(int64_t{values[i]}); });
  return sums;
}

double RealMultiplier(const Graph& graph, const Node& node, float weight_scale,
                      ScaleProduct product) {
  const float input = Input(graph, node).quant.scale();
  const double output = graph.tensor(node.outputs[0]).quant.scale();
  const bool per_channel = Weights(graph, node).quant.IsPerChannel();
  if (product == ScaleProduct::kFloatIfPerTensor && !per_channel) {
    return static_cast<double>(input * weight_scale) / output;
  }
  return static_cast<double>(input) * static_cast<double>(weight_scale) /
         output;
}

// What an output channel may sum up to.
struct SumRange {
  int64_t smallest = 0;
  int64_t largest = 0;
};

// Of every channel, over all inputs. A tap on padding adds 0, which lies
// between its two extremes.
std::vector<SumRange> SumRanges(const Graph& graph, const Node& node,
                                ChannelAxis axis) {
  const int64_t zero_point = Input(graph, node).quant.zero_point();
  const int64_t low = -128 - zero_point;
  const int64_t high = 127 - zero_point;
  const Tensor& weights = Weights(graph, node);
  const std::vector<int64_t> largest = SumWeights(
      weights, axis, [&](int64_t w) { return std::max(w * low, w * high); });
  const std::vector<int64_t> smallest = SumWeights(
      weights, axis, [&](int64_t w) { return std::min(w * low, w * high); });
  const int32_t* bias = Bias(graph, node);
  std::vector<SumRange> ranges(largest.size());
  for (size_t o = 0; o < ranges.size(); ++o) {
    const int64_t start = bias == nullptr ? 0 : bias[o];
    ranges[o] = {start + smallest[o], start + largest[o]};
  }
  return ranges;
}

// What a channel gives in front of the zero point, if that is one number
// whatever the input is. Training leaves many such channels: their weights are
// next to zero and their bias is as large as the converter lets it be.
std::optional<int32_t> ConstantOf(QuantizedMultiplier scale, SumRange sums) {
  // Farther from 0 every output is clamped.
  const auto code = [&](int64_t sum) {
    return std::clamp(ReferenceRequantize(static_cast<int32_t>(sum),
                                          scale.multiplier, scale.shift),
                      -256, 255);
  };
  // A scale below 1, so that adding the zero point wraps nowhere.
  if (scale.shift > 0) return std::nullopt;
  const int32_t smallest = code(sums.smallest);
  if (smallest != code(sums.largest)) return std::nullopt;
  return smallest;
}

// Whether msf_simple_requantize() serves a channel.
bool IsSimple(QuantizedMultiplier scale, SumRange sums) {
  constexpr int64_t kLimit = int64_t{1} << 30;
  return scale.shift >= -22 && scale.shift <= -1 && sums.smallest > -kLimit &&
         sums.largest < kLimit;
}

// What kernels take for the channels besides the weights.
struct ChannelNumbers {
  std::vector<int32_t> bias;  // with the input's zero point
  std::vector<QuantizedMultiplier> scales;
  std::vector<bool> is_constant;  // the weights are to be 0
  std::vector<bool> is_negated;   // the weights are to change their signs
  bool are_simple = true;         // all scales
};

ChannelNumbers NumbersOf(const Graph& graph, const Node& node,
                         WeightLayout layout) {
  const std::vector<int64_t> sums = SumWeights(
      Weights(graph, node), layout.axis, [](int64_t w) { return w; });
  const std::vector<SumRange> ranges = SumRanges(graph, node, layout.axis);
  const int64_t zero_point = Input(graph, node).quant.zero_point();
  const int32_t* bias = Bias(graph, node);
  ChannelNumbers numbers = {.bias = {},
                            .scales = OutputMultipliers(graph, node, layout),
                            .is_constant = {},
                            .is_negated = {}};
  // Those that have no opposite.
  const std::vector<int64_t> lowest =
      SumWeights(Weights(graph, node), layout.axis,
                 [](int64_t w) { return w == -128 ? 1 : 0; });
  for (size_t o = 0; o < sums.size(); ++o) {
    QuantizedMultiplier& scale = numbers.scales[o];
    const int64_t start = bias == nullptr ? 0 : bias[o];
    numbers.bias.push_back(WrapToInt32(start - zero_point * sums[o]));
    numbers.is_constant.push_back(false);
    numbers.is_negated.push_back(false);
    if (IsSimple(scale, ranges[o])) {
      // -sum * -multiplier is the same product; kernels are faster without
      // negative ones.
      if (scale.multiplier >= 0 || lowest[o] > 0) continue;
      scale.multiplier = -scale.multiplier;
      numbers.bias[o] = WrapToInt32(-int64_t{numbers.bias[o]});
      numbers.is_negated[o] = true;
      continue;
    }
    if (const auto constant = ConstantOf(scale, ranges[o])) {
      // Without weights, and an ordinary scale: 4 c / 4.
      numbers.bias[o] = 4 * *constant;
      numbers.is_constant[o] = true;
      scale = {.multiplier = 1 << 30, .shift = -1};
    } else {
      numbers.are_simple = false;
    }
  }
  return numbers;
}

// The fields multipliers, shifts, scale_step.
void AddScaleFields(KernelCall& call, std::vector<QuantizedMultiplier> scales) {
  const bool one_for_all = std::all_of(
      scales.begin(), scales.end(),
      [&](const QuantizedMultiplier& scale) { return scale == scales[0]; });
  if (one_for_all) scales.resize(1);
  std::vector<int32_t> multipliers;
  std::vector<int8_t> shifts;
  for (const QuantizedMultiplier& scale : scales) {
    multipliers.push_back(scale.multiplier);
    shifts.push_back(static_cast<int8_t>(scale.shift));
  }
  call.Int32s("multipliers", multipliers);
  call.Int8s("shifts", shifts);
  call.Int("scale_step", one_for_all ? 0 : 1);
}

}  // namespace

int32_t Channels(const Tensor& weights, ChannelAxis axis) {
  return axis == ChannelAxis::kFirst ? weights.shape.front()
                                     : weights.shape.back();
}

Result<void> CheckSums(const Graph& graph, const Node& node,
                       WeightLayout layout) {
  const Tensor& input = Input(graph, node);
  const Tensor& weights = Weights(graph, node);
  const int32_t channels = Channels(weights, layout.axis);
  const int64_t taps = weights.elements() / channels;
  // So many products of two int8 never leave int32, whatever the order.
  constexpr int64_t kMaxTaps = 131071;
  if (taps > kMaxTaps) {
    return UserError("",
                     "each output sums " + std::to_string(taps) +
                         " products, more than 32 bits are sure to hold",
                     "split the layer into several with fewer inputs");
  }
  for (float scale : weights.quant.scales) {
    // Written so that NaN fails too.
    if (!(std::fabs(RealMultiplier(graph, node, scale, layout.product)) <
          kMultiplierLimit)) {
      return UserError("",
                       "its scales multiply the sums by 2^30 or more (input " +
                           std::to_string(input.quant.scale()) + ", weights " +
                           std::to_string(scale) + ")",
                       "check the quantisation of the model");
    }
  }

  const std::vector<SumRange> sums = SumRanges(graph, node, layout.axis);
  const int32_t* bias = Bias(graph, node);
  for (size_t o = 0; o < sums.size(); ++o) {
    if (sums[o].largest > INT32_MAX || sums[o].smallest < INT32_MIN) {
      const int64_t start = bias == nullptr ? 0 : bias[o];
      return UserError("",
                       "the sums of output channel " + std::to_string(o) +
                           " can leave 32 bits (bias " + std::to_string(start) +
                           ")",
                       "a bias this large comes from a weight scale near "
                       "zero; quantise the model again");
    }
  }
  return {};
}

std::vector<QuantizedMultiplier> OutputMultipliers(const Graph& graph,
                                                   const Node& node,
                                                   WeightLayout layout) {
  const Tensor& weights = Weights(graph, node);
  const auto channels = static_cast<size_t>(Channels(weights, layout.axis));
  std::vector<QuantizedMultiplier> multipliers(channels);
  for (size_t o = 0; o < channels; ++o) {
    const float scale = weights.quant.scales[weights.quant.IsPerChannel() * o];
    multipliers[o] =
        QuantizeMultiplier(RealMultiplier(graph, node, scale, layout.product));
  }
  return multipliers;
}

void AddWeightFields(KernelCall& call, const Graph& graph, const Node& node,
                     WeightLayout layout) {
  const Tensor& weights = Weights(graph, node);
  const int8_t* values = weights.values<int8_t>();
  AddWeightFields(call, graph, node, layout,
                  std::vector<int8_t>(values, values + weights.elements()));
}

void AddWeightFields(KernelCall& call, const Graph& graph, const Node& node,
                     WeightLayout layout, std::vector<int8_t> packed) {
  const ChannelNumbers numbers = NumbersOf(graph, node, layout);
  ForEachWeight(packed.size(), numbers.bias.size(), layout.axis,
                [&](size_t i, size_t o) {
                  if (numbers.is_constant[o]) packed[i] = 0;
                  if (numbers.is_negated[o]) {
                    packed[i] = static_cast<int8_t>(-packed[i]);
                  }
                });
  call.Int8s("weights", packed);
  call.Int32s("bias", numbers.bias);
  AddScaleFields(call, numbers.scales);
  const bool has_negative = std::any_of(
      numbers.scales.begin(), numbers.scales.end(),
      [](const QuantizedMultiplier& scale) { return scale.multiplier < 0; });
  call.Int("simple_scales", !numbers.are_simple ? 0 : has_negative ? 1 : 2);
}

void AddWindowFields(KernelCall& call, const Window& window) {
  call.Int("kernel_h", window.kernel_h).Int("kernel_w", window.kernel_w);
  call.Int("stride_h", window.stride_h).Int("stride_w", window.stride_w);
  call.Int("dilation_h", window.dilation_h);
  call.Int("dilation_w", window.dilation_w);
  call.Int("pad_top", window.pad.top).Int("pad_left", window.pad.left);
}

void AddOutputFields(KernelCall& call, const Graph& graph, const Node& node,
                     Activation activation) {
  const Quantization& quant = graph.tensor(node.outputs[0]).quant;
  const ClampRange range = ActivationRange(activation, quant);
  call.Int("output_zero_point", quant.zero_point());
  call.Int("clamp_min", range.min);
  call.Int("clamp_max", range.max);
}

int8_t ReferenceFinish(int64_t sum, QuantizedMultiplier scale,
                       int32_t zero_point, ClampRange range) {
  MSF_CHECK(sum >= INT32_MIN && sum <= INT32_MAX);
  const int32_t scaled = ReferenceRequantize(static_cast<int32_t>(sum),
                                             scale.multiplier, scale.shift);
  // Wraps as TFLite's int32 does where a multiplier above 1 saturated.
  const int32_t code = WrapToInt32(int64_t{scaled} + zero_point);
  return static_cast<int8_t>(std::clamp(code, range.min, range.max));
}

}  // namespace msf
