// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "ops/op_def.h"
#include "ops/quantize.h"
#include "tests/ops/run_form.h"
#include "tests/ops/test_graph.h"
#include "tests/ops/weighted_case.h"

namespace msf {
extern const OpDef kFullyConnected;

namespace {

TEST(FullyConnected, GoldenByHand) {
  // Codes 3 -1 5 at zero point 1 are 2 -2 4.
  //   unit 0: 1 * 2 + 2 * -2 + 3 * 4 + 5 = 15 -> 7.5 -> 8, - 10 = -2
  //   unit 1: -4 * 2 + 0 * -2 + 1 * 4 + -3 = -7 -> -3.5 -> -3, - 10 = -13
  // (0.5 is 2^30 * 2^-31 with shift 0: the tie goes up, not away from zero).
  WeightedModel model = MakeModel({1, 3}, Quant(0.5f, 1), {2, 3},
                                  {1, 2, 3, -4, 0, 1}, Quant(1.0f, 0), {5, -3});
  AddOutput(model, {1, 2}, Quant(1.0f, -10));
  EXPECT_EQ(RunAll(kFullyConnected, model, {3, -1, 5}),
            (std::vector<int8_t>{-2, -13}));
}

TEST(FullyConnected, Relu6ClampsAtSixInCodes) {
  // 10 and 3 times one, scale 0.1 -> codes 100 and 30; six is code 60.
  WeightedModel model =
      MakeModel({1, 1}, Quant(1.0f, 0), {2, 1}, {10, 3}, Quant(1.0f, 0), {});
  AddOutput(model, {1, 2}, Quant(0.1f, 0));
  model.options.Set("fused_activation_function", 3);
  EXPECT_EQ(RunAll(kFullyConnected, model, {1}), (std::vector<int8_t>{60, 30}));
}

// The first multiplier that the kernel gets.
int32_t FirstMultiplier(const WeightedModel& model) {
  const std::vector<StageForm> forms =
      kFullyConnected.forms(model.graph, model.node);
  const KernelCall call =
      kFullyConnected.kernel(model.graph, model.node, forms[0]);
  EXPECT_EQ(call.fields[2].name, "multipliers");
  int32_t value = 0;
  std::memcpy(&value, call.fields[2].array->bytes.data(), sizeof(value));
  return value;
}

TEST(FullyConnected, OneWeightScaleIsMultipliedInFloatSeveralInDouble) {
  const float in = 0.1f;
  const float w = 0.3f;
  const float out = 0.7f;
  WeightedModel one =
      MakeModel({1, 1}, Quant(in, 0), {2, 1}, {1, 2}, Quant(w, 0), {});
  AddOutput(one, {1, 2}, Quant(out, 0));
  one.node.attrs = one.Parse(kFullyConnected).value();
  WeightedModel two = one;
  two.weights().quant = {{w, w}, {0, 0}, 0};
  const QuantizedMultiplier in_float =
      QuantizeMultiplier(static_cast<double>(in * w) / double{out});
  const QuantizedMultiplier in_double =
      QuantizeMultiplier(double{in} * double{w} / double{out});
  ASSERT_NE(in_float, in_double);
  EXPECT_EQ(FirstMultiplier(one), in_float.multiplier);
  EXPECT_EQ(FirstMultiplier(two), in_double.multiplier);
}

std::vector<StageForm> FormsOf(Shape input, int32_t depth, Shape output) {
  WeightedModel model =
      MakeModel(std::move(input), Quant(1.0f, 0), {3, depth},
                std::vector<int8_t>(static_cast<size_t>(3 * depth), 1),
                Quant(1.0f, 0), {});
  AddOutput(model, std::move(output), Quant(1.0f, 0));
  const Result<Attrs> attrs = model.Parse(kFullyConnected);
  EXPECT_TRUE(attrs.has_value()) << (attrs ? "" : ToString(attrs.error()));
  if (!attrs) return {};
  model.node.attrs = *attrs;
  return kFullyConnected.forms(model.graph, model.node);
}

TEST(FullyConnected, AFlattenedMapIsGatheredOrAccumulated) {
  const std::vector<StageForm> forms = FormsOf({1, 4, 2, 5}, 40, {1, 3});
  ASSERT_EQ(forms.size(), 2u);
  EXPECT_EQ(forms[0].kind, StageKind::kRow);
  EXPECT_EQ(forms[0].steps, 1);
  EXPECT_EQ(forms[0].needs[0], (RowNeed{0, 0, 4}));
  EXPECT_EQ(forms[0].macs, 120);
  EXPECT_EQ(forms[1].kind, StageKind::kAccumulate);
  EXPECT_EQ(forms[1].steps, 4);
  EXPECT_EQ(forms[1].needs[0], (RowNeed{1, 0, 1}));
  EXPECT_EQ(forms[1].state_bytes, 12);
}

TEST(FullyConnected, OneRowHasOneForm) {
  const std::vector<StageForm> forms = FormsOf({1, 40}, 40, {1, 3});
  ASSERT_EQ(forms.size(), 1u);
  EXPECT_EQ(forms[0].kind, StageKind::kRow);
}

TEST(FullyConnected, BatchesThatAreRowsRunRowByRow) {
  const std::vector<StageForm> forms = FormsOf({6, 5}, 5, {6, 3});
  ASSERT_EQ(forms.size(), 1u);
  EXPECT_EQ(forms[0].kind, StageKind::kRow);
  EXPECT_EQ(forms[0].steps, 6);
  EXPECT_EQ(forms[0].needs[0], (RowNeed{1, 0, 1}));
  EXPECT_EQ(forms[0].macs, 6 * 3 * 5);
}

TEST(FullyConnected, OtherBatchesRunAsAWhole) {
  const std::vector<StageForm> forms = FormsOf({1, 2, 4, 5}, 10, {4, 3});
  ASSERT_EQ(forms.size(), 1u);
  EXPECT_EQ(forms[0].kind, StageKind::kWhole);
  EXPECT_EQ(forms[0].steps, 1);
  EXPECT_EQ(forms[0].needs[0], (RowNeed{0, 0, 2}));
}

TEST(FullyConnected, AnOutputOfSeveralRowsFromOneVectorIsWrittenAtOnce) {
  const std::vector<StageForm> forms = FormsOf({1, 4, 2, 5}, 40, {3, 1});
  ASSERT_EQ(forms.size(), 2u);
  EXPECT_EQ(forms[0].kind, StageKind::kWhole);
  EXPECT_EQ(forms[1].kind, StageKind::kAccumulate);
}

struct Case {
  WeightedModel model;
  std::vector<int8_t> input;
  std::string text;
};

Case RandomCase(uint32_t seed) {
  Draw draw(seed);
  const int32_t units = draw.Int(1, 11);
  Shape in;
  Shape out;
  int32_t depth = draw.Int(1, 30);
  int32_t batches = 1;
  switch (draw.Int(0, 4)) {
    case 0:  // a feature map, flattened
      in = {1, draw.Int(1, 6), draw.Int(1, 4), draw.Int(1, 5)};
      depth = in[1] * in[2] * in[3];
      out = {1, units};
      break;
    case 1:  // vectors
      batches = draw.Int(1, 5);
      in = {batches, depth};
      out = {batches, units};
      break;
    case 2:  // keep_num_dims
      batches = draw.Int(1, 5);
      in = {1, batches, depth};
      out = {1, batches, units};
      break;
    case 3:  // vectors across rows
      batches = draw.Int(2, 4);
      in = {1, draw.Int(1, 3), batches, depth};
      out = {in[1] * batches, units};
      batches = out[0];
      break;
    default:  // one vector, written as several rows
      in = {1, draw.Int(1, 4), 1, draw.Int(1, 9)};
      depth = in[1] * in[3];
      out = {units, 1};
  }
  const float input_scale = draw.Real(0.001f, 1.0f);
  Case c;
  c.model = MakeModel(in, Quant(input_scale, draw.ZeroPoint()), {units, depth},
                      draw.Int8s(int64_t{units} * depth),
                      draw.WeightScales(units, 0), draw.Bias(units, depth));
  AddOutput(c.model, out,
            Quant(draw.OutputScale(depth, input_scale), draw.ZeroPoint()));
  c.model.options = {
      {"fused_activation_function", static_cast<int64_t>(draw.Clamp())}};
  c.input = draw.Int8s(int64_t{batches} * depth);
  c.text = "seed " + std::to_string(seed) + ": " + ToString(in) + " * " +
           ToString(c.model.weights().shape) + " -> " + ToString(out);
  return c;
}

TEST(FullyConnected, EveryFormEqualsTheReferenceOnRandomCases) {
  for (uint32_t seed = 1; seed <= 800; ++seed) {
    Case c = RandomCase(seed);
    SCOPED_TRACE(c.text);
    RunAll(kFullyConnected, c.model, c.input);
    if (HasFailure()) return;
  }
}

WeightedModel Good() {
  WeightedModel model =
      MakeModel({1, 2, 1, 4}, Quant(0.5f, 1), {3, 8},
                std::vector<int8_t>(24, 5), Quant(0.25f, 0), {1, 2, 3});
  AddOutput(model, {1, 3}, Quant(0.5f, -1));
  return model;
}

TEST(FullyConnected, ParseRefusesWithTheReason) {
  using M = WeightedModel;
  const auto shape = [](Tensor& tensor, Shape dims) {
    tensor.hwc = CanonicalHwc(dims);
    tensor.shape = std::move(dims);
  };
  std::vector<Refusal> refusals = CommonRefusals();
  const std::vector<Refusal> own = {
      {"its weights have shape 24; units x depth",
       [&](M& m) { shape(m.weights(), {24}); }},
      {"does not divide into vectors of 8",
       [&](M& m) {
         shape(m.input(), {1, 9});
       }},
      {"shuffled weights", [](M& m) { m.options.Set("weights_format", 1); }},
      {"scales along axis 1",
       [](M& m) {
         m.weights().quant = {{1, 1, 1}, {0, 0, 0}, 1};
       }},
      {"holds 2 vectors of 3",
       [&](M& m) {
         shape(m.input(), {2, 8});
       }},
      {"sums 131072 products",
       [&](M& m) {
         shape(m.input(), {1, 131072});
         shape(m.weights(), {1, 131072});
         m.weights().data =
             std::make_shared<const std::vector<uint8_t>>(131072);
         shape(m.bias(), {1});
       }},
  };
  refusals.insert(refusals.end(), own.begin(), own.end());
  ExpectRefusals(kFullyConnected, Good, refusals);
}

TEST(FullyConnected, TheLongestVectorAtTheEndsOfInt8IsExact) {
  // 131071 products of (-128 - 0) * -128 = 16384 make 2147467264 < 2^31.
  constexpr int32_t kDepth = 131071;
  WeightedModel model =
      MakeModel({1, kDepth}, Quant(1.0f, 0), {1, kDepth},
                std::vector<int8_t>(kDepth, -128), Quant(1.0f, 0), {});
  // 2147467264 / 2^24 = 127.999 -> 128 -> 127.
  AddOutput(model, {1, 1}, Quant(16777216.0f, 0));
  EXPECT_EQ(RunAll(kFullyConnected, model, std::vector<int8_t>(kDepth, -128)),
            (std::vector<int8_t>{127}));
  // -16256 * 131071 / 2^24 = -126.999 -> -127.
  EXPECT_EQ(RunAll(kFullyConnected, model, std::vector<int8_t>(kDepth, 127)),
            (std::vector<int8_t>{-127}));
}

TEST(FullyConnected, ParseSurvivesAnything) {
  ExpectParseSurvives(kFullyConnected, Good);
}

}  // namespace
}  // namespace msf
