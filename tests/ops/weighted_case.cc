// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/ops/weighted_case.h"

#include <limits>
#include <memory>

namespace msf {
namespace {

std::shared_ptr<const std::vector<uint8_t>> Zeros(size_t count) {
  return std::make_shared<const std::vector<uint8_t>>(count);
}

void SetShape(Tensor& tensor, Shape shape) {
  tensor.hwc = CanonicalHwc(shape);
  tensor.shape = std::move(shape);
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

std::vector<Refusal> CommonRefusals() {
  using M = WeightedModel;
  return {
      {"has 1 inputs", [](M& m) { m.node.inputs.resize(1); }},
      {"has 4 inputs", [](M& m) { m.node.inputs.resize(4, 0); }},
      {"0 outputs", [](M& m) { m.node.outputs.clear(); }},
      {"lacks its input", [](M& m) { m.node.inputs[0] = kNoTensor; }},
      {"lacks its input", [](M& m) { m.node.inputs[1] = kNoTensor; }},
      {"lacks its input", [](M& m) { m.node.inputs[1] = 99; }},
      {"lacks its input", [](M& m) { m.node.inputs[2] = -7; }},
      {"lacks its input", [](M& m) { m.node.outputs[0] = 99; }},
      {"input has type UINT8", [](M& m) { m.input().dtype = DType::kUInt8; }},
      {"output has type FLOAT32",
       [](M& m) { m.output().dtype = DType::kFloat32; }},
      {"weight tensor has type INT16",
       [](M& m) { m.weights().dtype = DType::kInt16; }},
      {"bias has type INT64", [](M& m) { m.bias().dtype = DType::kInt64; }},
      {"input is a constant", [](M& m) { m.input().data = Zeros(1000); }},
      {"only constant weight tensor", [](M& m) { m.weights().data = nullptr; }},
      {"only constant bias", [](M& m) { m.bias().data = nullptr; }},
      {"weight tensor holds 1 bytes",
       [](M& m) { m.weights().data = Zeros(1); }},
      {"bias holds 7 bytes", [](M& m) { m.bias().data = Zeros(7); }},
      {"input has no scale", [](M& m) { m.input().quant = {}; }},
      {"output has no scale", [](M& m) { m.output().quant = {}; }},
      {"weight tensor has no scale", [](M& m) { m.weights().quant = {}; }},
      {"input has scale 0", [](M& m) { m.input().quant.scales = {0}; }},
      {"output has scale -", [](M& m) { m.output().quant.scales = {-1}; }},
      {"output has scale nan", [](M& m) { m.output().quant.scales = {kNan}; }},
      {"weight tensor has scale inf",
       [](M& m) { m.weights().quant.scales = {kInfinity}; }},
      {"input has 2 scales",
       [](M& m) {
         m.input().quant.scales = {1, 1};
       }},
      {"input has zero point 128",
       [](M& m) { m.input().quant.zero_points = {128}; }},
      {"output has zero point -129",
       [](M& m) { m.output().quant.zero_points = {-129}; }},
      {"weight tensor has zero point 1",
       [](M& m) { m.weights().quant.zero_points = {1}; }},
      {"scales for", [](M& m) { m.weights().quant.scales.assign(99, 1.0f); }},
      {"bias has 9 values",
       [](M& m) {
         SetShape(m.bias(), {9});
         m.bias().data = Zeros(36);
       }},
      {"can leave 32 bits",
       [](M& m) {
         std::vector<uint8_t> bytes = *m.bias().data;
         for (size_t i = 0; i < bytes.size(); ++i) {
           bytes[i] = i % 4 == 3 ? 0x7f : 0xff;
         }
         m.bias().data =
             std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
       }},
      {"2^30 or more", [](M& m) { m.output().quant.scales = {1e-38f}; }},
      {"fused activation 4",
       [](M& m) { m.options.Set("fused_activation_function", 4); }},
      {"dimension 0", [](M& m) { m.input().shape.back() = 0; }},
      {"dimension -1", [](M& m) { m.output().shape.front() = -1; }},
      {"larger than 2 GB", [](M& m) { m.weights().shape.assign(4, 1 << 30); }},
      {"declared as",
       [](M& m) {
         SetShape(m.output(), {1, 77, 1, 1});
       }},
  };
}

void ExpectParseSurvives(const OpDef& op,
                         const std::function<WeightedModel()>& good) {
  for (uint32_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Draw draw(seed);
    WeightedModel model = good();
    const std::vector<Refusal> spoilers = CommonRefusals();
    const auto any_int = [&] {
      const int32_t edges[] = {-1, 0,     1,       2,         3,
                               4,  32768, 1 << 20, INT32_MAX, INT32_MIN};
      return edges[draw.Int(0, 9)];
    };
    for (int32_t i = draw.Int(0, 3); i > 0; --i) {
      const auto id = static_cast<TensorId>(
          draw.Int(0, static_cast<int32_t>(model.graph.tensors.size()) - 1));
      Tensor& tensor = model.graph.tensor(id);
      switch (draw.Int(0, 4)) {
        case 0:
          if (tensor.shape.empty()) break;
          tensor.shape[static_cast<size_t>(draw.Int(
              0, static_cast<int32_t>(tensor.shape.size()) - 1))] = any_int();
          break;
        case 1: {
          Shape shape(static_cast<size_t>(draw.Int(0, 6)));
          for (int32_t& dim : shape) dim = draw.Int(1, 4);
          SetShape(tensor, shape);
          break;
        }
        case 2:
          tensor.data = tensor.data ? nullptr : Zeros(17);
          break;
        case 3:
          tensor.quant.axis = any_int();
          tensor.quant.scales.resize(static_cast<size_t>(draw.Int(0, 5)),
                                     1e-9f);
          break;
        default: {
          const char* fields[] = {"padding",           "stride_w",
                                  "stride_h",          "depth_multiplier",
                                  "dilation_h_factor", "weights_format"};
          model.options.Set(fields[draw.Int(0, 5)],
                            int64_t{any_int()} * any_int());
        }
      }
    }
    // Two tensors of the graph may have become one.
    if (draw.OneIn(10)) model.node.inputs[1] = model.node.inputs[0];
    const Result<Attrs> attrs = model.Parse(op);
    if (!attrs) continue;
    model.node.attrs = *attrs;
    const std::vector<int8_t> input = draw.Int8s(model.input().elements());
    RunAll(op, model, input);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace msf
