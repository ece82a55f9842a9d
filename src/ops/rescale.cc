// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ops/rescale.h"

#include <algorithm>

#include "ops/forms.h"
#include "ops/operands.h"
#include "ops/reference_math.h"

namespace msf {

Rescale RescaleOf(const Tensor& input, const Tensor& output) {
  const double ratio = static_cast<double>(input.quant.scale()) /
                       static_cast<double>(output.quant.scale());
  return {.input_zero_point = input.quant.zero_point(),
          .factor = QuantizeMultiplier(ratio),
          .zero_point = output.quant.zero_point(),
          .clamp = {}};
}

Result<void> CheckRescale(const Graph& graph, const Node& node) {
  MSF_RETURN_IF_ERROR(CheckArity(graph, node, 1, 1));
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  MSF_RETURN_IF_ERROR(CheckComputed(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(output, "output"));
  MSF_RETURN_IF_ERROR(DeclaredOutput(graph, node, input.elements()));
  return CheckRatio(static_cast<double>(input.quant.scale()) /
                    static_cast<double>(output.quant.scale()));
}

Result<Hwc> InferSameRows(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[0]).hwc;
}

std::vector<StageForm> RowByRow(const Graph& graph, const Node& node) {
  return {RowForm(graph.tensor(node.outputs[0]))};
}

std::vector<StageForm> ElementByElement(const Graph& graph, const Node& node) {
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  return {RowForm(output, {.in_place = input.dtype == output.dtype},
                  {RowNeed{}})};
}

KernelCall RescaleKernel(const Rescale& rescale, const Hwc& rows) {
  KernelCall call{.kernel = "msf_requantize_s8",
                  .params_type = "msf_requantize_params",
                  .fields = {}};
  call.Int("w", rows.w)
      .Int("c", rows.c)
      .Int("in_zero_point", rescale.input_zero_point)
      .Int("multiplier", rescale.factor.multiplier)
      .Int("shift", rescale.factor.shift)
      .Int("zero_point", rescale.zero_point)
      .Int("clamp_min", rescale.clamp.min)
      .Int("clamp_max", rescale.clamp.max);
  return call;
}

void RescaleReference(const Rescale& rescale, int64_t elements,
                      const uint8_t* input, uint8_t* output) {
  for (int64_t i = 0; i < elements; ++i) {
    const int32_t distance =
        static_cast<int8_t>(input[i]) - rescale.input_zero_point;
    const int64_t code =
        int64_t{ReferenceRequantize(distance, rescale.factor.multiplier,
                                    rescale.factor.shift)} +
        rescale.zero_point;
    output[i] = static_cast<uint8_t>(
        std::clamp<int64_t>(code, rescale.clamp.min, rescale.clamp.max));
  }
}

}  // namespace msf
