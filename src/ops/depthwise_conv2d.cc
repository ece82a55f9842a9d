// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// DEPTHWISE_CONV_2D, int8. Bytes of TFLite's
// reference_integer_ops::DepthwiseConvPerChannel.
#include <algorithm>
#include <cmath>

#include "ops/op_def.h"
#include "ops/slice.h"
#include "ops/taps.h"
#include "ops/weighted.h"
#include "ops/window.h"

namespace msf {
namespace {

constexpr WeightLayout kLayout = {.axis = ChannelAxis::kLast,
                                  .product = ScaleProduct::kDouble};

const DepthwiseConv2DAttrs& AttrsOf(const Node& node) {
  return std::get<DepthwiseConv2DAttrs>(node.attrs);
}

Result<Hwc> InferOutput(const Graph& graph, const Node& node,
                        const Window& window) {
  MSF_ASSIGN(Hwc output, InferWindow(window, graph.tensor(node.inputs[0]).hwc));
  output.c = graph.tensor(node.inputs[1]).shape[3];
  return output;
}

Result<int32_t> ParseMultiplier(const OptionReader& options, const Graph& graph,
                                const Node& node) {
  const int64_t multiplier = options.Int("depth_multiplier", 0);
  const int32_t in_c = graph.tensor(node.inputs[0]).hwc.c;
  const int32_t out_c = graph.tensor(node.inputs[1]).shape[3];
  if (multiplier < 1 || multiplier > out_c || multiplier * in_c != out_c) {
    return UserError("",
                     "depth multiplier " + std::to_string(multiplier) +
                         " does not make " + std::to_string(out_c) +
                         " channels out of " + std::to_string(in_c),
                     "the file is damaged; export it again");
  }
  return static_cast<int32_t>(multiplier);
}

Result<Attrs> Parse(const OptionReader& options, const Graph& graph,
                    const Node& node) {
  MSF_RETURN_IF_ERROR(CheckWeightedTensors(graph, node));
  MSF_RETURN_IF_ERROR(CheckWindowRanks(graph, node));
  const Shape& weights = graph.tensor(node.inputs[1]).shape;
  if (weights[0] != 1) {
    return UserError("",
                     "its weights have shape " + ToString(weights) +
                         "; the first dimension must be 1",
                     "the file is damaged; export it again");
  }
  DepthwiseConv2DAttrs attrs;
  MSF_ASSIGN(attrs.multiplier, ParseMultiplier(options, graph, node));
  MSF_RETURN_IF_ERROR(CheckChannels(graph, node, kLayout.axis));
  MSF_RETURN_IF_ERROR(CheckSums(graph, node, kLayout));
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

// More than any sum of a channel, and of its weights with any input: the kernel
// starts from a bias that has taken in the zero point.
int64_t SumLimit(const Graph& graph, const Node& node, int32_t channel) {
  const Tensor& weights = graph.tensor(node.inputs[1]);
  const int8_t* values = weights.values<int8_t>();
  int64_t sum = 0;
  for (int64_t i = channel; i < weights.elements(); i += weights.shape[3]) {
    sum += 256 * std::abs(int64_t{values[i]});
  }
  if (node.inputs.size() < 3 || node.inputs[2] == kNoTensor) return sum;
  const auto* bias = graph.tensor(node.inputs[2]).values<int32_t>();
  return sum + std::abs(int64_t{bias[channel]});
}

// Whether the kernels that go through a row channel by channel take the scales
// and sums of all channels (msf_sweep.h).
bool HasSweepScales(const Graph& graph, const Node& node,
                    const KernelCall& call) {
  for (uint8_t shift : call.Field("shifts").array->bytes) {
    if (static_cast<int8_t>(shift) < -23) return false;
  }
  const int32_t channels = graph.tensor(node.inputs[1]).shape[3];
  for (int32_t c = 0; c < channels; ++c) {
    if (SumLimit(graph, node, c) >= int64_t{1} << 30) return false;
  }
  return true;
}

// The kernel for the size of the window; null if none was made for it.
const char* SweepKernel(const Graph& graph, const Node& node,
                        const KernelCall& call) {
  const Window& window = AttrsOf(node).window;
  const int32_t size = window.kernel_h;
  const Padding& pad = window.pad;
  const bool fits =
      AttrsOf(node).multiplier == 1 && window.kernel_w == size &&
      window.dilation_h == 1 && window.dilation_w == 1 &&
      window.stride_w <= 2 &&
      std::max({pad.top, pad.left, pad.bottom, pad.right}) <= size / 2;
  if (!fits || !HasSweepScales(graph, node, call)) return nullptr;
  return size == 3   ? "msf_depthwise_conv2d_3x3_s8"
         : size == 5 ? "msf_depthwise_conv2d_5x5_s8"
         : size == 7 ? "msf_depthwise_conv2d_7x7_s8"
                     : nullptr;
}

// The weights one channel after the other.
std::vector<uint8_t> ByChannel(const std::vector<uint8_t>& weights,
                               size_t channels) {
  const size_t taps = weights.size() / channels;
  std::vector<uint8_t> packed(weights.size());
  for (size_t i = 0; i < packed.size(); ++i) {
    packed[i] = weights[i % taps * channels + i / taps];
  }
  return packed;
}

// Whether msf_depthwise_conv2d_window_s8 can run the node.
bool HasWindowKernel(const Graph& graph, const Node& node,
                     const KernelCall& call) {
  const Window& window = AttrsOf(node).window;
  const int32_t size = window.kernel_h;
  return AttrsOf(node).multiplier == 1 && window.kernel_w == size &&
         (size == 3 || size == 5 || size == 7) &&
         graph.tensor(node.inputs[0]).hwc.c >= 4 &&
         call.Field("simple_scales").value == 2;
}

// What is known of four channels from `first` on, in the order of
// msf_depthwise_conv2d_window_s8.h, out of the fields of a general call.
void AppendQuad(const KernelCall& call, size_t channels, size_t first,
                std::vector<uint8_t>& quads) {
  const std::vector<uint8_t>& weights = call.fields[0].array->bytes;
  const size_t step = call.Field("scale_step").value != 0 ? 1 : 0;
  const size_t taps = weights.size() / channels;
  const auto byte = [&](std::string_view field, size_t at) {
    quads.push_back(call.Field(field).array->bytes[at]);
  };
  for (size_t i = 0; i < 16; ++i) byte("bias", 4 * first + i);
  for (size_t tap = 0; tap + 1 < taps; tap += 2) {
    for (size_t half : {0, 2}) {
      for (size_t i = 0; i < 4; ++i) {
        const size_t at = (tap + i / 2) * channels + first + half + i % 2;
        quads.push_back(weights[at]);
      }
    }
  }
  for (size_t c = first; c < first + 4; ++c) {
    quads.push_back(weights[(taps - 1) * channels + c]);
  }
  for (size_t c = first; c < first + 4; ++c) {
    for (size_t i = 0; i < 4; ++i) byte("multipliers", 4 * c * step + i);
  }
  for (size_t c = first; c < first + 4; ++c) {
    const uint8_t shift = call.Field("shifts").array->bytes[c * step];
    quads.push_back(static_cast<uint8_t>(-1 - static_cast<int8_t>(shift)));
  }
}

KernelCall WindowKernel(const Graph& graph, const Node& node, int32_t out_step,
                        const KernelCall& general) {
  const Window& window = AttrsOf(node).window;
  const Tensor& input = graph.tensor(node.inputs[0]);
  const auto channels = static_cast<size_t>(input.hwc.c);
  KernelCall call = {.kernel = "msf_depthwise_conv2d_window_s8",
                     .params_type = "msf_depthwise_conv2d_window_s8_params",
                     .fields = {},
                     .many_rows = true};
  ConstArray quads = {.dtype = DType::kInt32, .bytes = {}};
  for (size_t c = 0; c < channels; c += 4) {
    AppendQuad(general, channels, std::min(c, channels - 4), quads.bytes);
  }
  call.fields.push_back({.name = "quads", .array = std::move(quads)});
  call.Int8s("padding",
             std::vector<int8_t>(
                 channels, static_cast<int8_t>(input.quant.zero_point())));
  call.Int("in_w", input.hwc.w).Int("in_c", input.hwc.c);
  call.Int("out_step", out_step);
  call.Int("out_w", graph.tensor(node.outputs[0]).hwc.w);
  call.Int("kernel", window.kernel_h);
  call.Int("stride_h", window.stride_h).Int("stride_w", window.stride_w);
  call.Int("dilation_h", window.dilation_h);
  call.Int("dilation_w", window.dilation_w);
  call.Int("pad_top", window.pad.top).Int("pad_left", window.pad.left);
  AddOutputFields(call, graph, node, AttrsOf(node).activation);
  return call;
}

// Whether a call makes so many columns that a kernel which sets up each channel
// of a row is faster (counted on Armv7E-M).
bool IsWide(const Graph& graph, const Node& node, const StageForm& form) {
  constexpr int32_t kWide = 12;
  const int32_t width = graph.tensor(node.outputs[0]).hwc.w;
  return (form.columns_per_call > 0 ? form.columns_per_call : width) >= kWide;
}

// `out_step`: channels from one output pixel to the next.
KernelCall KernelFor(const Graph& graph, const Node& node,
                     const StageForm& form, int32_t out_step) {
  const Window& window = AttrsOf(node).window;
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  KernelCall call;
  call.kernel = form.kind == StageKind::kAccumulate
                    ? "msf_depthwise_conv2d_acc_s8"
                    : "msf_depthwise_conv2d_s8";
  call.params_type = "msf_depthwise_conv2d_s8_params";
  AddWeightFields(call, graph, node, kLayout);
  if (form.kind == StageKind::kRow) {
    const bool is_dense = out_step == output.hwc.c;
    const char* sweep = is_dense ? SweepKernel(graph, node, call) : nullptr;
    if (HasWindowKernel(graph, node, call) &&
        (sweep == nullptr || !IsWide(graph, node, form))) {
      return WindowKernel(graph, node, out_step, call);
    }
    if (sweep != nullptr) {
      call.kernel = sweep;
      std::vector<uint8_t>& weights = call.fields[0].array->bytes;
      weights = ByChannel(weights, static_cast<size_t>(output.hwc.c));
    }
  }
  call.Int("in_w", input.hwc.w).Int("in_c", input.hwc.c);
  call.Int("depth_multiplier", AttrsOf(node).multiplier);
  call.Int("out_step", out_step);
  call.Int("out_w", output.hwc.w);
  AddWindowFields(call, window);
  call.Int("input_zero_point", input.quant.zero_point());
  AddOutputFields(call, graph, node, AttrsOf(node).activation);
  return call;
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm& form) {
  return KernelFor(graph, node, form, graph.tensor(node.outputs[0]).hwc.c);
}

std::optional<KernelCall> WithTaps(const Graph& graph, const Node& producer,
                                   const Node& node) {
  return TapByTap(graph, producer, node, kLayout);
}

std::vector<SliceRole> SliceRoles(const Graph& /*graph*/, const Node& node) {
  if (AttrsOf(node).multiplier > 1) return {};
  return {SliceRole::kChannelWise};
}

KernelCall Slice(const Graph& graph, const Node& node, const StageForm& form,
                 const ChannelSlice& slice) {
  const LoneNode part = SliceOfOutputs(graph, node, kLayout, slice);
  const int32_t out_step = std::max(slice.pixel_channels, slice.count);
  return KernelFor(part.graph, part.node, form, out_step);
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
        const int64_t c = o / AttrsOf(node).multiplier;
        const int64_t tap = int64_t{ky} * window.kernel_w + kx;
        sum += int64_t{weights[tap * out.hwc.c + o]} *
               (x[(iy * in.hwc.w + ix) * in.hwc.c + c] - in.quant.zero_point());
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

extern const OpDef kDepthwiseConv2D;
const OpDef kDepthwiseConv2D = {.name = "DepthwiseConv2D",
                                .tflite = "DEPTHWISE_CONV_2D",
                                .parse = &Parse,
                                .infer = &Infer,
                                .forms = &Forms,
                                .kernel = &Kernel,
                                .reference = &Reference,
                                .slice_roles = &SliceRoles,
                                .with_taps = &WithTaps,
                                .slice = &Slice};

}  // namespace msf
