// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// MAX_POOL_2D, int8: the largest code that a window covers (TFLite
// kernels/internal/reference/integer_ops/pooling.h).
#include <algorithm>

#include "ops/operands.h"
#include "ops/pool.h"

namespace msf {
namespace {

const MaxPool2DAttrs& AttrsOf(const Node& node) {
  return std::get<MaxPool2DAttrs>(node.attrs);
}

Result<Attrs> Parse(const OptionReader& options, const Graph& graph,
                    const Node& node) {
  Pool pool;
  MSF_ASSIGN(pool, ParsePool(options, graph, node));
  return MaxPool2DAttrs{.window = pool.window, .activation = pool.activation};
}

Result<Hwc> Infer(const Graph& graph, const Node& node) {
  return InferPool(AttrsOf(node).window, graph.tensor(node.inputs[0]).hwc);
}

std::vector<StageForm> Forms(const Graph& graph, const Node& node) {
  return PoolForms(graph, node, AttrsOf(node).window, sizeof(int8_t));
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm& form) {
  return PoolKernel(form.kind == StageKind::kAccumulate ? "msf_max_pool_acc_s8"
                                                        : "msf_max_pool_s8",
                    graph, node,
                    {AttrsOf(node).window, AttrsOf(node).activation});
}

// The largest code around output (y, x, ch), tap by tap.
int32_t Max(const Window& window, const Hwc& in, const uint8_t* input,
            int32_t y, int32_t x, int32_t ch) {
  int32_t max = -128;
  const int32_t top = y * window.stride_h - window.pad.top;
  const int32_t left = x * window.stride_w - window.pad.left;
  for (int32_t iy = std::max(top, 0);
       iy < std::min(top + window.kernel_h, in.h); ++iy) {
    for (int32_t ix = std::max(left, 0);
         ix < std::min(left + window.kernel_w, in.w); ++ix) {
      const int64_t at = (int64_t{iy} * in.w + ix) * in.c + ch;
      max = std::max<int32_t>(max, static_cast<int8_t>(input[at]));
    }
  }
  return max;
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Tensor& in = graph.tensor(node.inputs[0]);
  const Tensor& out = graph.tensor(node.outputs[0]);
  const ClampRange clamp = ActivationRange(AttrsOf(node).activation, out.quant);
  for (int32_t y = 0; y < out.hwc.h; ++y) {
    for (int32_t x = 0; x < out.hwc.w; ++x) {
      for (int32_t ch = 0; ch < out.hwc.c; ++ch) {
        const int32_t code =
            Max(AttrsOf(node).window, in.hwc, inputs[0], y, x, ch);
        *output++ =
            static_cast<uint8_t>(std::clamp(code, clamp.min, clamp.max));
      }
    }
  }
}

}  // namespace

extern const OpDef kMaxPool2D = {.name = "MaxPool2D",
                                 .tflite = "MAX_POOL_2D",
                                 .parse = &Parse,
                                 .infer = &Infer,
                                 .forms = &Forms,
                                 .kernel = &Kernel,
                                 .reference = &Reference};

}  // namespace msf
