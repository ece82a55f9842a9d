// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// DEQUANTIZE, int8 to float32: the double product of scale and distance from
// the zero point, narrowed (TFLite kernels/internal/reference/dequantize.h).
#include <bit>
#include <cstring>

#include "ops/operands.h"
#include "ops/rescale.h"

namespace msf {
namespace {

Result<Attrs> Parse(const OptionReader&, const Graph& graph, const Node& node) {
  MSF_RETURN_IF_ERROR(CheckArity(graph, node, 1, 1));
  const Tensor& input = graph.tensor(node.inputs[0]);
  MSF_RETURN_IF_ERROR(CheckComputed(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(input, "input"));
  const Tensor& output = graph.tensor(node.outputs[0]);
  MSF_RETURN_IF_ERROR(CheckDType(output, DType::kFloat32, "output"));
  MSF_RETURN_IF_ERROR(DeclaredOutput(graph, node, input.elements()));
  return DequantizeAttrs{};
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm&) {
  const Quantization& quant = graph.tensor(node.inputs[0]).quant;
  KernelCall call{.kernel = "msf_dequantize_s8_f32",
                  .params_type = "msf_dequantize_f32_params",
                  .fields = {}};
  call.Int("scale_bits", std::bit_cast<int32_t>(quant.scale()))
      .Int("zero_point", quant.zero_point());
  return call;
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Tensor& in = graph.tensor(node.inputs[0]);
  const auto scale = static_cast<double>(in.quant.scale());
  for (int64_t i = 0; i < in.elements(); ++i) {
    const int32_t distance =
        static_cast<int8_t>(inputs[0][i]) - in.quant.zero_point();
    const auto value = static_cast<float>(scale * distance);
    std::memcpy(output + i * 4, &value, sizeof(value));
  }
}

}  // namespace

extern const OpDef kDequantize = {.name = "Dequantize",
                                  .tflite = "DEQUANTIZE",
                                  .parse = &Parse,
                                  .infer = &InferSameRows,
                                  .forms = &RowByRow,
                                  .kernel = &Kernel,
                                  .reference = &Reference};

}  // namespace msf
