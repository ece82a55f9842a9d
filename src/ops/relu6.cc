// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// RELU6, int8: codes are cut to [zero point, code of 6] of the *input*'s
// quantisation and copied; the output's is not looked at (TFLM
// kernels/activations_common.cc).
#include <algorithm>
#include <cmath>

#include "ops/operands.h"
#include "ops/rescale.h"

namespace msf {
namespace {

// 1.0 and equal zero points: the requantisation returns each code as it is.
Rescale RescaleOfRelu6(const Graph& graph, const Node& node) {
  const Quantization& quant = graph.tensor(node.inputs[0]).quant;
  return {.input_zero_point = quant.zero_point(),
          .factor = QuantizeMultiplier(1.0),
          .zero_point = quant.zero_point(),
          .clamp = ActivationRange(Activation::kRelu6, quant)};
}

Result<Attrs> Parse(const OptionReader&, const Graph& graph, const Node& node) {
  MSF_RETURN_IF_ERROR(CheckRescale(graph, node));
  return Relu6Attrs{};
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm&) {
  return RescaleKernel(RescaleOfRelu6(graph, node),
                       graph.tensor(node.outputs[0]).hwc);
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Quantization& quant = graph.tensor(node.inputs[0]).quant;
  const float six = std::round(6.0f / quant.scale());
  const int32_t zero = quant.zero_point();
  const auto high =
      static_cast<int8_t>(std::min(six + static_cast<float>(zero), 127.0f));
  const int64_t elements = graph.tensor(node.outputs[0]).elements();
  for (int64_t i = 0; i < elements; ++i) {
    const auto code = static_cast<int8_t>(inputs[0][i]);
    output[i] = static_cast<uint8_t>(
        std::min(std::max(code, static_cast<int8_t>(zero)), high));
  }
}

}  // namespace

extern const OpDef kRelu6 = {.name = "Relu6",
                             .tflite = "RELU6",
                             .parse = &Parse,
                             .infer = &InferSameRows,
                             .forms = &ElementByElement,
                             .kernel = &Kernel,
                             .reference = &Reference};

}  // namespace msf
