// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// AVERAGE_POOL_2D, int8: the mean of the codes that a window covers, rounded
// to nearest with ties away from zero; padding does not count (TFLite
// kernels/internal/reference/integer_ops/pooling.h).
#include <algorithm>
#include <cmath>

#include "ops/operands.h"
#include "ops/pool.h"

namespace msf {
namespace {

// So many codes cannot leave an int32 sum.
constexpr int64_t kMaxTaps = int64_t{1} << 23;

const AveragePool2DAttrs& AttrsOf(const Node& node) {
  return std::get<AveragePool2DAttrs>(node.attrs);
}

Result<Attrs> Parse(const OptionReader& options, const Graph& graph,
                    const Node& node) {
  Pool pool;
  MSF_ASSIGN(pool, ParsePool(options, graph, node));
  const Hwc& input = graph.tensor(node.inputs[0]).hwc;
  const int64_t taps = int64_t{std::min(pool.window.kernel_h, input.h)} *
                       std::min(pool.window.kernel_w, input.w);
  if (taps > kMaxTaps) {
    return UserError("", "the window covers " + std::to_string(taps) +
                             " elements, more than an int32 sum can hold");
  }
  return AveragePool2DAttrs{.window = pool.window,
                            .activation = pool.activation};
}

Result<Hwc> Infer(const Graph& graph, const Node& node) {
  return InferPool(AttrsOf(node).window, graph.tensor(node.inputs[0]).hwc);
}

std::vector<StageForm> Forms(const Graph& graph, const Node& node) {
  return PoolForms(graph, node, AttrsOf(node).window, sizeof(int32_t));
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm& form) {
  return PoolKernel(
      form.kind == StageKind::kAccumulate ? "msf_average_pool_acc_s8"
                                          : "msf_average_pool_s8",
      graph, node, {AttrsOf(node).window, AttrsOf(node).activation});
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Hwc& in = graph.tensor(node.inputs[0]).hwc;
  const auto average = [&](const PoolSpan& span, int32_t ch) {
    double sum = 0.0;
    double count = 0.0;
    for (int32_t y = span.top; y < span.bottom; ++y) {
      for (int32_t x = span.left; x < span.right; ++x) {
        const int64_t at = (int64_t{y} * in.w + x) * in.c + ch;
        sum += static_cast<int8_t>(inputs[0][at]);
        count += 1.0;
      }
    }
    // Exact: sums are below 2^31, and a quotient that is not a tie stays off
    // it by more than a double's rounding.
    return std::round(sum / count);
  };
  PoolReference(graph, node, {AttrsOf(node).window, AttrsOf(node).activation},
                output, average);
}

}  // namespace

extern const OpDef kAveragePool2D = {.name = "AveragePool2D",
                                     .tflite = "AVERAGE_POOL_2D",
                                     .parse = &Parse,
                                     .infer = &Infer,
                                     .forms = &Forms,
                                     .kernel = &Kernel,
                                     .reference = &Reference};

}  // namespace msf
