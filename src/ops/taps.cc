// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ops/taps.h"

#include "ops/window.h"

namespace msf {
namespace {

// Input rows that an output row reads through the convolution before.
int32_t RowsThrough(const Window& first, const Window& window) {
  return (Span(window.kernel_h, window.dilation_h) - 1) * first.stride_h +
         Span(first.kernel_h, first.dilation_h);
}

// Two channels of a convolution from `first` on, in the order of
// msf_conv2d_depthwise_s8.h, out of the fields of its call.
void AppendTwo(const KernelCall& conv, size_t filter, size_t first,
               std::vector<uint8_t>& rows) {
  const size_t step = conv.Field("scale_step").value != 0 ? 1 : 0;
  const auto bytes = [&](std::string_view field, size_t at, size_t count) {
    const auto from = conv.Field(field).array->bytes.begin() +
                      static_cast<std::ptrdiff_t>(at);
    rows.insert(rows.end(), from, from + static_cast<std::ptrdiff_t>(count));
  };
  bytes("bias", 4 * first, 8);
  for (size_t word = 0; word < filter; word += 4) {
    bytes("weights", first * filter + word, 4);
    bytes("weights", (first + 1) * filter + word, 4);
  }
  bytes("multipliers", 4 * first * step, 4);
  bytes("multipliers", 4 * (first + 1) * step, 4);
  for (size_t c = first; c < first + 2; ++c) {
    const uint8_t shift = conv.Field("shifts").array->bytes[c * step];
    rows.push_back(static_cast<uint8_t>(-1 - static_cast<int8_t>(shift)));
  }
  rows.insert(rows.end(), 2, 0);
}

// Whether the kernel takes windows of a convolution of so many input channels.
bool TakesWindows(const Window& window, int32_t in_c) {
  constexpr int32_t kMostBytes = 40;  // MSF_CONV2D_DEPTHWISE_BYTES
  const int32_t row = (window.kernel_w * in_c + 3) / 4 * 4;
  if (window.kernel_h * row <= kMostBytes) return true;
  const Padding& pad = window.pad;
  return window.kernel_h == 1 && window.kernel_w == 1 && in_c % 4 == 0 &&
         pad.top == 0 && pad.bottom == 0 && pad.left == 0 && pad.right == 0;
}

// The call of a convolution, if msf_conv2d_depthwise_s8 can make its output.
std::optional<KernelCall> TapsOf(const Graph& graph, const Node& node) {
  const auto* attrs = std::get_if<Conv2DAttrs>(&node.attrs);
  if (attrs == nullptr || attrs->window.dilation_w != 1) return std::nullopt;
  if (!TakesWindows(attrs->window, graph.tensor(node.inputs[0]).hwc.c)) {
    return std::nullopt;
  }
  const OpDef& op = OpDefOf(node);
  KernelCall call = op.kernel(graph, node, op.forms(graph, node)[0]);
  const auto value = [&](std::string_view name) {
    return call.Field(name).value;
  };
  if (value("out_c") % 2 != 0 || value("simple_scales") != 2 ||
      value("clamp_min") != -128 || value("clamp_max") != 127) {
    return std::nullopt;
  }
  return call;
}

}  // namespace

std::optional<KernelCall> TapByTap(const Graph& graph, const Node& producer,
                                   const Node& node, WeightLayout layout) {
  constexpr int32_t kMostRows = 16;  // MSF_CONV2D_DEPTHWISE_ROWS
  const std::optional<KernelCall> conv = TapsOf(graph, producer);
  const auto& attrs = std::get<DepthwiseConv2DAttrs>(node.attrs);
  const Window& window = attrs.window;
  if (!conv || attrs.multiplier != 1 || window.dilation_h != 1 ||
      window.dilation_w != 1) {
    return std::nullopt;
  }
  const Window& first = std::get<Conv2DAttrs>(producer.attrs).window;
  if (RowsThrough(first, window) > kMostRows) return std::nullopt;
  const auto channels = static_cast<size_t>(conv->Field("out_c").value);
  ConstArray rows = {.dtype = DType::kInt32, .bytes = {}};
  for (size_t c = 0; c < channels; c += 2) {
    AppendTwo(*conv, conv->Field("weights").array->bytes.size() / channels, c,
              rows.bytes);
  }
  KernelCall call = {.kernel = "msf_conv2d_depthwise_s8",
                     .params_type = "msf_conv2d_depthwise_s8_params",
                     .fields = {},
                     .many_rows = true};
  call.fields.push_back({.name = "conv", .array = std::move(rows)});
  AddWeightFields(call, graph, node, layout);
  const Tensor& input = graph.tensor(producer.inputs[0]);
  const Tensor& between = graph.tensor(node.inputs[0]);
  call.Int("in_w", input.hwc.w).Int("in_c", input.hwc.c);
  call.Int("conv_h", between.hwc.h).Int("conv_w", between.hwc.w);
  call.Int("conv_c", between.hwc.c);
  call.Int("conv_kernel_h", first.kernel_h);
  call.Int("conv_kernel_w", first.kernel_w);
  call.Int("conv_stride_h", first.stride_h);
  call.Int("conv_stride_w", first.stride_w);
  call.Int("conv_dilation_h", first.dilation_h);
  call.Int("conv_pad_top", first.pad.top).Int("conv_pad_left", first.pad.left);
  call.Int("conv_input_zero_point", input.quant.zero_point());
  call.Int("conv_output_zero_point", between.quant.zero_point());
  call.Int("out_w", graph.tensor(node.outputs[0]).hwc.w);
  call.Int("kernel_h", window.kernel_h).Int("kernel_w", window.kernel_w);
  call.Int("stride_h", window.stride_h).Int("stride_w", window.stride_w);
  call.Int("pad_top", window.pad.top).Int("pad_left", window.pad.left);
  AddOutputFields(call, graph, node, attrs.activation);
  return call;
}

}  // namespace msf
