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

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Hwc& in = graph.tensor(node.inputs[0]).hwc;
  const auto largest = [&](const PoolSpan& span, int32_t ch) {
    int8_t max = -128;
    for (int32_t y = span.top; y < span.bottom; ++y) {
      for (int32_t x = span.left; x < span.right; ++x) {
        const int64_t at = (int64_t{y} * in.w + x) * in.c + ch;
        max = std::max(max, static_cast<int8_t>(inputs[0][at]));
      }
    }
    return static_cast<double>(max);
  };
  PoolReference(graph, node, {AttrsOf(node).window, AttrsOf(node).activation},
                output, largest);
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
