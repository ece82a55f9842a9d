// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Models of one node with weights, plain and at random, for the tests of
// Conv2D, DepthwiseConv2D and FullyConnected.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ops/op_def.h"
#include "tests/ops/run_form.h"
#include "tests/ops/test_graph.h"

namespace msf {

struct WeightedModel {
  Graph graph;
  Node node;
  FakeOptions options;

  Tensor& input() { return graph.tensor(node.inputs[0]); }
  Tensor& weights() { return graph.tensor(node.inputs[1]); }
  Tensor& bias() { return graph.tensor(node.inputs[2]); }
  Tensor& output() { return graph.tensor(node.outputs[0]); }

  Result<Attrs> Parse(const OpDef& op) const {
    return op.parse(options, graph, node);
  }
};

// Everything but the output, which AddOutput() adds. An empty bias is absent.
inline WeightedModel MakeModel(Shape input, Quantization input_quant,
                               Shape weight_shape,
                               const std::vector<int8_t>& weights,
                               Quantization weight_quant,
                               const std::vector<int32_t>& bias) {
  WeightedModel model;
  Graph& graph = model.graph;
  graph.source = "test.tflite";
  model.node.inputs = {
      AddTensor(graph, DType::kInt8, std::move(input), std::move(input_quant)),
      AddConstant(graph, DType::kInt8, std::move(weight_shape), weights,
                  std::move(weight_quant))};
  if (bias.empty()) {
    model.node.inputs.push_back(kNoTensor);
  } else {
    model.node.inputs.push_back(AddConstant(
        graph, DType::kInt32, {static_cast<int32_t>(bias.size())}, bias));
  }
  return model;
}

inline void AddOutput(WeightedModel& model, Shape shape, Quantization quant) {
  model.node.outputs = {
      AddTensor(model.graph, DType::kInt8, std::move(shape), std::move(quant))};
}

inline Bytes ToBytes(const std::vector<int8_t>& values) {
  return Bytes(values.begin(), values.end());
}

inline std::vector<int8_t> ToInt8(const Bytes& bytes) {
  return std::vector<int8_t>(bytes.begin(), bytes.end());
}

// Parses, then runs all forms and the reference on one input: all the same.
// Returns the bytes.
inline std::vector<int8_t> RunAll(const OpDef& op, WeightedModel& model,
                                  const std::vector<int8_t>& input) {
  const Result<Attrs> attrs = model.Parse(op);
  EXPECT_TRUE(attrs.has_value()) << (attrs ? "" : ToString(attrs.error()));
  if (!attrs) return {};
  model.node.attrs = *attrs;
  const std::vector<Bytes> inputs = {ToBytes(input)};
  const Bytes wanted = RunReference(op, model.graph, model.node, inputs);
  for (const StageForm& form : op.forms(model.graph, model.node)) {
    EXPECT_EQ(RunForm(op, model.graph, model.node, form, inputs), wanted);
  }
  return ToInt8(wanted);
}

// Draws sizes, bytes and scales; the same seed draws the same.
class Draw {
 public:
  explicit Draw(uint32_t seed) : engine_(seed) {}

  int32_t Int(int32_t low, int32_t high) {
    return std::uniform_int_distribution<int32_t>(low, high)(engine_);
  }
  bool OneIn(int32_t n) { return Int(1, n) == 1; }
  float Real(float low, float high) {
    return std::uniform_real_distribution<float>(low, high)(engine_);
  }

  // Ends of the range are as likely as all between.
  int32_t ZeroPoint() {
    switch (Int(0, 3)) {
      case 0:
        return -128;
      case 1:
        return 127;
      default:
        return Int(-128, 127);
    }
  }

  // Random, or now and then all at one end.
  std::vector<int8_t> Int8s(int64_t count) {
    const bool extreme = OneIn(8);
    std::vector<int8_t> values(static_cast<size_t>(count));
    for (int8_t& value : values) {
      const int32_t end = OneIn(2) ? -128 : 127;
      value = static_cast<int8_t>(extreme ? end : Int(-128, 127));
    }
    return values;
  }

  std::vector<int32_t> Bias(int32_t count, int64_t taps) {
    if (OneIn(4)) return {};
    const auto limit = static_cast<int32_t>(
        std::min<int64_t>(OneIn(8) ? 1 << 30 : 2000 * taps, 1 << 30));
    std::vector<int32_t> values(static_cast<size_t>(count));
    for (int32_t& value : values) value = Int(-limit, limit);
    return values;
  }

  // Per tensor or per channel along `axis`, each within a factor of four.
  Quantization WeightScales(int32_t channels, int32_t axis) {
    Quantization quant = {.scales = {}, .zero_points = {}, .axis = axis};
    const int32_t count = OneIn(3) ? 1 : channels;
    for (int32_t i = 0; i < count; ++i) {
      quant.scales.push_back(Real(0.005f, 0.02f));
      quant.zero_points.push_back(0);
    }
    return quant;
  }

  // An output scale for sums of `taps` products: usually one that fills int8,
  // else one far too small (multiplier above 1, saturating) or too large.
  float OutputScale(int64_t taps, float input_scale) {
    const float typical =
        input_scale * 0.0125f * 40.0f * std::sqrt(static_cast<float>(taps));
    switch (Int(0, 7)) {
      case 0:
        return typical * 1e-6f;
      case 1:
        return typical * 1e12f;
      case 2:
        return input_scale * Real(1e-4f, 0.01f);
      default:
        return typical * Real(0.5f, 2.0f);
    }
  }

  Activation Clamp() {
    return OneIn(2) ? Activation::kNone : static_cast<Activation>(Int(0, 3));
  }

 private:
  std::mt19937 engine_;
};

// A way to break a model, and a word of the reason parse must give.
struct Refusal {
  const char* reason;
  std::function<void(WeightedModel&)> spoil;
};

// Each of `refusals` alone turns the good model into one that parse refuses
// for that reason.
inline void ExpectRefusals(const OpDef& op,
                           const std::function<WeightedModel()>& good,
                           const std::vector<Refusal>& refusals) {
  const Result<Attrs> parsed = good().Parse(op);
  ASSERT_TRUE(parsed.has_value()) << ToString(parsed.error());
  for (const Refusal& refusal : refusals) {
    WeightedModel model = good();
    refusal.spoil(model);
    const Result<Attrs> attrs = model.Parse(op);
    ASSERT_FALSE(attrs.has_value()) << "accepted: " << refusal.reason;
    EXPECT_NE(attrs.error().what.find(refusal.reason), std::string::npos)
        << "wanted: " << refusal.reason << "\ngot: " << attrs.error().what;
    EXPECT_FALSE(attrs.error().hint.empty()) << attrs.error().what;
  }
}

// What any operator with weights refuses.
std::vector<Refusal> CommonRefusals();

// Spoils models at random, several ways at once; parse must come back, and
// what it accepts must run.
void ExpectParseSurvives(const OpDef& op,
                         const std::function<WeightedModel()>& good);

}  // namespace msf
