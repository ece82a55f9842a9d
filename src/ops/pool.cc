// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ops/pool.h"

#include <algorithm>
#include <cmath>

#include "ops/forms.h"
#include "ops/operands.h"
#include "ops/window.h"

namespace msf {
namespace {

// Window numbers up to 2^15, so that padding can be computed from them
// (InferWindow has the same limit).
Result<int32_t> PositiveOption(const OptionReader& options, const char* name) {
  const int64_t value = options.Int(name, 0);
  if (value > 0 && value <= 32768) return static_cast<int32_t>(value);
  return UserError(
      "", std::string(name) + " is " + std::to_string(value),
      "the window and its stride must be positive; export the model again");
}

Result<void> CheckSameQuantization(const Quantization& input,
                                   const Quantization& output) {
  const double difference =
      static_cast<double>(input.scale()) - static_cast<double>(output.scale());
  if (std::fabs(difference) <= 1e-6 &&
      input.zero_point() == output.zero_point()) {
    return {};
  }
  return UserError("",
                   "the input and the output differ in scale or zero point, "
                   "which a pool does not convert",
                   "let the converter quantise the pool with one scale");
}

}  // namespace

Result<Pool> ParsePool(const OptionReader& options, const Graph& graph,
                       const Node& node) {
  MSF_RETURN_IF_ERROR(CheckArity(graph, node, 1, 1));
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  MSF_RETURN_IF_ERROR(CheckComputed(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(output, "output"));
  MSF_RETURN_IF_ERROR(CheckSameQuantization(input.quant, output.quant));
  if (input.shape.size() != 4 || input.shape[0] != 1) {
    return UserError("",
                     "the input has shape " + ToString(input.shape) +
                         ", expected 1 x height x width x channels",
                     "export the model with batch size 1");
  }
  Pool pool;
  MSF_ASSIGN(pool.window.kernel_h, PositiveOption(options, "filter_height"));
  MSF_ASSIGN(pool.window.kernel_w, PositiveOption(options, "filter_width"));
  MSF_ASSIGN(pool.window.stride_h, PositiveOption(options, "stride_h"));
  MSF_ASSIGN(pool.window.stride_w, PositiveOption(options, "stride_w"));
  const int64_t padding = options.Int("padding", 0);
  if (padding != 0 && padding != 1) {
    return UserError("", "has padding " + std::to_string(padding),
                     "only SAME (0) and VALID (1) exist; export it again");
  }
  pool.window.pad = ResolvePadding(padding == 0, pool.window, input.hwc);
  MSF_ASSIGN(pool.activation, ParseActivation(options));
  Hwc rows;
  MSF_ASSIGN(rows, InferPool(pool.window, input.hwc));
  MSF_RETURN_IF_ERROR(CheckRows(output, rows));
  return pool;
}

Result<Hwc> InferPool(const Window& window, const Hwc& input) {
  if (window.pad.top >= window.kernel_h || window.pad.left >= window.kernel_w ||
      window.pad.bottom >= window.kernel_h ||
      window.pad.right >= window.kernel_w) {
    return UserError("", "the padding is as large as the window");
  }
  return InferWindow(window, input);
}

std::vector<StageForm> PoolForms(const Graph& graph, const Node& node,
                                 const Window& window,
                                 int64_t accumulator_bytes) {
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  std::vector<StageForm> forms = {
      RowForm(output, WindowNeed(window), {WindowColumns(window)})};
  if (output.hwc.h == 1 && input.hwc.h > 1) {
    forms.push_back(
        AccumulateForm(input, accumulator_bytes * output.elements()));
  }
  return forms;
}

void PoolReference(
    const Graph& graph, const Node& node, const Pool& pool, uint8_t* output,
    const std::function<double(const PoolSpan& span, int32_t ch)>& code) {
  const Hwc& in = graph.tensor(node.inputs[0]).hwc;
  const Tensor& out = graph.tensor(node.outputs[0]);
  const Window& window = pool.window;
  const ClampRange clamp = ActivationRange(pool.activation, out.quant);
  for (int32_t y = 0; y < out.hwc.h; ++y) {
    const int32_t top = y * window.stride_h - window.pad.top;
    for (int32_t x = 0; x < out.hwc.w; ++x) {
      const int32_t left = x * window.stride_w - window.pad.left;
      const PoolSpan span = {
          std::max(top, 0), std::min(top + window.kernel_h, in.h),
          std::max(left, 0), std::min(left + window.kernel_w, in.w)};
      for (int32_t ch = 0; ch < out.hwc.c; ++ch) {
        *output++ = static_cast<uint8_t>(static_cast<int8_t>(
            std::clamp<double>(code(span, ch), clamp.min, clamp.max)));
      }
    }
  }
}

KernelCall PoolKernel(const char* kernel, const Graph& graph, const Node& node,
                      const Pool& pool) {
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  const ClampRange clamp = ActivationRange(pool.activation, output.quant);
  KernelCall call{
      .kernel = kernel, .params_type = "msf_pool_params", .fields = {}};
  call.Int("kernel_h", pool.window.kernel_h)
      .Int("kernel_w", pool.window.kernel_w)
      .Int("stride_h", pool.window.stride_h)
      .Int("stride_w", pool.window.stride_w)
      .Int("pad_top", pool.window.pad.top)
      .Int("pad_left", pool.window.pad.left)
      .Int("in_w", input.hwc.w)
      .Int("out_w", output.hwc.w)
      .Int("c", input.hwc.c)
      .Int("clamp_min", clamp.min)
      .Int("clamp_max", clamp.max);
  return call;
}

}  // namespace msf
