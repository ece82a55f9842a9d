// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/random_graph.h"

#include <algorithm>

#include "tests/graph_maker.h"

namespace msf {
namespace {

constexpr int64_t kMaxElements = 1500;

class Generator {
 public:
  Generator(uint32_t seed, const RandomGraphOptions& options)
      : options_(options), make_(seed), dice_(make_.dice()) {}

  Graph Make() {
    TensorId x = FirstInput();
    const int32_t nodes = dice_.Int(1, options_.max_nodes);
    while (Nodes() < nodes) {
      x = Grow(x);
      live_.push_back(x);
      // Now and then the next motif starts from an older tensor.
      if (dice_.OneIn(5)) x = AnyOf(live_);
    }
    if (dice_.OneIn(3)) Tail(x);
    AddOutputs();
    return std::move(make_.graph());
  }

 private:
  int32_t Nodes() { return static_cast<int32_t>(make_.graph().nodes.size()); }
  const Shape& shape(TensorId id) const { return make_.shape(id); }
  bool HasRank4(TensorId id) const { return shape(id).size() == 4; }

  template <typename T>
  const T& AnyOf(const std::vector<T>& values) {
    return values[static_cast<size_t>(
        dice_.Int(0, static_cast<int32_t>(values.size()) - 1))];
  }

  Activation AnyActivation() {
    return dice_.OneIn(2) ? Activation::kNone
                          : static_cast<Activation>(dice_.Int(0, 3));
  }

  TensorId FirstInput() {
    Shape shape = {1, dice_.Int(1, options_.max_side),
                   dice_.Int(1, options_.max_side), dice_.Int(1, 5)};
    if (dice_.OneIn(5)) {  // 1-D
      shape[1] = 1;
      shape[2] = dice_.Int(4, 4 * options_.max_side);
      if (dice_.OneIn(3)) std::swap(shape[1], shape[2]);
    }
    if (dice_.OneIn(12)) make_.Input({1, dice_.Int(1, 9)});  // never read
    const bool is_float = dice_.OneIn(8);
    TensorId x = make_.Input(shape, is_float ? DType::kFloat32 : DType::kInt8);
    if (is_float) x = make_.Quantize(x);
    live_.push_back(x);
    if (dice_.OneIn(6)) live_.push_back(make_.Input(shape));
    if (dice_.OneIn(15)) live_.push_back(make_.Input({1, 1, 1, shape[3]}));
    if (live_.size() > 1 && dice_.OneIn(2)) {
      live_.push_back(make_.Add(live_[0], live_[1], AnyActivation()));
    }
    return AnyOf(live_);
  }

  // One motif after x.
  TensorId Grow(TensorId x) {
    if (!HasRank4(x)) return GrowVectors(x);
    switch (dice_.Int(0, 22)) {
      case 0:
      case 1:
      case 2:
        return Convolution(x);
      case 3:
      case 4:
        return Depthwise(x);
      case 5:
        return Pool(x);
      case 6:
      case 7:
        return PaddedConvolution(x);
      case 8:
        return Padded(x);
      case 9:
      case 10:
      case 11:
        return Residual(x);
      case 12:
      case 13:
        return Diamond(x);
      case 14:
        return Gate(x);
      case 15:
        return make_.Add(x, x, AnyActivation());
      case 16:
        return Reshaped(x);
      case 17:
        return Transposed(x);
      case 18:
        return AddConstant(x);
      case 19:
      case 20:
      case 21:
        return Bottleneck(x);
      default:
        return Elementwise(x);
    }
  }

  TensorId GrowVectors(TensorId x) {
    switch (dice_.Int(0, 9)) {
      case 0:
      case 1:
        return Dense(x);
      case 2:
        return make_.Add(x, x);
      case 3:
        return Reshaped(x);
      case 4:
        return Transposed(x);
      case 5:
        return Residual(x);
      case 6:
        return Transposed(Reshaped(x));
      case 7:
        return ReshapedGate(x);
      default:
        return Elementwise(x);
    }
  }

  // Adds to each vector its first element; the operand has been reshaped.
  TensorId ReshapedGate(TensorId x) {
    const auto all = static_cast<int32_t>(make_.elements(x));
    const int32_t c = shape(x).back();
    const TensorId rows = make_.Reshape(x, {all / c, c});
    TensorId first = make_.Mean(x, {-1}, {1, 1, all / c, 1});
    first = make_.Relu(first);
    return make_.Add(rows, make_.Reshape(first, {all / c, 1}));
  }

  WindowChoice AnyWindow(const Shape& in, int32_t max_kernel, bool dilate) {
    WindowChoice window;
    window.kernel_h = dice_.Int(1, max_kernel);
    window.kernel_w = dice_.Int(1, max_kernel);
    if (dilate && dice_.OneIn(4)) {
      window.dilation_h = dice_.Int(1, 3);
      window.dilation_w = dice_.Int(1, 3);
    } else if (dice_.OneIn(3)) {
      window.stride_h = dice_.Int(1, 3);
      window.stride_w = dice_.Int(1, 3);
    }
    window.same = dice_.OneIn(2) ||
                  (window.kernel_h - 1) * window.dilation_h >= in[1] ||
                  (window.kernel_w - 1) * window.dilation_w >= in[2];
    window.activation = AnyActivation();
    return window;
  }

  TensorId Convolution(TensorId x) {
    if (dice_.OneIn(3)) return make_.Conv2D(x, {}, dice_.Int(1, 6));
    WindowChoice window = AnyWindow(shape(x), 4, true);
    if (dice_.OneIn(6)) WholeWindow(x, window);
    return make_.Conv2D(x, window, dice_.Int(1, 6));
  }

  // A kernel over all rows and columns.
  void WholeWindow(TensorId x, WindowChoice& window) {
    window = {.kernel_h = shape(x)[1],
              .kernel_w = shape(x)[2],
              .same = false,
              .activation = window.activation};
  }

  // A size that depthwise convolutions have kernels of their own for.
  void SquareWindow(WindowChoice& window) {
    const int32_t size = 2 * dice_.Int(1, 3) + 1;
    window = {.kernel_h = size,
              .kernel_w = size,
              .stride_h = dice_.Int(1, 2),
              .stride_w = dice_.Int(1, 2),
              .activation = window.activation};
  }

  TensorId Depthwise(TensorId x) {
    WindowChoice window = AnyWindow(shape(x), 4, true);
    if (dice_.OneIn(6)) WholeWindow(x, window);
    if (dice_.OneIn(3)) SquareWindow(window);
    const bool small = make_.elements(x) < kMaxElements;
    return make_.DepthwiseConv2D(x, window, small ? dice_.Int(1, 2) : 1);
  }

  TensorId Pool(TensorId x) {
    WindowChoice window = AnyWindow(shape(x), 3, false);
    if (dice_.OneIn(4)) WholeWindow(x, window);
    return dice_.OneIn(2) ? make_.MaxPool2D(x, window)
                          : make_.AveragePool2D(x, window);
  }

  TensorId PaddedConvolution(TensorId x) {
    const TensorId padded =
        make_.Pad(x, {0, 0, dice_.Int(0, 3), dice_.Int(0, 3), dice_.Int(0, 3),
                      dice_.Int(0, 3), 0, 0});
    live_.push_back(padded);
    return dice_.OneIn(4)   ? Pool(padded)
           : dice_.OneIn(2) ? Convolution(padded)
                            : Depthwise(padded);
  }

  TensorId Padded(TensorId x) {
    std::vector<int32_t> paddings(shape(x).size() * 2, 0);
    for (size_t i = 2; i < paddings.size(); ++i) {
      paddings[i] = dice_.OneIn(2) ? dice_.Int(0, 2) : 0;
    }
    return make_.Pad(x, paddings, dice_.OneIn(2),
                     dice_.OneIn(3) ? dice_.Int(-128, 127) : -1000);
  }

  // x and a few shape-preserving nodes, added.
  TensorId Residual(TensorId x) {
    TensorId y = x;
    for (int32_t n = dice_.Int(1, 3); n > 0; --n) y = SameShape(y);
    return dice_.OneIn(2) ? make_.Add(x, y, AnyActivation())
                          : make_.Add(y, x, AnyActivation());
  }

  TensorId SameShape(TensorId x) {
    if (!HasRank4(x)) return Elementwise(x);
    WindowChoice window = {.kernel_h = dice_.Int(1, 5),
                           .kernel_w = dice_.Int(1, 4),
                           .activation = AnyActivation()};
    if (dice_.OneIn(4)) window.dilation_h = dice_.Int(1, 3);
    switch (dice_.Int(0, 4)) {
      case 0:
      case 1:
        return make_.Conv2D(x, window, shape(x)[3]);
      case 2:
        return make_.DepthwiseConv2D(x, window);
      case 3:
        return make_.MaxPool2D(x, window);
      default:
        return Elementwise(x);
    }
  }

  // More channels, a depthwise convolution, fewer channels.
  TensorId Bottleneck(TensorId x) {
    TensorId y = make_.Conv2D(x, {.activation = AnyActivation()},
                              dice_.Int(2, 12));
    y = make_.DepthwiseConv2D(y, AnyWindow(shape(y), 4, true));
    return make_.Conv2D(y, {.activation = AnyActivation()}, dice_.Int(1, 5));
  }

  // Two ways from x to half its size, added.
  TensorId Diamond(TensorId x) {
    const int32_t stride = dice_.Int(1, 3);
    const auto branch = [&](int32_t channels) {
      WindowChoice window = {.kernel_h = dice_.Int(1, 5),
                             .kernel_w = dice_.Int(1, 3),
                             .stride_h = stride,
                             .stride_w = stride};
      const int32_t kind = dice_.Int(0, channels == shape(x)[3] ? 3 : 1);
      if (kind == 3) return make_.AveragePool2D(x, window);
      if (kind == 2) return make_.MaxPool2D(x, window);
      TensorId y = x;
      if (dice_.OneIn(3)) {
        y = make_.Conv2D(y, {.kernel_h = dice_.Int(1, 3)}, dice_.Int(1, 4));
      }
      return make_.Conv2D(y, window, channels);
    };
    const int32_t channels = dice_.OneIn(2) ? shape(x)[3] : dice_.Int(1, 5);
    const TensorId a = branch(channels);
    const TensorId b = branch(channels);
    return make_.Add(a, b, AnyActivation());
  }

  // A global pool that comes back to every pixel.
  TensorId Gate(TensorId x) {
    const int32_t c = shape(x)[3];
    const TensorId pooled =
        dice_.OneIn(2) ? make_.Mean(x, {1, 2}, {1, 1, 1, c}) : GlobalPool(x);
    const TensorId weighed = make_.Conv2D(pooled, {}, c);
    return make_.Add(x, weighed);
  }

  TensorId GlobalPool(TensorId x) {
    WindowChoice window;
    WholeWindow(x, window);
    window.activation = Activation::kNone;
    return make_.AveragePool2D(x, window);
  }

  TensorId Reshaped(TensorId x) {
    const bool keep = dice_.OneIn(2);
    const auto all = static_cast<int32_t>(make_.elements(x));
    const int32_t c = shape(x).back();
    switch (dice_.Int(0, 4)) {
      case 0:
        return make_.Reshape(x, {1, all}, keep);
      case 1:
        return make_.Reshape(x, {1, all / c, c}, keep);
      case 2:
        return make_.Reshape(x, {all / c, c}, keep);
      case 3:
        return make_.Reshape(x, {1, 1, all / c, c}, keep);
      default:
        return make_.Reshape(x, {1, all / c, 1, c}, keep);
    }
  }

  TensorId Transposed(TensorId x) {
    std::vector<int32_t> permutation;
    const auto rank = static_cast<int32_t>(shape(x).size());
    for (int32_t d = 0; d < rank; ++d) permutation.push_back(d);
    // The batch of rank 4 stays, so that windows may follow.
    const int32_t first = rank == 4 ? 1 : 0;
    for (int32_t d = rank - 1; d > first; --d) {
      std::swap(permutation[static_cast<size_t>(d)],
                permutation[static_cast<size_t>(dice_.Int(first, d))]);
    }
    return make_.Transpose(x, permutation);
  }

  TensorId AddConstant(TensorId x) {
    const Shape& in = shape(x);
    switch (dice_.Int(0, 3)) {
      case 0:
        return make_.AddTo(x, {in[3]});
      case 1:
        return make_.AddTo(x, {});
      case 2:
        return make_.AddTo(x, {1, 1, in[2], in[3]});
      default:
        return make_.AddTo(x, in);
    }
  }

  TensorId Elementwise(TensorId x) {
    switch (dice_.Int(0, 5)) {
      case 0:
        return make_.Relu(x, dice_.OneIn(2));
      case 1:
        return make_.Relu6(x);
      case 2:
        return make_.Quantize(x, dice_.OneIn(3));
      case 3:
        return make_.Add(x, x);
      case 4:
        return dice_.OneIn(3) ? make_.Softmax(x) : make_.Relu(x);
      default:
        return make_.Quantize(make_.Dequantize(x));
    }
  }

  TensorId Dense(TensorId x) {
    const auto all = static_cast<int32_t>(make_.elements(x));
    const int32_t depth = dice_.OneIn(3) ? shape(x).back() : all;
    return make_.FullyConnected(x, depth, dice_.Int(1, 7), AnyActivation());
  }

  void Tail(TensorId x) {
    if (HasRank4(x) && dice_.OneIn(2)) {
      const int32_t c = shape(x)[3];
      x = dice_.OneIn(2) ? make_.Mean(x, {1, 2}, {1, c}) : GlobalPool(x);
    } else if (HasRank4(x) && dice_.OneIn(3)) {
      x = make_.Mean(x, {2}, {1, shape(x)[1], shape(x)[3]});
    }
    x = Dense(x);
    live_.push_back(dice_.OneIn(2) ? make_.Softmax(x) : x);
  }

  // Everything that nobody reads, and now and then something that is read.
  void AddOutputs() {
    const Graph& graph = make_.graph();
    const auto readers = Consumers(graph);
    std::vector<TensorId> ends;
    for (const Node& node : graph.nodes) {
      if (readers[static_cast<size_t>(node.outputs[0])].empty()) {
        ends.push_back(node.outputs[0]);
      }
    }
    if (options_.dead_code && ends.size() > 1 && dice_.OneIn(4)) {
      ends.erase(ends.begin());
    }
    if (dice_.OneIn(6)) {  // any tensor, an input too
      const TensorId extra = AnyOf(live_);
      if (std::count(ends.begin(), ends.end(), extra) == 0) {
        ends.push_back(extra);
      }
    }
    if (dice_.OneIn(8)) ends[0] = make_.Dequantize(ends[0]);
    if (dice_.OneIn(30)) ends.push_back(ends[0]);  // the same twice
    for (TensorId id : ends) make_.Output(id);
  }

  RandomGraphOptions options_;
  GraphMaker make_;
  Dice& dice_;
  std::vector<TensorId> live_;  // int8 tensors that the next motif may read
};

}  // namespace

Graph RandomGraph(uint32_t seed, const RandomGraphOptions& options) {
  return Generator(seed, options).Make();
}

}  // namespace msf
