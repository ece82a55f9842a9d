// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// FULLY_CONNECTED, int8. Bytes of TFLite's
// reference_integer_ops::FullyConnected (one weight scale) and
// FullyConnectedPerChannel.
#include "ops/op_def.h"
#include "ops/weighted.h"

namespace msf {
namespace {

constexpr WeightLayout kLayout = {.axis = ChannelAxis::kFirst,
                                  .product = ScaleProduct::kFloatIfPerTensor};

// The input as `batches` vectors of `depth`.
struct Sizes {
  int32_t batches = 0;
  int32_t depth = 0;
  int32_t units = 0;
};

Sizes SizesOf(const Graph& graph, const Node& node) {
  const Shape& weights = graph.tensor(node.inputs[1]).shape;
  const int64_t elements = graph.tensor(node.inputs[0]).elements();
  return {.batches = static_cast<int32_t>(elements / weights[1]),
          .depth = weights[1],
          .units = weights[0]};
}

const FullyConnectedAttrs& AttrsOf(const Node& node) {
  return std::get<FullyConnectedAttrs>(node.attrs);
}

Result<Hwc> Infer(const Graph& graph, const Node& node) {
  const Sizes sizes = SizesOf(graph, node);
  const Tensor& output = graph.tensor(node.outputs[0]);
  if (output.elements() != int64_t{sizes.batches} * sizes.units) {
    return UserError("",
                     "its output is declared as " + ToString(output.shape) +
                         " but holds " + std::to_string(sizes.batches) +
                         " vectors of " + std::to_string(sizes.units),
                     "the file is damaged; export it again");
  }
  return output.hwc;
}

Result<Attrs> Parse(const OptionReader& options, const Graph& graph,
                    const Node& node) {
  MSF_RETURN_IF_ERROR(CheckWeightedTensors(graph, node));
  const Shape& weights = graph.tensor(node.inputs[1]).shape;
  if (weights.size() != 2) {
    return UserError("",
                     "its weights have shape " + ToString(weights) +
                         "; units x depth is expected",
                     "the file is damaged; export it again");
  }
  const Tensor& input = graph.tensor(node.inputs[0]);
  if (input.elements() % weights[1] != 0) {
    return UserError("",
                     "its input of shape " + ToString(input.shape) +
                         " does not divide into vectors of " +
                         std::to_string(weights[1]),
                     "the file is damaged; export it again");
  }
  if (options.Int("weights_format", 0) != 0) {
    return UserError("", "shuffled weights are not supported",
                     "convert the model without weight shuffling");
  }
  MSF_RETURN_IF_ERROR(CheckChannels(graph, node, kLayout.axis));
  MSF_RETURN_IF_ERROR(CheckSums(graph, node, kLayout));
  FullyConnectedAttrs attrs;
  MSF_ASSIGN(attrs.activation, ParseFusedActivation(options));
  MSF_RETURN_IF_ERROR(Infer(graph, node));
  return attrs;
}

std::vector<StageForm> Forms(const Graph& graph, const Node& node) {
  const Sizes sizes = SizesOf(graph, node);
  const Hwc& in = graph.tensor(node.inputs[0]).hwc;
  const Hwc& out = graph.tensor(node.outputs[0]).hwc;
  StageForm form;
  form.macs = int64_t{sizes.batches} * sizes.units * sizes.depth;
  if (sizes.batches > 1 && in.h == sizes.batches && out.h == sizes.batches) {
    form.kind = StageKind::kRow;
    form.steps = sizes.batches;
    form.needs = {{.stride = 1, .offset = 0, .extent = 1}};
    return {form};
  }
  // All rows at once: a ring that holds them all holds them in order.
  form.kind = out.h == 1 ? StageKind::kRow : StageKind::kWhole;
  form.steps = 1;
  form.needs = {{.stride = 0, .offset = 0, .extent = in.h}};
  std::vector<StageForm> forms = {form};
  if (sizes.batches == 1 && in.h > 1) {
    form.kind = StageKind::kAccumulate;
    form.steps = in.h;
    form.needs = {{.stride = 1, .offset = 0, .extent = 1}};
    form.state_bytes = int64_t{4} * sizes.units;
    forms.push_back(form);
  }
  return forms;
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm& form) {
  const Sizes sizes = SizesOf(graph, node);
  KernelCall call;
  call.kernel = form.kind == StageKind::kAccumulate
                    ? "msf_fully_connected_acc_s8"
                    : "msf_fully_connected_s8";
  call.params_type = "msf_fully_connected_s8_params";
  AddWeightFields(call, graph, node, kLayout);
  // Of one call: a step of several takes one vector.
  call.Int("batches", form.steps == 1 ? sizes.batches : 1);
  call.Int("depth", sizes.depth).Int("units", sizes.units);
  AddOutputFields(call, graph, node, AttrsOf(node).activation);
  return call;
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Sizes sizes = SizesOf(graph, node);
  const Quantization& out = graph.tensor(node.outputs[0]).quant;
  const int32_t zero_point = graph.tensor(node.inputs[0]).quant.zero_point();
  const auto* x = reinterpret_cast<const int8_t*>(inputs[0]);
  const auto* weights = reinterpret_cast<const int8_t*>(inputs[1]);
  const auto* bias =
      inputs.size() < 3 ? nullptr : reinterpret_cast<const int32_t*>(inputs[2]);
  const std::vector<QuantizedMultiplier> scales =
      OutputMultipliers(graph, node, kLayout);
  const ClampRange range = ActivationRange(AttrsOf(node).activation, out);
  for (int64_t b = 0; b < sizes.batches; ++b) {
    for (int64_t o = 0; o < sizes.units; ++o) {
      int64_t sum = bias == nullptr ? 0 : bias[o];
      for (int64_t d = 0; d < sizes.depth; ++d) {
        sum += int64_t{weights[o * sizes.depth + d]} *
               (x[b * sizes.depth + d] - zero_point);
      }
      output[b * sizes.units + o] = static_cast<uint8_t>(ReferenceFinish(
          sum, scales[static_cast<size_t>(o)], out.zero_point(), range));
    }
  }
}

}  // namespace

extern const OpDef kFullyConnected;
const OpDef kFullyConnected = {.name = "FullyConnected",
                               .tflite = "FULLY_CONNECTED",
                               .parse = &Parse,
                               .infer = &Infer,
                               .forms = &Forms,
                               .kernel = &Kernel,
                               .reference = &Reference};

}  // namespace msf
