// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// MEAN, int8, over any of h, w and c: the sum of distances from the zero point
// is requantised with a multiplier that also divides by the number of
// elements (QuantizedMeanOrSum of TFLite's kernels/internal/reference/
// reduce.h, which TFLM's reduce_common.cc uses for every axis).
#include <algorithm>

#include "ops/axes.h"
#include "ops/forms.h"
#include "ops/operands.h"
#include "ops/quantize.h"
#include "ops/reference_math.h"

namespace msf {
namespace {

// Distances of so many codes from a zero point cannot leave an int32 sum.
constexpr int64_t kMaxElements = int64_t{1} << 23;

const MeanAttrs& AttrsOf(const Node& node) {
  return std::get<MeanAttrs>(node.attrs);
}

int64_t ElementsOfOneMean(const MeanAttrs& attrs, const Hwc& input) {
  return int64_t{attrs.reduce_h ? input.h : 1} *
         (attrs.reduce_w ? input.w : 1) * (attrs.reduce_c ? input.c : 1);
}

// Which dimensions of `shape` the axes name; they may repeat and count from
// the end.
Result<std::vector<bool>> ReducedDimensions(const std::vector<int64_t>& axes,
                                            const Shape& shape) {
  const auto rank = static_cast<int64_t>(shape.size());
  std::vector<bool> reduced(shape.size(), false);
  for (int64_t axis : axes) {
    if (rank == 0) break;  // a scalar is its own mean
    if (axis < -rank || axis >= rank) {
      return UserError("",
                       "axis " + std::to_string(axis) +
                           " is outside of a tensor of rank " +
                           std::to_string(rank),
                       "the file is damaged; export it again");
    }
    reduced[static_cast<size_t>(axis < 0 ? axis + rank : axis)] = true;
  }
  return reduced;
}

// Several dimensions may share the rows: all or none must be reduced. A
// dimension of size 1 (the batch) does not matter.
Result<MeanAttrs> AttrsFrom(const std::vector<bool>& reduced,
                            const Shape& shape) {
  const std::vector<HwcAxis> axes = AxesOf(shape);
  MeanAttrs attrs;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (!reduced[d] || shape[d] == 1) continue;
    (axes[d] == HwcAxis::kH   ? attrs.reduce_h
     : axes[d] == HwcAxis::kW ? attrs.reduce_w
                              : attrs.reduce_c) = true;
  }
  for (size_t d = 0; d < shape.size(); ++d) {
    if (axes[d] == HwcAxis::kH && attrs.reduce_h && !reduced[d] &&
        shape[d] != 1) {
      return UserError("",
                       "reduces some but not all of the leading dimensions of "
                       "shape " +
                           ToString(shape),
                       "export the model with batch size 1");
    }
  }
  return attrs;
}

Result<Attrs> Parse(const OptionReader&, const Graph& graph, const Node& node) {
  MSF_RETURN_IF_ERROR(CheckArity(graph, node, 2, 2));
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  MSF_RETURN_IF_ERROR(CheckComputed(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(output, "output"));
  std::vector<int64_t> axes;
  MSF_ASSIGN(axes, ConstantIntegers(graph.tensor(node.inputs[1]), "axis"));
  std::vector<bool> reduced;
  MSF_ASSIGN(reduced, ReducedDimensions(axes, input.shape));
  MeanAttrs attrs;
  MSF_ASSIGN(attrs, AttrsFrom(reduced, input.shape));
  const int64_t elements = ElementsOfOneMean(attrs, input.hwc);
  if (elements > kMaxElements) {
    return UserError("", "averages " + std::to_string(elements) +
                             " elements, more than an int32 sum can hold");
  }
  MSF_RETURN_IF_ERROR(DeclaredOutput(graph, node, input.elements() / elements));
  MSF_RETURN_IF_ERROR(CheckRatio(static_cast<double>(input.quant.scale()) /
                                 static_cast<double>(output.quant.scale())));
  return attrs;
}

Result<Hwc> Infer(const Graph& graph, const Node& node) {
  const Tensor& input = graph.tensor(node.inputs[0]);
  return DeclaredOutput(
      graph, node,
      input.elements() / ElementsOfOneMean(AttrsOf(node), input.hwc));
}

std::vector<StageForm> Forms(const Graph& graph, const Node& node) {
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  const bool across_rows = AttrsOf(node).reduce_h && input.hwc.h > 1;
  if (!across_rows && input.hwc.h == output.hwc.h) return {RowForm(output)};
  std::vector<StageForm> forms = {WholeForm(input)};
  if (across_rows) {
    forms.push_back(
        AccumulateForm(input, output.elements() * int64_t{sizeof(int32_t)}));
  }
  return forms;
}

// TFLite keeps the multiplier's precision: it is moved up by the bits that the
// division takes away, unless the shift would leave its range.
QuantizedMultiplier Factor(const Tensor& input, const Tensor& output,
                           int64_t elements) {
  QuantizedMultiplier factor =
      QuantizeMultiplier(static_cast<double>(input.quant.scale()) /
                         static_cast<double>(output.quant.scale()));
  int32_t bits = 0;
  while ((elements >> (bits + 1)) > 0) ++bits;
  bits = std::min(bits, 31 + factor.shift);
  factor.multiplier =
      static_cast<int32_t>((int64_t{factor.multiplier} << bits) / elements);
  factor.shift -= bits;
  return factor;
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm& form) {
  const MeanAttrs& attrs = AttrsOf(node);
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  const int64_t elements = ElementsOfOneMean(attrs, input.hwc);
  const QuantizedMultiplier factor = Factor(input, output, elements);
  KernelCall call{.kernel = form.kind == StageKind::kAccumulate
                                ? "msf_mean_acc_s8"
                                : "msf_mean_s8",
                  .params_type = "msf_mean_params",
                  .fields = {}};
  call.Int("rows", form.kind == StageKind::kWhole ? input.hwc.h : 1)
      .Int("w", input.hwc.w)
      .Int("c", input.hwc.c)
      .Int("reduce_h", attrs.reduce_h)
      .Int("reduce_w", attrs.reduce_w)
      .Int("reduce_c", attrs.reduce_c)
      .Int("zero_point_sum", elements * input.quant.zero_point())
      .Int("multiplier", factor.multiplier)
      .Int("shift", factor.shift)
      .Int("zero_point", output.quant.zero_point());
  return call;
}

// Scatters every input element to its mean.
void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const MeanAttrs& attrs = AttrsOf(node);
  const Tensor& in = graph.tensor(node.inputs[0]);
  const Tensor& out = graph.tensor(node.outputs[0]);
  std::vector<int64_t> sums(static_cast<size_t>(out.elements()), 0);
  const uint8_t* at = inputs[0];
  for (int64_t y = 0; y < in.hwc.h; ++y) {
    for (int64_t x = 0; x < in.hwc.w; ++x) {
      for (int64_t ch = 0; ch < in.hwc.c; ++ch) {
        int64_t target = attrs.reduce_h ? 0 : y;
        if (!attrs.reduce_w) target = target * in.hwc.w + x;
        if (!attrs.reduce_c) target = target * in.hwc.c + ch;
        sums[static_cast<size_t>(target)] +=
            static_cast<int8_t>(*at++) - in.quant.zero_point();
      }
    }
  }
  const QuantizedMultiplier factor =
      Factor(in, out, in.elements() / out.elements());
  for (int64_t sum : sums) {
    const int64_t code =
        int64_t{ReferenceRequantize(static_cast<int32_t>(sum),
                                    factor.multiplier, factor.shift)} +
        out.quant.zero_point();
    *output++ = static_cast<uint8_t>(std::clamp<int64_t>(code, -128, 127));
  }
}

}  // namespace

extern const OpDef kMean = {.name = "Mean",
                            .tflite = "MEAN",
                            .parse = &Parse,
                            .infer = &Infer,
                            .forms = &Forms,
                            .kernel = &Kernel,
                            .reference = &Reference};

}  // namespace msf
