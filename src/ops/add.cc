// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// ADD, int8: both operands are brought to twice the larger scale with 20 extra
// bits, added, and requantised (CalculateOpDataAdd of TFLM's
// kernels/add_common.cc, AddFunc of TFLite's reference/integer_ops/add.h).
//
// Operands broadcast as in NumPy as long as each of h, w and c is either the
// output's or 1. At most one operand is a constant. A computed operand of one
// row is read again in every step.
#include <algorithm>

#include "ops/axes.h"
#include "ops/forms.h"
#include "ops/operands.h"
#include "ops/quantize.h"
#include "ops/reference_math.h"
#include "support/check.h"

namespace msf {
namespace {

constexpr int32_t kLeftShift = 20;

struct Factors {
  QuantizedMultiplier operand[2];
  QuantizedMultiplier output;
};

double OutputRatio(float scale_0, float scale_1, float output_scale) {
  return 2.0 * static_cast<double>(std::max(scale_0, scale_1)) /
         ((1 << kLeftShift) * static_cast<double>(output_scale));
}

Factors FactorsOf(const Graph& graph, const Node& node) {
  const float scale_0 = graph.tensor(node.inputs[0]).quant.scale();
  const float scale_1 = graph.tensor(node.inputs[1]).quant.scale();
  const float scale = graph.tensor(node.outputs[0]).quant.scale();
  const double twice_max =
      2.0 * static_cast<double>(std::max(scale_0, scale_1));
  return {
      .operand = {QuantizeMultiplier(static_cast<double>(scale_0) / twice_max),
                  QuantizeMultiplier(static_cast<double>(scale_1) / twice_max)},
      .output = QuantizeMultiplier(OutputRatio(scale_0, scale_1, scale))};
}

// The shape of a sum; nothing if the operands do not fit.
std::optional<Shape> BroadcastShape(const Shape& a, const Shape& b) {
  Shape shape(std::max(a.size(), b.size()));
  for (size_t i = 0; i < shape.size(); ++i) {  // from the last dimension
    const int32_t from_a = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int32_t from_b = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (from_a != from_b && from_a != 1 && from_b != 1) return std::nullopt;
    shape[shape.size() - 1 - i] = std::max(from_a, from_b);
  }
  return shape;
}

// How a pass that streams a single row along its columns sees a tensor.
Hwc Swapped(const Hwc& hwc) { return {hwc.w, hwc.h, hwc.c}; }

// An operand as rows beside those of the output: each of h, w and c is the
// output's or 1. Nothing if it is neither.
std::optional<Hwc> OperandRows(const Tensor& operand, const Tensor& output) {
  // Passes may have given the tensors other rows: equal sizes stay equal.
  if (operand.elements() == output.elements()) return output.hwc;
  if (operand.elements() == 1) return Hwc{1, 1, 1};
  if (!operand.shape.empty() && operand.elements() == operand.shape.back() &&
      operand.shape.back() == output.hwc.c) {
    return Hwc{1, 1, output.hwc.c};
  }
  const std::vector<HwcAxis> axes = AxesOf(output.shape);
  const size_t missing = output.shape.size() - operand.shape.size();
  bool full[3] = {true, true, true};
  bool one[3] = {true, true, true};
  for (size_t d = 0; d < axes.size(); ++d) {
    const int32_t dim = d < missing ? 1 : operand.shape[d - missing];
    const auto axis = static_cast<size_t>(axes[d]);
    if (dim != output.shape[d]) full[axis] = false;
    if (dim != 1) one[axis] = false;
  }
  for (size_t axis = 0; axis < 3; ++axis) {
    if (!full[axis] && !one[axis]) return std::nullopt;
  }
  const Hwc canonical = CanonicalHwc(output.shape);
  const Hwc rows = {full[0] ? canonical.h : 1, full[1] ? canonical.w : 1,
                    full[2] ? canonical.c : 1};
  if (output.hwc == canonical) return rows;
  if (output.hwc == Swapped(canonical)) return Swapped(rows);
  return std::nullopt;
}

Result<void> CheckOperand(const Tensor& operand, const Tensor& output) {
  MSF_RETURN_IF_ERROR(CheckInt8(operand, "input"));
  const std::optional<Hwc> rows = OperandRows(operand, output);
  if (rows && (operand.IsConstant() || *rows == operand.hwc)) return {};
  return UserError("",
                   "an input of shape " + ToString(operand.shape) +
                       " does not repeat row by row in shape " +
                       ToString(output.shape),
                   "give it the output's shape, one value for each channel, "
                   "or a single value");
}

Result<Attrs> Parse(const OptionReader& options, const Graph& graph,
                    const Node& node) {
  MSF_RETURN_IF_ERROR(CheckArity(graph, node, 2, 2));
  const Tensor& a = graph.tensor(node.inputs[0]);
  const Tensor& b = graph.tensor(node.inputs[1]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  MSF_RETURN_IF_ERROR(CheckInt8(output, "output"));
  if (a.IsConstant() && b.IsConstant()) {
    return UserError("", "both inputs are constants",
                     "let the converter fold this node into a constant");
  }
  const std::optional<Shape> shape = BroadcastShape(a.shape, b.shape);
  if (!shape || *shape != output.shape) {
    return UserError("",
                     "inputs of shape " + ToString(a.shape) + " and " +
                         ToString(b.shape) + " do not add up to shape " +
                         ToString(output.shape),
                     "the file is damaged; export it again");
  }
  MSF_RETURN_IF_ERROR(CheckOperand(a, output));
  MSF_RETURN_IF_ERROR(CheckOperand(b, output));
  // TFLite ends the program here.
  if (OutputRatio(a.quant.scale(), b.quant.scale(), output.quant.scale()) >=
      1.0) {
    return UserError("", "the input scales are too large for the output scale",
                     "check the quantisation of this node");
  }
  AddAttrs attrs;
  MSF_ASSIGN(attrs.activation, ParseActivation(options));
  return attrs;
}

Result<Hwc> Infer(const Graph& graph, const Node& node) {
  const Tensor& a = graph.tensor(node.inputs[0]);
  const Tensor& b = graph.tensor(node.inputs[1]);
  // Passes may have given the tensors other rows, and joined tensors whose
  // shapes do not broadcast any more.
  for (const Tensor* operand : {&a, &b}) {
    if (!operand->IsConstant() &&
        operand->elements() == graph.tensor(node.outputs[0]).elements()) {
      return operand->hwc;
    }
  }
  const std::optional<Shape> shape = BroadcastShape(a.shape, b.shape);
  if (!shape) return UserError("", "the inputs do not broadcast");
  return CanonicalHwc(*shape);
}

std::vector<StageForm> Forms(const Graph& graph, const Node& node) {
  const Tensor& output = graph.tensor(node.outputs[0]);
  StageForm form = RowForm(output);
  form.needs.clear();
  for (TensorId id : ActivationInputs(graph, node)) {
    const Hwc& input = graph.tensor(id).hwc;
    const bool repeats = input.h == 1 && output.hwc.h > 1;
    form.needs.push_back({.stride = repeats ? 0 : 1,
                          .offset = 0,
                          .extent = 1,
                          .in_place = input == output.hwc});
    form.columns.push_back(
        {.stride = input.w == 1 && output.hwc.w > 1 ? 0 : 1});
  }
  return {form};
}

Hwc RowsOf(const Graph& graph, const Node& node, size_t operand) {
  const std::optional<Hwc> rows = OperandRows(
      graph.tensor(node.inputs[operand]), graph.tensor(node.outputs[0]));
  MSF_CHECK(rows.has_value());
  return *rows;
}

void OperandFields(const Graph& graph, const Node& node, size_t operand,
                   const std::string& suffix, KernelCall& call) {
  const Hwc rows = RowsOf(graph, node, operand);
  const QuantizedMultiplier factor = FactorsOf(graph, node).operand[operand];
  call.Int("column_stride" + suffix, rows.w == 1 ? 0 : rows.c)
      .Int("channel_stride" + suffix, rows.c == 1 ? 0 : 1)
      .Int("zero_point" + suffix,
           graph.tensor(node.inputs[operand]).quant.zero_point())
      .Int("multiplier" + suffix, factor.multiplier)
      .Int("shift" + suffix, factor.shift);
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm&) {
  const Tensor& output = graph.tensor(node.outputs[0]);
  // A constant comes second in the kernel; the sum does not mind.
  const size_t first = graph.tensor(node.inputs[0]).IsConstant() ? 1 : 0;
  const Tensor& second = graph.tensor(node.inputs[1 - first]);
  KernelCall call{
      .kernel = "msf_add_s8", .params_type = "msf_add_params", .fields = {}};
  if (second.IsConstant()) {
    call.kernel = "msf_add_constant_s8";
    call.params_type = "msf_add_constant_params";
    const int8_t* values = second.values<int8_t>();
    call.Int8s("constant", {values, values + second.elements()});
    const Hwc rows = RowsOf(graph, node, 1 - first);
    call.Int("row_stride_2", rows.h == 1 ? 0 : rows.w * rows.c);
  }
  call.Int("w", output.hwc.w).Int("c", output.hwc.c);
  OperandFields(graph, node, first, "_1", call);
  OperandFields(graph, node, 1 - first, "_2", call);
  const QuantizedMultiplier factor = FactorsOf(graph, node).output;
  const ClampRange clamp =
      ActivationRange(std::get<AddAttrs>(node.attrs).activation, output.quant);
  call.Int("multiplier", factor.multiplier)
      .Int("shift", factor.shift)
      .Int("zero_point", output.quant.zero_point())
      .Int("clamp_min", clamp.min)
      .Int("clamp_max", clamp.max);
  return call;
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Tensor& out = graph.tensor(node.outputs[0]);
  const Factors factors = FactorsOf(graph, node);
  const ClampRange clamp =
      ActivationRange(std::get<AddAttrs>(node.attrs).activation, out.quant);
  const Hwc rows[2] = {RowsOf(graph, node, 0), RowsOf(graph, node, 1)};
  for (int64_t i = 0; i < out.elements(); ++i) {
    const int64_t ch = i % out.hwc.c;
    const int64_t x = i / out.hwc.c % out.hwc.w;
    const int64_t y = i / out.hwc.c / out.hwc.w;
    int32_t sum = 0;
    for (size_t k = 0; k < 2; ++k) {
      const int64_t at =
          (y % rows[k].h * rows[k].w + x % rows[k].w) * rows[k].c +
          ch % rows[k].c;
      const int32_t distance = static_cast<int8_t>(inputs[k][at]) -
                               graph.tensor(node.inputs[k]).quant.zero_point();
      sum += ReferenceRequantize(distance * (1 << kLeftShift),
                                 factors.operand[k].multiplier,
                                 factors.operand[k].shift);
    }
    const int32_t code = ReferenceRequantize(sum, factors.output.multiplier,
                                             factors.output.shift) +
                         out.quant.zero_point();
    output[i] = static_cast<uint8_t>(std::clamp(code, clamp.min, clamp.max));
  }
}

}  // namespace

extern const OpDef kAdd = {.name = "Add",
                           .tflite = "ADD",
                           .parse = &Parse,
                           .infer = &Infer,
                           .forms = &Forms,
                           .kernel = &Kernel,
                           .reference = &Reference};

}  // namespace msf
