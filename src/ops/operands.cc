// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ops/operands.h"

#include <cmath>
#include <cstring>

namespace msf {
namespace {

constexpr int64_t kMaxBytes = INT32_MAX;

Result<void> CheckTensor(const Graph& graph, TensorId id,
                         const std::string& role) {
  if (id < 0 || static_cast<size_t>(id) >= graph.tensors.size()) {
    return UserError("", "the " + role + " is missing",
                     "the file is damaged; export it again");
  }
  return CheckSize(graph.tensor(id), role);
}

}  // namespace

Result<void> CheckArity(const Graph& graph, const Node& node, size_t least,
                        size_t most) {
  if (node.inputs.size() < least || node.inputs.size() > most) {
    const std::string range =
        std::to_string(least) +
        (least == most ? "" : " to " + std::to_string(most));
    return UserError("",
                     "has " + std::to_string(node.inputs.size()) +
                         " inputs, expected " + range,
                     "the file is damaged; export it again");
  }
  if (node.outputs.size() != 1) {
    return UserError(
        "",
        "has " + std::to_string(node.outputs.size()) + " outputs, expected 1",
        "the file is damaged; export it again");
  }
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (i >= least && node.inputs[i] == kNoTensor) continue;
    MSF_RETURN_IF_ERROR(
        CheckTensor(graph, node.inputs[i], "input " + std::to_string(i)));
  }
  return CheckTensor(graph, node.outputs[0], "output");
}

Result<void> CheckSize(const Tensor& tensor, const std::string& role) {
  int64_t bytes = ByteSize(tensor.dtype);
  for (int32_t dim : tensor.shape) {
    if (dim <= 0) {
      return UserError("",
                       "the " + role + " has dimension " + std::to_string(dim),
                       "export the model with a fixed, non-empty input shape");
    }
    bytes *= dim;
    if (bytes > kMaxBytes) {
      return UserError("", "the " + role + " is larger than 2 GB",
                       "no microcontroller holds this; check the file");
    }
  }
  if (tensor.bytes() != bytes) {
    return InternalError("", "the " + role + " has rows " +
                                 ToString(tensor.hwc) + " for shape " +
                                 ToString(tensor.shape));
  }
  if (tensor.IsConstant() &&
      static_cast<int64_t>(tensor.data->size()) != bytes) {
    return UserError("",
                     "the " + role + " holds " +
                         std::to_string(tensor.data->size()) +
                         " bytes, its shape " + ToString(tensor.shape) +
                         " needs " + std::to_string(bytes),
                     "the file is damaged; export it again");
  }
  return {};
}

Result<void> CheckComputed(const Tensor& tensor, const std::string& role) {
  if (!tensor.IsConstant()) return {};
  return UserError("", "the " + role + " is a constant",
                   "let the converter fold this node into a constant");
}

Result<void> CheckDType(const Tensor& tensor, DType dtype,
                        const std::string& role) {
  if (tensor.dtype == dtype) return {};
  return UserError("",
                   "the " + role + " is " + ToString(tensor.dtype) + ", only " +
                       ToString(dtype) + " is supported",
                   "quantise the model to int8 when converting it");
}

Result<void> CheckInt8(const Tensor& tensor, const std::string& role) {
  MSF_RETURN_IF_ERROR(CheckDType(tensor, DType::kInt8, role));
  const Quantization& quant = tensor.quant;
  const char* hint = "quantise the model to int8 when converting it";
  if (!quant.IsQuantized()) {
    return UserError("", "the " + role + " has no quantisation scale", hint);
  }
  if (quant.IsPerChannel() || quant.zero_points.size() > 1) {
    return UserError("",
                     "the " + role +
                         " is quantised for each channel, only one "
                         "scale for the whole tensor is supported",
                     hint);
  }
  if (!(quant.scale() > 0.0f) || !std::isfinite(quant.scale())) {
    return UserError("",
                     "the " + role + " has quantisation scale " +
                         std::to_string(quant.scale()) +
                         ", which is not a positive number",
                     "the file is damaged; export it again");
  }
  if (quant.zero_point() < -128 || quant.zero_point() > 127) {
    return UserError("",
                     "the " + role + " has zero point " +
                         std::to_string(quant.zero_point()) +
                         ", outside of int8",
                     "the file is damaged; export it again");
  }
  return {};
}

Result<void> CheckRatio(double ratio) {
  if (ratio < 4194304.0) return {};  // 2^22
  return UserError("", "the input scale is too large for the output scale",
                   "check the quantisation of this node");
}

Result<std::vector<int64_t>> ConstantIntegers(const Tensor& tensor,
                                              const std::string& role) {
  MSF_RETURN_IF_ERROR(CheckSize(tensor, role));
  if (!tensor.IsConstant()) {
    return UserError("", "the " + role + " is computed at run time",
                     "export the model with a fixed input shape");
  }
  if (tensor.dtype != DType::kInt32 && tensor.dtype != DType::kInt64) {
    return UserError("",
                     "the " + role + " is " + ToString(tensor.dtype) +
                         ", expected INT32 or INT64",
                     "the file is damaged; export it again");
  }
  // The file gives no promise about alignment.
  std::vector<int64_t> values(static_cast<size_t>(tensor.elements()));
  const uint8_t* at = tensor.data->data();
  for (int64_t& value : values) {
    if (tensor.dtype == DType::kInt64) {
      std::memcpy(&value, at, sizeof(int64_t));
    } else {
      int32_t narrow = 0;
      std::memcpy(&narrow, at, sizeof(int32_t));
      value = narrow;
    }
    at += ByteSize(tensor.dtype);
  }
  return values;
}

Result<Activation> ParseActivation(const OptionReader& options) {
  const int64_t value = options.Int("fused_activation_function", 0);
  if (value >= 0 && value <= 3) return static_cast<Activation>(value);
  return UserError("",
                   "has fused activation function " + std::to_string(value) +
                       ", only NONE, RELU, RELU_N1_TO_1 and RELU6 are "
                       "supported",
                   "use one of these, or a separate activation layer");
}

Result<Hwc> DeclaredOutput(const Graph& graph, const Node& node,
                           int64_t elements) {
  const Tensor& output = graph.tensor(node.outputs[0]);
  if (output.elements() == elements) return output.hwc;
  return UserError("",
                   "the output of shape " + ToString(output.shape) + " holds " +
                       std::to_string(output.elements()) +
                       " elements, expected " + std::to_string(elements),
                   "the file is damaged; export it again");
}

Result<void> CheckRows(const Tensor& output, const Hwc& expected) {
  if (output.hwc == expected) return {};
  return UserError("",
                   "the output of shape " + ToString(output.shape) +
                       " has rows " + ToString(output.hwc) + ", expected " +
                       ToString(expected),
                   "the file is damaged; export it again");
}

}  // namespace msf
