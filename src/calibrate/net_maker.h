// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Small quantised networks to measure kernels with: random numbers of the
// magnitudes that trained ones have. Not from a file, so no operator's parse
// has seen them.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace msf {

// Numbers that depend on the seed alone, on every platform.
class BenchDice {
 public:
  explicit BenchDice(uint32_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}

  int32_t Int(int32_t low, int32_t high) {
    const auto range = static_cast<uint64_t>(high - low) + 1;
    return low + static_cast<int32_t>((Next() >> 20) % range);
  }
  bool OneIn(int32_t n) { return Int(1, n) == 1; }
  int32_t OneOf(const std::vector<int32_t>& choices) {
    return choices[static_cast<size_t>(
        Int(0, static_cast<int32_t>(choices.size()) - 1))];
  }

 private:
  uint64_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  uint64_t state_;
};

// A window with its padding still to be resolved.
struct BenchWindow {
  int32_t kernel_h = 1;
  int32_t kernel_w = 1;
  int32_t stride = 1;
  int32_t dilation = 1;
  bool same = true;  // padding SAME, else VALID
};

// Each call adds a node and returns its output.
class NetMaker {
 public:
  explicit NetMaker(uint32_t seed) : dice_(seed) {}

  TensorId Input(Hwc hwc, DType dtype = DType::kInt8);
  void Output(TensorId id);

  TensorId Conv2D(TensorId x, const BenchWindow& window, int32_t channels);
  TensorId DepthwiseConv2D(TensorId x, const BenchWindow& window,
                           int32_t multiplier = 1);
  TensorId Pool(TensorId x, const BenchWindow& window, bool average);
  TensorId FullyConnected(TensorId x, int32_t units);
  TensorId Add(TensorId a, TensorId b);
  TensorId AddConstant(TensorId x);
  TensorId Mean(TensorId x, const MeanAttrs& axes);
  TensorId Pad(TensorId x, const PadAttrs& attrs);
  TensorId Quantize(TensorId x);  // to int8
  TensorId Dequantize(TensorId x);
  TensorId Relu(TensorId x);
  TensorId Reshape(TensorId x, Hwc hwc);
  TensorId Softmax(TensorId x);
  TensorId Transpose(TensorId x);  // swaps rows and columns

  // Gives a tensor another scale.
  void Rescale(TensorId id, float factor);

  BenchDice& dice() { return dice_; }
  const Graph& graph() const { return graph_; }
  const Hwc& hwc(TensorId id) const { return graph_.tensor(id).hwc; }

 private:
  TensorId AddTensor(Hwc hwc, DType dtype, float scale);
  TensorId Weights(Shape shape, int32_t channels, int32_t axis, int64_t taps);
  TensorId AddNode(Attrs attrs, std::vector<TensorId> inputs, Hwc hwc,
                   float scale, DType dtype = DType::kInt8);
  Activation AnyActivation();

  BenchDice dice_;
  Graph graph_;
};

// The window that the choice is over h x w pixels, and what comes out of it.
Window WindowOf(const BenchWindow& choice, const Hwc& in);
Hwc OutputOf(const Window& window, const Hwc& in, int32_t channels);

}  // namespace msf
