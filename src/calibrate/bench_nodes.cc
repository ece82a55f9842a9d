// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "calibrate/bench_nodes.h"

namespace msf {
namespace {

BenchWindow AnyWindow(BenchDice& dice) {
  const int32_t size = dice.OneOf({1, 1, 2, 3, 3, 5, 7});
  return {.kernel_h = size,
          .kernel_w = dice.OneIn(6) ? dice.Int(1, 7) : size,
          .stride = dice.OneOf({1, 1, 2}),
          .dilation = size > 1 && dice.OneIn(10) ? 2 : 1,
          .same = !dice.OneIn(4)};
}

std::optional<TensorId> OneConv2D(NetMaker& net) {
  BenchDice& dice = net.dice();
  Hwc in = AnyPicture(dice);
  BenchWindow window = AnyWindow(dice);
  if (dice.OneIn(12)) {  // a small window that is not in one piece
    window = {.kernel_h = 2, .kernel_w = 2, .dilation = 2};
    in.c = dice.Int(1, 12);
  }
  if (!Fits(window, in)) return std::nullopt;
  return net.Conv2D(net.Input(in), window, AnyChannels(dice));
}

// One output row, so that the kernel may take input rows as they come.
std::optional<TensorId> OneTallConv2D(NetMaker& net) {
  BenchDice& dice = net.dice();
  Hwc in = AnyPicture(dice);
  in.h = dice.Int(2, 6);
  BenchWindow window = AnyWindow(dice);
  window = {.kernel_h = in.h, .kernel_w = window.kernel_w, .same = false};
  if (dice.OneIn(3)) {  // kernel rows on padding
    window.kernel_h += dice.Int(1, 2);
    window.stride = in.h;
    window.same = true;
  }
  if (!Fits(window, in)) return std::nullopt;
  return dice.OneIn(2) ? net.Conv2D(net.Input(in), window, AnyChannels(dice))
                       : net.DepthwiseConv2D(net.Input(in), window,
                                             dice.OneOf({1, 1, 2, 4}));
}

std::optional<TensorId> OneSweep(NetMaker& net, int32_t size) {
  const BenchWindow window = SquareWindow(net.dice(), size);
  const Hwc in = AnyPicture(net.dice());
  if (!Fits(window, in)) return std::nullopt;
  return net.DepthwiseConv2D(net.Input(in), window);
}

std::optional<TensorId> OneDepthwise(NetMaker& net) {
  BenchDice& dice = net.dice();
  const Hwc in = AnyPicture(dice);
  BenchWindow window = AnyWindow(dice);
  const int32_t multiplier = dice.OneOf({1, 2, 3, 4, 8});
  if (multiplier == 1) window.kernel_h += 1;
  if (!Fits(window, in)) return std::nullopt;
  return net.DepthwiseConv2D(net.Input(in), window, multiplier);
}

std::optional<TensorId> OnePool(NetMaker& net, bool average) {
  BenchDice& dice = net.dice();
  const Hwc in = AnyPicture(dice);
  BenchWindow window{.kernel_h = dice.Int(2, 3),
                      .kernel_w = dice.Int(2, 3),
                      .stride = dice.Int(1, 2),
                      .same = dice.OneIn(2)};
  if (dice.OneIn(3)) {  // over all rows
    window.kernel_h = in.h;
    window.same = false;
  }
  if (!Fits(window, in)) return std::nullopt;
  return net.Pool(net.Input(in), window, average);
}

std::optional<TensorId> OneMean(NetMaker& net) {
  BenchDice& dice = net.dice();
  const MeanAttrs axes{.reduce_h = dice.OneIn(2) || dice.OneIn(2),
                       .reduce_w = dice.OneIn(2),
                       .reduce_c = dice.OneIn(5)};
  return net.Mean(net.Input(AnyPicture(dice)), axes);
}

std::optional<TensorId> OneDense(NetMaker& net) {
  BenchDice& dice = net.dice();
  const Hwc in = {dice.OneIn(2) ? 1 : dice.Int(2, 8), dice.Int(1, 4),
                  AnyChannels(dice)};
  return net.FullyConnected(net.Input(in), AnyChannels(dice));
}

// One channel now and then: then operands repeat, and the loop is another.
Hwc PictureToAdd(BenchDice& dice) {
  Hwc hwc = AnyPicture(dice);
  if (dice.OneIn(5)) hwc.c = 1;
  return hwc;
}

std::optional<TensorId> OneAdd(NetMaker& net) {
  const Hwc in = PictureToAdd(net.dice());
  const TensorId a = net.Input(in);
  const TensorId b = net.Input(in);
  // Scales that are equal, or very different, have a loop of their own.
  const int32_t kind = net.dice().Int(0, 5);
  net.Rescale(b, kind == 0 ? 1.0f : kind == 1 ? 1.0f / 64 : 0.6f);
  return kind % 2 == 0 ? net.Add(a, b) : net.Add(b, a);
}

std::optional<TensorId> OnePad(NetMaker& net) {
  BenchDice& dice = net.dice();
  const PadAttrs attrs{.pad = {dice.Int(0, 2), dice.Int(0, 2), dice.Int(0, 3),
                               dice.Int(0, 3)},
                       .channels_before = dice.OneIn(3) ? dice.Int(1, 4) : 0,
                       .channels_after = dice.OneIn(3) ? dice.Int(1, 4) : 0,
                       .value = -5};
  return net.Pad(net.Input(AnyPicture(dice)), attrs);
}

}  // namespace

int32_t AnyChannels(BenchDice& dice) {
  return dice.OneIn(3) ? dice.Int(1, 40)
                       : dice.OneOf({3, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128});
}

Hwc AnyPicture(BenchDice& dice) {
  return {dice.Int(3, 12), dice.OneIn(2) ? dice.Int(1, 16) : dice.Int(8, 64),
          AnyChannels(dice)};
}

BenchWindow SquareWindow(BenchDice& dice, int32_t size) {
  return {.kernel_h = size,
          .kernel_w = size,
          .stride = dice.Int(1, 2),
          .same = !dice.OneIn(4)};
}

bool Fits(const BenchWindow& window, const Hwc& in) {
  return window.same ||
         ((window.kernel_h - 1) * window.dilation < in.h &&
          (window.kernel_w - 1) * window.dilation < in.w);
}

const std::vector<NodeMaker>& NodeMakers() {
  static const std::vector<NodeMaker> makers = {
      &OneConv2D,
      &OneTallConv2D,
      [](NetMaker& net) { return OneSweep(net, 3); },
      [](NetMaker& net) { return OneSweep(net, 5); },
      [](NetMaker& net) { return OneSweep(net, 7); },
      &OneDepthwise,
      [](NetMaker& net) { return OnePool(net, true); },
      [](NetMaker& net) { return OnePool(net, false); },
      &OneMean,
      &OneDense,
      &OneAdd,
      &OnePad,
      [](NetMaker& net) {
        return net.AddConstant(net.Input(PictureToAdd(net.dice())));
      },
      [](NetMaker& net) {
        return net.Quantize(net.Input(AnyPicture(net.dice())));
      },
      [](NetMaker& net) { return net.Relu(net.Input(AnyPicture(net.dice()))); },
      [](NetMaker& net) {
        return net.Quantize(
            net.Input(AnyPicture(net.dice()), DType::kFloat32));
      },
      [](NetMaker& net) {
        return net.Dequantize(net.Input(AnyPicture(net.dice())));
      },
      [](NetMaker& net) {
        const Hwc in = {1, net.dice().Int(1, 4), AnyChannels(net.dice())};
        return net.Softmax(net.Input(in));
      },
      [](NetMaker& net) {
        return net.Transpose(net.Input(AnyPicture(net.dice())));
      },
      [](NetMaker& net) {
        const Hwc in = AnyPicture(net.dice());
        return net.Reshape(net.Input(in), {1, 1, in.h * in.w * in.c});
      },
  };
  return makers;
}

}  // namespace msf
