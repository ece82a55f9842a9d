// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ops/slice.h"

#include <utility>

namespace msf {
namespace {

// Some channels out of bytes that are `inner` bytes a channel, all channels
// one after the other, and so on again.
std::vector<uint8_t> SliceBytes(const std::vector<uint8_t>& bytes, size_t inner,
                                size_t channels, const ChannelSlice& slice) {
  const size_t first = static_cast<size_t>(slice.first) * inner;
  const size_t count = static_cast<size_t>(slice.count) * inner;
  std::vector<uint8_t> part;
  for (size_t i = first; i < bytes.size(); i += channels * inner) {
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(i);
    part.insert(part.end(), from, from + static_cast<std::ptrdiff_t>(count));
  }
  return part;
}

// Rows of `size` bytes, each padded by zeros to a multiple of 4.
std::vector<uint8_t> PadRows(const std::vector<uint8_t>& bytes, size_t size) {
  std::vector<uint8_t> padded;
  for (size_t i = 0; i < bytes.size(); i += size) {
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(i);
    padded.insert(padded.end(), from,
                  from + static_cast<std::ptrdiff_t>(size));
    padded.resize((padded.size() + 3) / 4 * 4);
  }
  return padded;
}

template <typename T>
void SliceIfPerChannel(std::vector<T>& values, const ChannelSlice& slice) {
  if (values.size() < 2) return;
  const auto first = values.begin() + slice.first;
  values = std::vector<T>(first, first + slice.count);
}

// Weights, or a bias, of some output channels.
Tensor SliceConstant(const Tensor& tensor, ChannelAxis axis, int32_t channels,
                     const ChannelSlice& slice) {
  Tensor part = tensor;
  const std::vector<uint8_t>& bytes = *tensor.data;
  const auto inner = axis == ChannelAxis::kFirst
                         ? bytes.size() / static_cast<size_t>(channels)
                         : static_cast<size_t>(ByteSize(tensor.dtype));
  part.data = std::make_shared<const std::vector<uint8_t>>(
      SliceBytes(bytes, inner, static_cast<size_t>(channels), slice));
  int32_t& size =
      axis == ChannelAxis::kFirst ? part.shape.front() : part.shape.back();
  size = slice.count;
  part.hwc = CanonicalHwc(part.shape);
  SliceIfPerChannel(part.quant.scales, slice);
  SliceIfPerChannel(part.quant.zero_points, slice);
  return part;
}

Tensor WithChannels(Tensor tensor, int32_t channels) {
  tensor.hwc.c = channels;
  tensor.shape.back() = channels;
  return tensor;
}

}  // namespace

LoneNode SliceOfOutputs(const Graph& graph, const Node& node,
                        WeightLayout layout, const ChannelSlice& slice) {
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& weights = graph.tensor(node.inputs[1]);
  const int32_t channels = Channels(weights, layout.axis);
  LoneNode part{.graph = {}, .node = node};
  std::vector<Tensor>& tensors = part.graph.tensors;
  const bool all_inputs = slice.role == SliceRole::kOutputs;
  tensors.push_back(all_inputs ? input : WithChannels(input, slice.count));
  tensors.push_back(SliceConstant(weights, layout.axis, channels, slice));
  tensors.push_back(
      WithChannels(graph.tensor(node.outputs[0]), slice.count));
  part.node.inputs = {0, 1, kNoTensor};
  part.node.outputs = {2};
  if (node.inputs.size() > 2 && node.inputs[2] != kNoTensor) {
    part.node.inputs[2] = 3;
    tensors.push_back(SliceConstant(graph.tensor(node.inputs[2]),
                                    ChannelAxis::kFirst, channels, slice));
  }
  return part;
}

KernelCall SliceOfInputs(const Graph& graph, const Node& node,
                         WeightLayout layout, Activation activation,
                         const ChannelSlice& slice) {
  const Hwc& input = graph.tensor(node.inputs[0]).hwc;
  const Hwc& output = graph.tensor(node.outputs[0]).hwc;
  KernelCall call;
  call.kernel = "msf_conv2d_part_s8";
  call.params_type = "msf_conv2d_part_s8_params";
  call.many_rows = true;
  AddWeightFields(call, graph, node, layout);
  for (ParamField& field : call.fields) {
    if (field.name == "weights") {
      field.array->bytes = PadRows(
          SliceBytes(field.array->bytes, 1, static_cast<size_t>(input.c), slice),
          static_cast<size_t>(slice.count));
    }
    // Later slices go on from the sums.
    if (field.name == "bias" && slice.first > 0) field.array->bytes.clear();
  }
  call.Int("in_c", slice.count);
  call.Int("out_w", output.w).Int("out_c", output.c);
  call.Int("sums_rows", slice.sums_rows);
  call.Int("sums_cols", slice.sums_cols);
  call.Int("finish", slice.first + slice.count == input.c ? 1 : 0);
  AddOutputFields(call, graph, node, activation);
  return call;
}

}  // namespace msf
