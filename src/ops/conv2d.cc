// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// CONV_2D, int8. Bytes of TFLite's reference_integer_ops::ConvPerChannel.
#include "ops/op_def.h"
#include "ops/slice.h"
#include "ops/weighted.h"
#include "ops/window.h"

namespace msf {
namespace {

constexpr WeightLayout kLayout = {.axis = ChannelAxis::kFirst,
                                  .product = ScaleProduct::kDouble};

const Conv2DAttrs& AttrsOf(const Node& node) {
  return std::get<Conv2DAttrs>(node.attrs);
}

Result<Hwc> InferOutput(const Graph& graph, const Node& node,
                        const Window& window) {
  MSF_ASSIGN(Hwc output, InferWindow(window, graph.tensor(node.inputs[0]).hwc));
  output.c = graph.tensor(node.inputs[1]).shape[0];
  return output;
}

Result<Attrs> Parse(const OptionReader& options, const Graph& graph,
                    const Node& node) {
  MSF_RETURN_IF_ERROR(CheckWeightedTensors(graph, node));
  MSF_RETURN_IF_ERROR(CheckWindowRanks(graph, node));
  const int32_t in_c = graph.tensor(node.inputs[0]).hwc.c;
  const int32_t read = graph.tensor(node.inputs[1]).shape[3];
  if (read != in_c) {
    const bool grouped = in_c % read == 0;
    return UserError(
        "",
        std::string(grouped ? "grouped convolution is not supported"
                            : "channels do not match") +
            " (the input has " + std::to_string(in_c) +
            " channels, a filter reads " + std::to_string(read) + ")",
        grouped ? "split it into one convolution for each group"
                : "the file is damaged; export it again");
  }
  MSF_RETURN_IF_ERROR(CheckChannels(graph, node, kLayout.axis));
  MSF_RETURN_IF_ERROR(CheckSums(graph, node, kLayout));
  Conv2DAttrs attrs;
  MSF_ASSIGN(attrs.window, ParseWindow(options, graph, node));
  MSF_ASSIGN(attrs.activation, ParseFusedActivation(options));
  MSF_ASSIGN(const Hwc output, InferOutput(graph, node, attrs.window));
  MSF_RETURN_IF_ERROR(CheckDeclaredOutput(graph, node, output));
  return attrs;
}

Result<Hwc> Infer(const Graph& graph, const Node& node) {
  return InferOutput(graph, node, AttrsOf(node).window);
}

std::vector<StageForm> Forms(const Graph& graph, const Node& node) {
  const Window& window = AttrsOf(node).window;
  const Tensor& output = graph.tensor(node.outputs[0]);
  const Tensor& weights = graph.tensor(node.inputs[1]);
  StageForm form;
  form.kind = StageKind::kRow;
  form.steps = output.hwc.h;
  form.needs = {WindowNeed(window)};
  form.columns = {WindowColumns(window)};
  form.macs = int64_t{output.hwc.h} * output.hwc.w * weights.elements();
  std::vector<StageForm> forms = {form};
  // A kernel over all rows can take them as they come.
  if (output.hwc.h == 1 && window.kernel_h > 1) {
    form.kind = StageKind::kAccumulate;
    form.steps = graph.tensor(node.inputs[0]).hwc.h;
    form.needs = {{.stride = 1, .offset = 0, .extent = 1}};
    form.columns.clear();
    form.state_bytes = 4 * output.elements();
    forms.push_back(form);
  }
  return forms;
}

// Kernel rows that begin at words: each padded by zeros to a multiple of 4.
// With dilation the taps of a row are apart in the input, and each is padded.
std::vector<int8_t> PackWeights(const Tensor& weights, const Window& window) {
  const int64_t taps = window.dilation_w == 1 ? window.kernel_w : 1;
  const int64_t run = taps * weights.shape[3];
  const int8_t* values = weights.values<int8_t>();
  std::vector<int8_t> packed;
  for (int64_t i = 0; i < weights.elements(); i += run) {
    packed.insert(packed.end(), values + i, values + i + run);
    packed.resize((packed.size() + 3) / 4 * 4);
  }
  return packed;
}

// One input pixel makes one output pixel.
bool IsPointwise(const Window& window) {
  return window.kernel_h == 1 && window.kernel_w == 1 &&
         window.pad == Padding{};
}

// Whether msf_conv2d_small_s8 can run the node: `call` has the general fields.
bool IsSmall(const Graph& graph, const Node& node, const KernelCall& call) {
  constexpr int32_t kMostBytes = 48;  // MSF_CONV2D_SMALL_BYTES
  const auto& weights = graph.tensor(node.inputs[1]).shape;
  const auto bytes = static_cast<int32_t>(call.fields[0].array->bytes.size());
  return AttrsOf(node).window.dilation_w == 1 && weights[0] >= 4 &&
         bytes / weights[0] <= kMostBytes &&
         call.Field("simple_scales").value == 2 &&
         call.Field("scale_step").value == 1;
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm& form) {
  const Window& window = AttrsOf(node).window;
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  KernelCall call;
  call.kernel = form.kind == StageKind::kAccumulate ? "msf_conv2d_acc_s8"
                                                    : "msf_conv2d_s8";
  call.params_type = "msf_conv2d_s8_params";
  call.many_rows = form.kind == StageKind::kRow;
  AddWeightFields(call, graph, node, kLayout,
                  PackWeights(graph.tensor(node.inputs[1]), window));
  if (form.kind == StageKind::kRow) {
    if (IsPointwise(window)) {
      call.kernel = "msf_conv2d_1x1_s8";
    } else if (IsSmall(graph, node, call)) {
      call.kernel = "msf_conv2d_small_s8";
    }
  }
  call.Int("in_w", input.hwc.w).Int("in_c", input.hwc.c);
  call.Int("out_w", output.hwc.w).Int("out_c", output.hwc.c);
  AddWindowFields(call, window);
  call.Int("input_zero_point", input.quant.zero_point());
  AddOutputFields(call, graph, node, AttrsOf(node).activation);
  return call;
}

std::vector<SliceRole> SliceRoles(const Graph& graph, const Node& node) {
  const Window& window = AttrsOf(node).window;
  const Hwc& input = graph.tensor(node.inputs[0]).hwc;
  const Hwc& output = graph.tensor(node.outputs[0]).hwc;
  const bool pixel_by_pixel =
      IsPointwise(window) && input.h == output.h && input.w == output.w;
  if (!pixel_by_pixel) return {SliceRole::kOutputs};
  return {SliceRole::kOutputs, SliceRole::kInputs};
}

KernelCall Slice(const Graph& graph, const Node& node, const StageForm& form,
                 const ChannelSlice& slice) {
  if (slice.role == SliceRole::kInputs) {
    return SliceOfInputs(graph, node, kLayout, AttrsOf(node).activation, slice);
  }
  const LoneNode part = SliceOfOutputs(graph, node, kLayout, slice);
  return Kernel(part.graph, part.node, form);
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Window& window = AttrsOf(node).window;
  const Tensor& in = graph.tensor(node.inputs[0]);
  const Tensor& out = graph.tensor(node.outputs[0]);
  const auto* x = reinterpret_cast<const int8_t*>(inputs[0]);
  const auto* weights = reinterpret_cast<const int8_t*>(inputs[1]);
  const auto* bias =
      inputs.size() < 3 ? nullptr : reinterpret_cast<const int32_t*>(inputs[2]);
  const std::vector<QuantizedMultiplier> scales =
      OutputMultipliers(graph, node, kLayout);
  const ClampRange range = ActivationRange(AttrsOf(node).activation, out.quant);

  const auto sum_at = [&](int32_t oy, int32_t ox, int32_t o) {
    int64_t sum = bias == nullptr ? 0 : bias[o];
    for (int32_t ky = 0; ky < window.kernel_h; ++ky) {
      const int64_t iy = int64_t{oy} * window.stride_h - window.pad.top +
                         int64_t{ky} * window.dilation_h;
      if (iy < 0 || iy >= in.hwc.h) continue;
      for (int32_t kx = 0; kx < window.kernel_w; ++kx) {
        const int64_t ix = int64_t{ox} * window.stride_w - window.pad.left +
                           int64_t{kx} * window.dilation_w;
        if (ix < 0 || ix >= in.hwc.w) continue;
        const int8_t* pixel = x + (iy * in.hwc.w + ix) * in.hwc.c;
        const int8_t* w =
            weights +
            ((int64_t{o} * window.kernel_h + ky) * window.kernel_w + kx) *
                in.hwc.c;
        for (int32_t c = 0; c < in.hwc.c; ++c) {
          sum += int64_t{w[c]} * (pixel[c] - in.quant.zero_point());
        }
      }
    }
    return sum;
  };
  for (int32_t oy = 0; oy < out.hwc.h; ++oy) {
    for (int32_t ox = 0; ox < out.hwc.w; ++ox) {
      for (int32_t o = 0; o < out.hwc.c; ++o) {
        *output++ = static_cast<uint8_t>(
            ReferenceFinish(sum_at(oy, ox, o), scales[static_cast<size_t>(o)],
                            out.quant.zero_point(), range));
      }
    }
  }
}

}  // namespace

extern const OpDef kConv2D;
const OpDef kConv2D = {.name = "Conv2D",
                       .tflite = "CONV_2D",
                       .parse = &Parse,
                       .infer = &Infer,
                       .forms = &Forms,
                       .kernel = &Kernel,
                       .reference = &Reference,
                       .slice_roles = &SliceRoles,
                       .slice = &Slice};

}  // namespace msf
