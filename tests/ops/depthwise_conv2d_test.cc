// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "ops/op_def.h"
#include "tests/ops/depthwise_case.h"
#include "tests/ops/run_form.h"
#include "tests/ops/test_graph.h"
#include "tests/ops/weighted_case.h"

namespace msf {
namespace {

const FakeOptions kValid = {
    {"padding", 1}, {"stride_h", 1}, {"stride_w", 1}, {"depth_multiplier", 1}};
const FakeOptions kSame = {
    {"padding", 0}, {"stride_h", 1}, {"stride_w", 1}, {"depth_multiplier", 1}};

TEST(DepthwiseConv2D, EachChannelHasItsOwnFilterByHand) {
  // Two pixels of two channels: (1, 10) (2, 20). Kernel 1x2:
  //   channel 0: 3 * 1 + 4 * 2 = 11, channel 1: 5 * 10 + -1 * 20 = 30.
  // Bias 1 and 2, scale 0.5 and 1, zero point 4:
  //   12 * 0.5 + 4 = 10, 32 * 1 + 4 = 36.
  const Quantization scales = {
      .scales = {0.5f, 1.0f}, .zero_points = {0, 0}, .axis = 3};
  WeightedModel model = MakeModel({1, 1, 2, 2}, Quant(1.0f, 0), {1, 1, 2, 2},
                                  {3, 5, 4, -1}, scales, {1, 2});
  AddOutput(model, {1, 1, 1, 2}, Quant(1.0f, 4));
  model.options = kValid;
  EXPECT_EQ(RunAll(kDepthwiseConv2D, model, {1, 10, 2, 20}),
            (std::vector<int8_t>{10, 36}));
}

TEST(DepthwiseConv2D, MultiplierRepeatsEachInputChannelByHand) {
  // One pixel (7, -3), multiplier 2: 1 * 7, 2 * 7, 3 * -3, 4 * -3.
  WeightedModel model = MakeModel({1, 1, 1, 2}, Quant(1.0f, 0), {1, 1, 1, 4},
                                  {1, 2, 3, 4}, Quant(1.0f, 0), {});
  AddOutput(model, {1, 1, 1, 4}, Quant(1.0f, 0));
  model.options = kValid;
  model.options.Set("depth_multiplier", 2);
  EXPECT_EQ(RunAll(kDepthwiseConv2D, model, {7, -3}),
            (std::vector<int8_t>{7, 14, -9, -12}));
}

TEST(DepthwiseConv2D, PaddingIsTheZeroPointNotZero) {
  // Rows 2 3 4 at zero point 1 are 1 2 3; kernel of three ones down, SAME.
  WeightedModel model = MakeModel({1, 3, 1, 1}, Quant(1.0f, 1), {1, 3, 1, 1},
                                  {1, 1, 1}, Quant(1.0f, 0), {});
  AddOutput(model, {1, 3, 1, 1}, Quant(1.0f, 0));
  model.options = kSame;
  EXPECT_EQ(RunAll(kDepthwiseConv2D, model, {2, 3, 4}),
            (std::vector<int8_t>{0 + 1 + 2, 1 + 2 + 3, 2 + 3 + 0}));
}

TEST(DepthwiseConv2D, AGlobalKernelAccumulatesRowByRow) {
  WeightedModel model =
      MakeModel({1, 5, 4, 2}, Quant(1.0f, 0), {1, 5, 4, 2},
                std::vector<int8_t>(40, 1), Quant(1.0f, 0), {});
  AddOutput(model, {1, 1, 1, 2}, Quant(1.0f, 0));
  model.options = kValid;
  model.node.attrs = model.Parse(kDepthwiseConv2D).value();
  EXPECT_EQ(*kDepthwiseConv2D.infer(model.graph, model.node), (Hwc{1, 1, 2}));
  const std::vector<StageForm> forms =
      kDepthwiseConv2D.forms(model.graph, model.node);
  ASSERT_EQ(forms.size(), 2u);
  EXPECT_EQ(forms[0].kind, StageKind::kRow);
  EXPECT_EQ(forms[0].needs[0], (RowNeed{1, 0, 5}));
  EXPECT_EQ(forms[0].macs, 1 * 1 * 2 * 5 * 4);
  EXPECT_EQ(forms[1].kind, StageKind::kAccumulate);
  EXPECT_EQ(forms[1].steps, 5);
  EXPECT_EQ(forms[1].state_bytes, 4 * 2);
}

TEST(DepthwiseConv2D, EveryFormEqualsTheReferenceOnRandomCases) {
  int accumulating = 0;
  for (uint32_t seed = 1; seed <= 1600; ++seed) {
    // From 601 on shapes that have kernels of their own.
    const DepthwiseCase c = RandomDepthwise(seed, seed > 600);
    SCOPED_TRACE(c.text);
    const Graph& graph = c.model.graph;
    const Node& node = c.model.node;
    EXPECT_EQ(kDepthwiseConv2D.infer(graph, node).value(),
              graph.tensor(node.outputs[0]).hwc);
    const std::vector<Bytes> inputs = {ToBytes(c.input)};
    const Bytes wanted = RunReference(kDepthwiseConv2D, graph, node, inputs);
    for (const StageForm& form : kDepthwiseConv2D.forms(graph, node)) {
      accumulating += form.kind == StageKind::kAccumulate;
      EXPECT_EQ(RunForm(kDepthwiseConv2D, graph, node, form, inputs), wanted);
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(accumulating, 100);
}

WeightedModel Good() {
  WeightedModel model =
      MakeModel({1, 4, 4, 2}, Quant(0.5f, 1), {1, 3, 3, 4},
                std::vector<int8_t>(36, 5), Quant(0.25f, 0), {1, 2, 3, 4});
  AddOutput(model, {1, 4, 4, 4}, Quant(0.5f, -1));
  model.options = kSame;
  model.options.Set("depth_multiplier", 2);
  return model;
}

TEST(DepthwiseConv2D, ParseRefusesWithTheReason) {
  using M = WeightedModel;
  const auto shape = [](Tensor& tensor, Shape dims) {
    tensor.hwc = CanonicalHwc(dims);
    tensor.shape = std::move(dims);
  };
  std::vector<Refusal> refusals = CommonRefusals();
  const std::vector<Refusal> own = {
      {"input has batch 2",
       [&](M& m) {
         shape(m.input(), {2, 2, 4, 2});
       }},
      {"rank 4 is expected",
       [&](M& m) {
         shape(m.input(), {1, 16, 2});
       }},
      {"its weights have shape 36", [&](M& m) { shape(m.weights(), {36}); }},
      {"the first dimension must be 1",
       [&](M& m) {
         shape(m.weights(), {2, 3, 3, 2});
       }},
      {"depth multiplier 1 does not make 4 channels out of 2",
       [](M& m) { m.options.Set("depth_multiplier", 1); }},
      {"depth multiplier 0",
       [](M& m) { m.options.Set("depth_multiplier", 0); }},
      {"depth multiplier 4294967298",
       [](M& m) { m.options.Set("depth_multiplier", (1ll << 32) + 2); }},
      {"depth multiplier 2 does not make 4 channels out of 4",
       [&](M& m) {
         shape(m.input(), {1, 4, 2, 4});
       }},
      {"scales along axis 1",
       [](M& m) {
         m.weights().quant = {{1, 1, 1, 1}, {0, 0, 0, 0}, 1};
       }},
      {"stride_h is 0", [](M& m) { m.options.Set("stride_h", 0); }},
      {"stride_w is -1", [](M& m) { m.options.Set("stride_w", -1); }},
      {"stride_w is 32769", [](M& m) { m.options.Set("stride_w", 32769); }},
      {"dilation_h_factor is 0",
       [](M& m) { m.options.Set("dilation_h_factor", 0); }},
      {"dilation_w_factor is 4294967297",
       [](M& m) { m.options.Set("dilation_w_factor", (1ll << 32) + 1); }},
      {"padding 2 is neither", [](M& m) { m.options.Set("padding", 2); }},
      {"kernel is larger",
       [](M& m) { m.options.Set("padding", 1).Set("dilation_h_factor", 2); }},
  };
  refusals.insert(refusals.end(), own.begin(), own.end());
  ExpectRefusals(kDepthwiseConv2D, Good, refusals);
}

TEST(DepthwiseConv2D, MissingStrideIsRefusedAndMissingDilationIsOne) {
  WeightedModel model = Good();
  model.options = FakeOptions{{"padding", 0}, {"depth_multiplier", 2}};
  EXPECT_FALSE(model.Parse(kDepthwiseConv2D).has_value());
  const Window window =
      std::get<DepthwiseConv2DAttrs>(*Good().Parse(kDepthwiseConv2D)).window;
  EXPECT_EQ(window.dilation_h, 1);
  EXPECT_EQ(window.pad, (Padding{1, 1, 1, 1}));
}

TEST(DepthwiseConv2D, StrayQuantisationOfTheBiasIsIgnored) {
  WeightedModel model = Good();
  model.bias().quant = {{-1.0f, 0.0f}, {77}, 9};
  EXPECT_TRUE(model.Parse(kDepthwiseConv2D).has_value());
}

TEST(DepthwiseConv2D, ParseSurvivesAnything) {
  ExpectParseSurvives(kDepthwiseConv2D, Good);
}

}  // namespace
}  // namespace msf
