// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Builds small quantised graphs for tests, one call for each operator. Nodes
// pass through the operators' own `parse`, as those of a file would. Output
// scales are chosen by running the reference, so that values neither saturate
// nor vanish.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "exec/reference.h"
#include "ir/graph.h"
#include "tests/ops/test_graph.h"

namespace msf {

// Numbers that depend on the seed alone, on every platform.
class Dice {
 public:
  explicit Dice(uint32_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}

  int32_t Int(int32_t low, int32_t high) {
    const auto range = static_cast<uint64_t>(high - low) + 1;
    return low + static_cast<int32_t>((Next() >> 20) % range);
  }
  bool OneIn(int32_t n) { return Int(1, n) == 1; }
  float Real(float low, float high) {
    return low + (high - low) * static_cast<float>(Int(0, 1 << 20)) /
                     static_cast<float>(1 << 20);
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

// Window and clamp of a convolution or a pool, as a file has them.
struct WindowChoice {
  int32_t kernel_h = 1;
  int32_t kernel_w = 1;
  int32_t stride_h = 1;
  int32_t stride_w = 1;
  int32_t dilation_h = 1;
  int32_t dilation_w = 1;
  bool same = true;  // padding SAME, else VALID
  Activation activation = Activation::kNone;
};

// Each call adds a node and returns its output. Ends the program where an
// operator refuses what the caller asks for.
class GraphMaker {
 public:
  explicit GraphMaker(uint32_t seed);

  TensorId Input(Shape shape, DType dtype = DType::kInt8);
  void Output(TensorId id);

  TensorId Conv2D(TensorId x, const WindowChoice& window, int32_t channels);
  TensorId DepthwiseConv2D(TensorId x, const WindowChoice& window,
                           int32_t multiplier = 1);
  TensorId MaxPool2D(TensorId x, const WindowChoice& window);
  TensorId AveragePool2D(TensorId x, const WindowChoice& window);
  // `depth` must divide the elements; output [vectors, units].
  TensorId FullyConnected(TensorId x, int32_t depth, int32_t units,
                          Activation activation = Activation::kNone);
  TensorId Add(TensorId a, TensorId b,
               Activation activation = Activation::kNone);
  TensorId AddTo(TensorId x, Shape constant_shape);
  TensorId Mean(TensorId x, const std::vector<int32_t>& axes, Shape shape);
  // A pair for each dimension; `value` as PADV2, or -1000 for the zero point.
  TensorId Pad(TensorId x, const std::vector<int32_t>& paddings,
               bool keep_scale = true, int32_t value = -1000);
  TensorId Quantize(TensorId x, bool keep_scale = false);
  TensorId Dequantize(TensorId x);
  TensorId Relu(TensorId x, bool keep_scale = true);
  TensorId Relu6(TensorId x);
  TensorId Reshape(TensorId x, Shape shape, bool keep_scale = true);
  TensorId Softmax(TensorId x);
  TensorId Transpose(TensorId x, const std::vector<int32_t>& permutation);

  Dice& dice() { return dice_; }
  Graph& graph() { return graph_; }
  const Shape& shape(TensorId id) const { return graph_.tensor(id).shape; }
  int64_t elements(TensorId id) const { return graph_.tensor(id).elements(); }

 private:
  struct Request {
    const char* op;
    FakeOptions options;
    std::vector<TensorId> inputs;
    Shape shape;
    Quantization quant;
    Activation activation = Activation::kNone;
    bool calibrate = false;
    DType dtype = DType::kInt8;
  };
  TensorId AddNode(Request request);
  void Evaluate(Node& node, const Request& request, Activation activation);
  void Calibrate(Node& node, const Request& request);
  TensorId Weights(Shape shape, int32_t channels, int32_t axis, int64_t taps);
  TensorId Bias(int32_t channels, int64_t taps);
  TensorId Int32s(const std::vector<int32_t>& values);
  Quantization AnyQuant();
  TensorId Pool(const char* op, TensorId x, const WindowChoice& window);
  std::vector<TensorId> WeightedInputs(TensorId x, Shape weights,
                                       int32_t channels, int32_t axis,
                                       int64_t taps);

  Dice dice_;
  Graph graph_;
  std::vector<Bytes> values_;  // of each tensor for one random input
};

// How the file's options name a window.
FakeOptions WindowOptions(const WindowChoice& window);

// Output rows and columns of a window over `size`; 0 if it does not fit.
int32_t WindowOutput(int32_t size, int32_t kernel, int32_t stride,
                     int32_t dilation, bool same);

}  // namespace msf
