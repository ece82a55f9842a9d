// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// RELU, int8: requantised from the input's scale to the output's and cut at
// the output's zero point (TFLM kernels/activations_common.cc).
#include "ops/rescale.h"

namespace msf {
namespace {

Rescale RescaleOfRelu(const Graph& graph, const Node& node) {
  Rescale rescale =
      RescaleOf(graph.tensor(node.inputs[0]), graph.tensor(node.outputs[0]));
  rescale.clamp.min = rescale.zero_point;  // the code of 0
  return rescale;
}

Result<Attrs> Parse(const OptionReader&, const Graph& graph, const Node& node) {
  MSF_RETURN_IF_ERROR(CheckRescale(graph, node));
  return ReluAttrs{};
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm&) {
  return RescaleKernel(RescaleOfRelu(graph, node),
                       graph.tensor(node.outputs[0]).hwc);
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  RescaleReference(RescaleOfRelu(graph, node),
                   graph.tensor(node.outputs[0]).elements(), inputs[0], output);
}

}  // namespace

extern const OpDef kRelu = {.name = "Relu",
                            .tflite = "RELU",
                            .parse = &Parse,
                            .infer = &InferSameRows,
                            .forms = &ElementByElement,
                            .kernel = &Kernel,
                            .reference = &Reference};

}  // namespace msf
