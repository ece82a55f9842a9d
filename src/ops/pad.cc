// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// PAD, int8: the output's zero point around the input (TFLM
// kernels/pad_common.cc). A third input, the constant of PADV2, replaces it.
#include <algorithm>

#include "ops/axes.h"
#include "ops/forms.h"
#include "ops/operands.h"

namespace msf {
namespace {

const PadAttrs& AttrsOf(const Node& node) {
  return std::get<PadAttrs>(node.attrs);
}

// Whether padding dimension d adds rows at the top and the bottom: of the
// dimensions that make up the rows it is the innermost, the others are 1.
bool PadsRows(const Shape& shape, size_t d) {
  if (AxesOf(shape)[d + 1] == HwcAxis::kH) return false;
  return std::all_of(shape.begin(), shape.begin() + static_cast<int64_t>(d),
                     [](int32_t dim) { return dim == 1; });
}

// Adds the padding of dimension d.
Result<void> PadDimension(const Shape& shape, size_t d, int64_t before,
                          int64_t after, PadAttrs& attrs) {
  if (before < 0 || after < 0 || before > INT32_MAX || after > INT32_MAX) {
    return UserError(
        "",
        "pads by " + std::to_string(before) + " and " + std::to_string(after),
        "the file is damaged; export it again");
  }
  const auto first = static_cast<int32_t>(before);
  const auto last = static_cast<int32_t>(after);
  switch (AxesOf(shape)[d]) {
    case HwcAxis::kH:
      if (before == 0 && after == 0) break;
      if (!PadsRows(shape, d)) {
        return UserError("", "pads the batch dimension",
                         "export the model with batch size 1");
      }
      attrs.pad.top = first;
      attrs.pad.bottom = last;
      break;
    case HwcAxis::kW:
      attrs.pad.left = first;
      attrs.pad.right = last;
      break;
    case HwcAxis::kC:
      attrs.channels_before = first;
      attrs.channels_after = last;
      break;
  }
  return {};
}

Result<Hwc> PaddedRows(const PadAttrs& attrs, const Hwc& input) {
  const int64_t h = int64_t{input.h} + attrs.pad.top + attrs.pad.bottom;
  const int64_t w = int64_t{input.w} + attrs.pad.left + attrs.pad.right;
  const int64_t c =
      int64_t{input.c} + attrs.channels_before + attrs.channels_after;
  if (h > INT32_MAX || w > INT32_MAX || c > INT32_MAX || h * w > INT32_MAX ||
      h * w * c > INT32_MAX) {
    return UserError("", "the padded output is larger than 2 GB",
                     "no microcontroller holds this; check the file");
  }
  return Hwc{static_cast<int32_t>(h), static_cast<int32_t>(w),
             static_cast<int32_t>(c)};
}

// The code to pad with. TFLM asks PADV2 for a constant in the output's
// quantisation.
Result<int32_t> PadValue(const Graph& graph, const Node& node) {
  const Tensor& output = graph.tensor(node.outputs[0]);
  if (node.inputs.size() < 3 || node.inputs[2] == kNoTensor) {
    return output.quant.zero_point();
  }
  const Tensor& value = graph.tensor(node.inputs[2]);
  MSF_RETURN_IF_ERROR(CheckInt8(value, "pad value"));
  if (!value.IsConstant() || value.elements() != 1) {
    return UserError("", "the pad value is not a single constant",
                     "export the model with a constant pad value");
  }
  if (value.quant.scale() != output.quant.scale() ||
      value.quant.zero_point() != output.quant.zero_point()) {
    return UserError("", "the pad value has not the output's quantisation",
                     "let the converter quantise the pad with one scale");
  }
  return value.values<int8_t>()[0];
}

Result<Attrs> Parse(const OptionReader&, const Graph& graph, const Node& node) {
  MSF_RETURN_IF_ERROR(CheckArity(graph, node, 2, 3));
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  MSF_RETURN_IF_ERROR(CheckComputed(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(output, "output"));
  if (input.shape.empty() || input.shape.size() > 4) {
    return UserError("",
                     "the input has rank " +
                         std::to_string(input.shape.size()) +
                         ", only 1 to 4 are supported",
                     "reshape it in the model");
  }
  std::vector<int64_t> paddings;
  MSF_ASSIGN(paddings,
             ConstantIntegers(graph.tensor(node.inputs[1]), "paddings"));
  if (paddings.size() != 2 * input.shape.size()) {
    return UserError("",
                     "has " + std::to_string(paddings.size()) +
                         " paddings for a tensor of rank " +
                         std::to_string(input.shape.size()),
                     "the file is damaged; export it again");
  }
  PadAttrs attrs;
  for (size_t d = 0; d < input.shape.size(); ++d) {
    MSF_RETURN_IF_ERROR(PadDimension(input.shape, d, paddings[2 * d],
                                     paddings[2 * d + 1], attrs));
  }
  MSF_ASSIGN(attrs.value, PadValue(graph, node));
  Hwc rows;
  MSF_ASSIGN(rows, PaddedRows(attrs, input.hwc));
  MSF_RETURN_IF_ERROR(CheckRows(output, rows));
  return attrs;
}

Result<Hwc> Infer(const Graph& graph, const Node& node) {
  return PaddedRows(AttrsOf(node), graph.tensor(node.inputs[0]).hwc);
}

std::vector<StageForm> Forms(const Graph& graph, const Node& node) {
  const RowNeed need = {
      .stride = 1, .offset = -AttrsOf(node).pad.top, .extent = 1};
  const RowNeed columns = {
      .stride = 1, .offset = -AttrsOf(node).pad.left, .extent = 1};
  return {RowForm(graph.tensor(node.outputs[0]), need, {columns})};
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm&) {
  const PadAttrs& attrs = AttrsOf(node);
  const Hwc& input = graph.tensor(node.inputs[0]).hwc;
  KernelCall call{
      .kernel = "msf_pad_s8", .params_type = "msf_pad_params", .fields = {}};
  call.Int("top", attrs.pad.top)
      .Int("left", attrs.pad.left)
      .Int("channels_before", attrs.channels_before)
      .Int("w", input.w)
      .Int("c", input.c)
      .Int("out_w", input.w + attrs.pad.left + attrs.pad.right)
      .Int("out_c", input.c + attrs.channels_before + attrs.channels_after)
      .Int("value", attrs.value);
  return call;
}

// Asks for every output element whether it lies in the input.
void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const PadAttrs& attrs = AttrsOf(node);
  const Hwc& in = graph.tensor(node.inputs[0]).hwc;
  const Hwc& out = graph.tensor(node.outputs[0]).hwc;
  for (int64_t i = 0; i < graph.tensor(node.outputs[0]).elements(); ++i) {
    const int64_t ch = i % out.c - attrs.channels_before;
    const int64_t x = i / out.c % out.w - attrs.pad.left;
    const int64_t y = i / out.c / out.w - attrs.pad.top;
    const bool inside =
        ch >= 0 && ch < in.c && x >= 0 && x < in.w && y >= 0 && y < in.h;
    output[i] = inside ? inputs[0][(y * in.w + x) * in.c + ch]
                       : static_cast<uint8_t>(attrs.value);
  }
}

}  // namespace

extern const OpDef kPad = {.name = "Pad",
                           .tflite = "PAD",
                           .parse = &Parse,
                           .infer = &Infer,
                           .forms = &Forms,
                           .kernel = &Kernel,
                           .reference = &Reference};

}  // namespace msf
