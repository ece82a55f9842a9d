// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// QUANTIZE: float32 to int8 (AffineQuantize of TFLite's
// kernels/internal/reference/quantize.h: a float division, ties away from
// zero), or int8 to int8 of another scale (Requantize of reference/
// requantize.h). Where TFLite converts a float beyond int32 or NaN, which C
// leaves undefined, we saturate; NaN becomes -128.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "ops/operands.h"
#include "ops/rescale.h"

namespace msf {
namespace {

Result<Attrs> Parse(const OptionReader&, const Graph& graph, const Node& node) {
  MSF_RETURN_IF_ERROR(CheckArity(graph, node, 1, 1));
  const Tensor& input = graph.tensor(node.inputs[0]);
  if (input.dtype == DType::kInt8) {
    MSF_RETURN_IF_ERROR(CheckRescale(graph, node));
    return QuantizeAttrs{};
  }
  if (input.dtype != DType::kFloat32) {
    return UserError("",
                     std::string("the input is ") + ToString(input.dtype) +
                         ", only FLOAT32 and INT8 are supported",
                     "quantise the model to int8 when converting it");
  }
  MSF_RETURN_IF_ERROR(CheckComputed(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(graph.tensor(node.outputs[0]), "output"));
  MSF_RETURN_IF_ERROR(DeclaredOutput(graph, node, input.elements()));
  return QuantizeAttrs{};
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm&) {
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  if (input.dtype == DType::kInt8) {
    return RescaleKernel(RescaleOf(input, output), output.hwc);
  }
  KernelCall call{.kernel = "msf_quantize_f32_s8",
                  .params_type = "msf_quantize_f32_params",
                  .fields = {}};
  call.Int("w", output.hwc.w)
      .Int("c", output.hwc.c)
      .Int("scale_bits", std::bit_cast<int32_t>(output.quant.scale()))
      .Int("zero_point", output.quant.zero_point());
  return call;
}

uint8_t Code(float value, const Quantization& quant) {
  const float steps = std::round(value / quant.scale());
  if (std::isnan(steps)) return 0x80;
  const double code = static_cast<double>(steps) + quant.zero_point();
  return static_cast<uint8_t>(
      static_cast<int8_t>(std::clamp(code, -128.0, 127.0)));
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Tensor& in = graph.tensor(node.inputs[0]);
  const Tensor& out = graph.tensor(node.outputs[0]);
  if (in.dtype == DType::kInt8) {
    RescaleReference(RescaleOf(in, out), out.elements(), inputs[0], output);
    return;
  }
  for (int64_t i = 0; i < out.elements(); ++i) {
    float value = 0.0f;
    std::memcpy(&value, inputs[0] + i * 4, sizeof(value));
    output[i] = Code(value, out.quant);
  }
}

}  // namespace

extern const OpDef kQuantize = {.name = "Quantize",
                                .tflite = "QUANTIZE",
                                .parse = &Parse,
                                .infer = &InferSameRows,
                                .forms = &ElementByElement,
                                .kernel = &Kernel,
                                .reference = &Reference};

}  // namespace msf
