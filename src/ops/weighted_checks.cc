// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The checks of parse that Conv2D, DepthwiseConv2D and FullyConnected share.
// Nothing about the tensors is taken for granted here: a file may hold
// anything.
#include <cmath>

#include "ops/weighted.h"

namespace msf {
namespace {

constexpr const char* kQuantiseHint =
    "convert the model with full integer quantisation to int8";
constexpr const char* kDamagedHint = "the file is damaged; export it again";

// Id that a node names and a graph has.
bool Exists(const Graph& graph, TensorId id) {
  return id >= 0 && static_cast<size_t>(id) < graph.tensors.size();
}

Result<void> CheckSize(const Tensor& tensor, const std::string& role) {
  int64_t elements = 1;
  for (int32_t dim : tensor.shape) {
    if (dim <= 0) {
      return UserError("",
                       role + " has dimension " + std::to_string(dim) +
                           " in shape " + ToString(tensor.shape),
                       "export the model with fixed shapes");
    }
    elements *= dim;
    if (elements > INT32_MAX) {
      return UserError("", role + " is larger than 2 GB", kDamagedHint);
    }
  }
  const Hwc& hwc = tensor.hwc;
  // The product of all three may be too large even for int64.
  const bool same = hwc.h > 0 && hwc.w > 0 && hwc.c > 0 &&
                    int64_t{hwc.h} * hwc.w <= elements &&
                    tensor.elements() == elements;
  if (!same) {
    return InternalError("", role + " is seen as " + ToString(hwc) +
                                 " but has shape " + ToString(tensor.shape));
  }
  return {};
}

Result<void> CheckType(const Tensor& tensor, const std::string& role,
                       DType wanted) {
  if (tensor.dtype == wanted) return {};
  return UserError("",
                   role + " has type " + ToString(tensor.dtype) + "; only " +
                       ToString(wanted) + " is supported",
                   kQuantiseHint);
}

Result<void> CheckConstant(const Tensor& tensor, const std::string& role) {
  if (!tensor.IsConstant()) {
    return UserError("",
                     role + " is computed at run time; only constant " +
                         role.substr(role.find(' ') + 1) + " is supported",
                     "freeze the model before converting it");
  }
  const int64_t wanted = tensor.elements() * ByteSize(tensor.dtype);
  const auto held = static_cast<int64_t>(tensor.data->size());
  if (held < wanted) {
    return UserError("",
                     role + " holds " + std::to_string(held) +
                         " bytes, shape " + ToString(tensor.shape) + " needs " +
                         std::to_string(wanted),
                     kDamagedHint);
  }
  return {};
}

// The channels of weights may have negative scales: exporters that fold a
// negative batch-norm factor leave them so (mcunet_in3), and TFLite multiplies
// with the sign.
Result<void> CheckScales(const Tensor& tensor, const std::string& role) {
  const bool may_be_negative =
      tensor.IsConstant() && tensor.quant.IsPerChannel();
  if (!tensor.quant.IsQuantized()) {
    return UserError("", role + " has no scale", kQuantiseHint);
  }
  for (float scale : tensor.quant.scales) {
    const float size = may_be_negative ? std::fabs(scale) : scale;
    if (!(size > 0.0f) || !std::isfinite(size)) {
      return UserError("",
                       role + " has scale " + std::to_string(scale) +
                           "; scales must be positive and finite",
                       "quantise the model again");
    }
  }
  return {};
}

Result<void> CheckActivation(const Tensor& tensor, const std::string& role) {
  MSF_RETURN_IF_ERROR(CheckSize(tensor, role));
  MSF_RETURN_IF_ERROR(CheckType(tensor, role, DType::kInt8));
  MSF_RETURN_IF_ERROR(CheckScales(tensor, role));
  if (tensor.quant.IsPerChannel()) {
    return UserError("",
                     role + " has " +
                         std::to_string(tensor.quant.scales.size()) +
                         " scales; an activation has one",
                     kQuantiseHint);
  }
  const int32_t zero_point = tensor.quant.zero_point();
  if (zero_point < -128 || zero_point > 127) {
    return UserError("",
                     role + " has zero point " + std::to_string(zero_point) +
                         ", which is no int8",
                     "quantise the model again");
  }
  return {};
}

Result<void> CheckWeightTensor(const Tensor& weights) {
  const std::string role = "its weight tensor";
  MSF_RETURN_IF_ERROR(CheckSize(weights, role));
  MSF_RETURN_IF_ERROR(CheckType(weights, role, DType::kInt8));
  MSF_RETURN_IF_ERROR(CheckConstant(weights, role));
  MSF_RETURN_IF_ERROR(CheckScales(weights, role));
  for (int32_t zero_point : weights.quant.zero_points) {
    if (zero_point != 0) {
      return UserError("",
                       role + " has zero point " + std::to_string(zero_point) +
                           "; int8 weights are symmetric",
                       kQuantiseHint);
    }
  }
  return {};
}

Result<void> CheckBiasTensor(const Tensor& bias) {
  const std::string role = "its bias";
  MSF_RETURN_IF_ERROR(CheckSize(bias, role));
  MSF_RETURN_IF_ERROR(CheckType(bias, role, DType::kInt32));
  return CheckConstant(bias, role);
}

// An option that must lie in [1, 32768]: beyond any real network, and small
// enough for every product that follows.
Result<int32_t> Positive(const OptionReader& options, const char* field,
                         int64_t if_absent) {
  const int64_t value = options.Int(field, if_absent);
  if (value < 1 || value > 32768) {
    return UserError("",
                     std::string(field) + " is " + std::to_string(value) +
                         "; it must be between 1 and 32768",
                     kDamagedHint);
  }
  return static_cast<int32_t>(value);
}

}  // namespace

Result<Activation> ParseFusedActivation(const OptionReader& options) {
  const int64_t code = options.Int("fused_activation_function", 0);
  switch (code) {
    case 0:
      return Activation::kNone;
    case 1:
      return Activation::kRelu;
    case 2:
      return Activation::kReluN1To1;
    case 3:
      return Activation::kRelu6;
    default:
      return UserError(
          "", "fused activation " + std::to_string(code) + " is not supported",
          "use RELU, RELU_N1_TO_1, RELU6 or none");
  }
}

Result<void> CheckWeightedTensors(const Graph& graph, const Node& node) {
  const size_t inputs = node.inputs.size();
  if (inputs < 2 || inputs > 3 || node.outputs.size() != 1) {
    return UserError("",
                     "has " + std::to_string(inputs) + " inputs and " +
                         std::to_string(node.outputs.size()) +
                         " outputs; 2 or 3 inputs and 1 output are expected",
                     kDamagedHint);
  }
  const bool has_bias = inputs == 3 && node.inputs[2] != kNoTensor;
  if (!Exists(graph, node.inputs[0]) || !Exists(graph, node.inputs[1]) ||
      !Exists(graph, node.outputs[0]) ||
      (has_bias && !Exists(graph, node.inputs[2]))) {
    return UserError("", "lacks its input, weights or output", kDamagedHint);
  }
  const Tensor& input = graph.tensor(node.inputs[0]);
  MSF_RETURN_IF_ERROR(CheckActivation(input, "its input"));
  if (input.IsConstant()) {
    return UserError("", "its input is a constant",
                     "let the converter fold constants");
  }
  MSF_RETURN_IF_ERROR(
      CheckActivation(graph.tensor(node.outputs[0]), "its output"));
  const Tensor& weights = graph.tensor(node.inputs[1]);
  MSF_RETURN_IF_ERROR(CheckWeightTensor(weights));
  if (has_bias) return CheckBiasTensor(graph.tensor(node.inputs[2]));
  return {};
}

Result<void> CheckChannels(const Graph& graph, const Node& node,
                           ChannelAxis axis) {
  const Tensor& weights = graph.tensor(node.inputs[1]);
  const int32_t channels = Channels(weights, axis);
  const Quantization& quant = weights.quant;
  const auto scales = static_cast<int64_t>(quant.scales.size());
  if (scales != 1 && scales != channels) {
    return UserError("",
                     "its weights have " + std::to_string(scales) +
                         " scales for " + std::to_string(channels) +
                         " output channels",
                     "quantise the weights per tensor or per output channel");
  }
  // TFLite looks at the length of the axis, not at its number.
  const auto rank = static_cast<int32_t>(weights.shape.size());
  if (scales > 1 &&
      (quant.axis < 0 || quant.axis >= rank ||
       weights.shape[static_cast<size_t>(quant.axis)] != channels)) {
    return UserError("",
                     "its weights have scales along axis " +
                         std::to_string(quant.axis) +
                         ", which are not the output channels",
                     "quantise the weights per tensor or per output channel");
  }
  if (node.inputs.size() < 3 || node.inputs[2] == kNoTensor) return {};
  const int64_t length = graph.tensor(node.inputs[2]).elements();
  if (length != channels) {
    return UserError("",
                     "its bias has " + std::to_string(length) + " values for " +
                         std::to_string(channels) + " output channels",
                     kDamagedHint);
  }
  return {};
}

Result<void> CheckWindowRanks(const Graph& graph, const Node& node) {
  const Shape& input = graph.tensor(node.inputs[0]).shape;
  if (input.size() != 4) {
    return UserError(
        "", "its input has shape " + ToString(input) + "; rank 4 is expected",
        "reshape it to 1 x height x width x channels");
  }
  if (input[0] != 1) {
    return UserError("",
                     "its input has batch " + std::to_string(input[0]) +
                         "; only batch 1 is supported",
                     "export the model with batch 1");
  }
  const Tensor& tensor = graph.tensor(node.inputs[0]);
  if (tensor.hwc != Hwc{input[1], input[2], input[3]}) {
    return InternalError("", "its input is seen as " + ToString(tensor.hwc));
  }
  const Shape& weights = graph.tensor(node.inputs[1]).shape;
  if (weights.size() != 4) {
    return UserError(
        "",
        "its weights have shape " + ToString(weights) + "; rank 4 is expected",
        kDamagedHint);
  }
  return {};
}

Result<Window> ParseWindow(const OptionReader& options, const Graph& graph,
                           const Node& node) {
  const Hwc& input = graph.tensor(node.inputs[0]).hwc;
  const Shape& weights = graph.tensor(node.inputs[1]).shape;
  Window window;
  window.kernel_h = weights[1];
  window.kernel_w = weights[2];
  if (window.kernel_h > 32768 || window.kernel_w > 32768) {
    return UserError("",
                     "kernel " + std::to_string(window.kernel_h) + "x" +
                         std::to_string(window.kernel_w) + " is too large",
                     "kernels up to 32768 are supported");
  }
  MSF_ASSIGN(window.stride_h, Positive(options, "stride_h", 0));
  MSF_ASSIGN(window.stride_w, Positive(options, "stride_w", 0));
  MSF_ASSIGN(window.dilation_h, Positive(options, "dilation_h_factor", 1));
  MSF_ASSIGN(window.dilation_w, Positive(options, "dilation_w_factor", 1));
  const int64_t padding = options.Int("padding", 0);
  if (padding != 0 && padding != 1) {
    return UserError("",
                     "padding " + std::to_string(padding) +
                         " is neither SAME (0) nor VALID (1)",
                     kDamagedHint);
  }
  // Rows plus padding, and step times stride, stay below 2^31 with room.
  constexpr int32_t kMaxSide = 1 << 29;
  if (input.h > kMaxSide || input.w > kMaxSide) {
    return UserError("", "its input " + ToString(input) + " is too large",
                     kDamagedHint);
  }
  window.pad = ResolvePadding(padding == 0, window, input);
  MSF_RETURN_IF_ERROR(InferWindow(window, input));
  return window;
}

Result<void> CheckDeclaredOutput(const Graph& graph, const Node& node,
                                 const Hwc& inferred) {
  const Tensor& output = graph.tensor(node.outputs[0]);
  if (output.hwc == inferred) return {};
  return UserError("",
                   "its output is declared as " + ToString(output.shape) +
                       " but is " + ToString(inferred),
                   kDamagedHint);
}

}  // namespace msf
