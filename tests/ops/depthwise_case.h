// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Depthwise convolutions at random.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "ops/op_def.h"
#include "ops/window.h"
#include "tests/ops/test_graph.h"
#include "tests/ops/weighted_case.h"

namespace msf {
extern const OpDef kDepthwiseConv2D;

// A depthwise convolution of any shape, or of one that has a kernel of its own
// (`square`). Half of the cases come through parse; the others have the uneven
// padding that a folded PAD leaves.
struct DepthwiseCase {
  WeightedModel model;
  std::vector<int8_t> input;
  std::string text;
};

inline DepthwiseCase RandomDepthwise(uint32_t seed, bool square) {
  Draw draw(seed);
  Window window;
  const int32_t multiplier = square || draw.OneIn(2) ? 1 : draw.Int(1, 9);
  Hwc in = {draw.Int(1, 9), draw.Int(1, 9),
            multiplier == 1 ? draw.Int(1, 13) : draw.Int(1, 4)};
  const int32_t out_c = in.c * multiplier;
  window.stride_h = draw.Int(1, 3);
  window.stride_w = draw.Int(1, 3);
  window.dilation_h = draw.Int(1, 2);
  window.dilation_w = draw.Int(1, 2);
  window.kernel_h = draw.Int(1, 4);
  window.kernel_w = draw.Int(1, 4);
  // One row of windows over all rows, for the accumulating form.
  if (draw.OneIn(4)) {
    window.kernel_h = (in.h - 1) / window.dilation_h + 1;
  }
  const bool same = draw.OneIn(2);
  const bool through_parse = draw.OneIn(2);
  window.pad = ResolvePadding(same, window, in);
  if (!through_parse) {
    window.pad = {draw.Int(0, 5), draw.Int(0, 5), draw.Int(0, 5),
                  draw.Int(0, 5)};
  }
  if (square) {
    const int32_t sizes[] = {3, 3, 5, 7};
    window.kernel_h = window.kernel_w = sizes[draw.Int(0, 3)];
    window.stride_w = draw.Int(1, 2);
    window.dilation_h = window.dilation_w = 1;
    const int32_t most = through_parse ? 0 : window.kernel_h / 2;
    window.pad = {draw.Int(0, most), draw.Int(0, most), draw.Int(0, most),
                  draw.Int(0, most)};
  }
  // Where the kernel does not fit, the input grows.
  const Padding& pad = window.pad;
  const int32_t rows = square ? pad.top + pad.bottom : 0;
  const int32_t columns = square ? pad.left + pad.right : 0;
  in.h = std::max(in.h, Span(window.kernel_h, window.dilation_h) - rows);
  in.w = std::max(in.w, Span(window.kernel_w, window.dilation_w) - columns);
  if (through_parse) window.pad = ResolvePadding(same, window, in);

  const int64_t taps = int64_t{window.kernel_h} * window.kernel_w;
  const float input_scale = draw.Real(0.001f, 1.0f);
  DepthwiseCase c;
  c.model = MakeModel(
      {1, in.h, in.w, in.c}, Quant(input_scale, draw.ZeroPoint()),
      {1, window.kernel_h, window.kernel_w, out_c}, draw.Int8s(out_c * taps),
      draw.WeightScales(out_c, 3), draw.Bias(out_c, taps));
  if (c.model.weights().quant.IsPerChannel() && draw.OneIn(3)) {
    for (float& scale : c.model.weights().quant.scales) {
      if (draw.OneIn(2)) scale = -scale;
    }
  }
  const Hwc out = InferWindow(window, in).value();
  AddOutput(c.model, {1, out.h, out.w, out_c},
            Quant(draw.OutputScale(taps, input_scale), draw.ZeroPoint()));
  const Activation activation = draw.Clamp();
  c.model.options = {
      {"padding", same ? 0 : 1},
      {"depth_multiplier", multiplier},
      {"stride_h", window.stride_h},
      {"stride_w", window.stride_w},
      {"dilation_h_factor", window.dilation_h},
      {"dilation_w_factor", window.dilation_w},
      {"fused_activation_function", static_cast<int64_t>(activation)}};
  c.model.node.attrs = DepthwiseConv2DAttrs{window, multiplier, activation};
  if (through_parse)
    c.model.node.attrs = c.model.Parse(kDepthwiseConv2D).value();
  c.input = draw.Int8s(in.h * in.w * in.c);
  c.text =
      "seed " + std::to_string(seed) + ": " + ToString(in) + " * " +
      ToString(c.model.weights().shape) + " -> " +
      ToString(c.model.output().hwc) + " stride " +
      std::to_string(window.stride_h) + "," + std::to_string(window.stride_w) +
      " dilation " + std::to_string(window.dilation_h) + "," +
      std::to_string(window.dilation_w) + " pad " +
      std::to_string(window.pad.top) + "," + std::to_string(window.pad.left);
  return c;
}

}  // namespace msf
