// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// RESHAPE, any type: the bytes keep their order. The new shape is that of the
// output tensor; scales are not looked at (TFLM kernels/reshape.cc).
#include <cstring>

#include "ops/forms.h"
#include "ops/operands.h"

namespace msf {
namespace {

Result<Attrs> Parse(const OptionReader&, const Graph& graph, const Node& node) {
  MSF_RETURN_IF_ERROR(CheckArity(graph, node, 1, 2));
  const Tensor& input = graph.tensor(node.inputs[0]);
  MSF_RETURN_IF_ERROR(CheckComputed(input, "input"));
  if (node.inputs.size() == 2 && node.inputs[1] != kNoTensor) {
    // Its values do not matter, but it must not be an input of the stage.
    MSF_RETURN_IF_ERROR(
        ConstantIntegers(graph.tensor(node.inputs[1]), "new shape"));
  }
  MSF_RETURN_IF_ERROR(
      CheckDType(graph.tensor(node.outputs[0]), input.dtype, "output"));
  MSF_RETURN_IF_ERROR(DeclaredOutput(graph, node, input.elements()));
  return ReshapeAttrs{};
}

Result<Hwc> Infer(const Graph& graph, const Node& node) {
  return DeclaredOutput(graph, node, graph.tensor(node.inputs[0]).elements());
}

std::vector<StageForm> Forms(const Graph& graph, const Node& node) {
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  // Equal heights mean equal rows: the tensors are equally long.
  if (input.hwc.h == output.hwc.h) return {RowForm(output)};
  return {WholeForm(input)};
}

KernelCall Kernel(const Graph&, const Node&, const StageForm& form) {
  KernelCall call{
      .kernel = "msf_copy", .params_type = "msf_copy_params", .fields = {}};
  call.Int("whole", form.kind == StageKind::kWhole ? 1 : 0);
  return call;
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Tensor& tensor = graph.tensor(node.outputs[0]);
  std::memcpy(output, inputs[0], static_cast<size_t>(tensor.bytes()));
}

}  // namespace

extern const OpDef kReshape = {.name = "Reshape",
                               .tflite = "RESHAPE",
                               .parse = &Parse,
                               .infer = &Infer,
                               .forms = &Forms,
                               .kernel = &Kernel,
                               .reference = &Reference};

}  // namespace msf
