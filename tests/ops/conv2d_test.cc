// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "ops/op_def.h"
#include "ops/window.h"
#include "tests/ops/run_form.h"
#include "tests/ops/test_graph.h"
#include "tests/ops/weighted_case.h"

namespace msf {
extern const OpDef kConv2D;

namespace {

const FakeOptions kValid = {{"padding", 1}, {"stride_h", 1}, {"stride_w", 1}};
const FakeOptions kSame = {{"padding", 0}, {"stride_h", 1}, {"stride_w", 1}};

TEST(Conv2D, ValidGoldenByHand) {
  // 1 2 3          1 2
  // 4 5 6  conv    3 4   + 10, times 1 * 0.5 / 1, zero point -3.
  // 7 8 9
  WeightedModel model = MakeModel({1, 3, 3, 1}, Quant(1.0f, 0), {1, 2, 2, 1},
                                  {1, 2, 3, 4}, Quant(0.5f, 0), {10});
  AddOutput(model, {1, 2, 2, 1}, Quant(1.0f, -3));
  model.options = kValid;
  // 1 + 4 + 12 + 20 + 10 = 47 -> 23.5 -> 24 - 3 = 21
  // 2 + 6 + 15 + 24 + 10 = 57 -> 28.5 -> 29 - 3 = 26
  // 4 + 10 + 21 + 32 + 10 = 77 -> 38.5 -> 39 - 3 = 36
  // 5 + 12 + 24 + 36 + 10 = 87 -> 43.5 -> 44 - 3 = 41
  EXPECT_EQ(RunAll(kConv2D, model, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
            (std::vector<int8_t>{21, 26, 36, 41}));
}

TEST(Conv2D, PaddingIsTheZeroPointNotZero) {
  // Codes 2 3 4 at zero point 1 are 1 2 3; kernel 1 1 1, SAME.
  WeightedModel model = MakeModel({1, 1, 3, 1}, Quant(1.0f, 1), {1, 1, 3, 1},
                                  {1, 1, 1}, Quant(1.0f, 0), {});
  AddOutput(model, {1, 1, 3, 1}, Quant(1.0f, 0));
  model.options = kSame;
  EXPECT_EQ(RunAll(kConv2D, model, {2, 3, 4}),
            (std::vector<int8_t>{0 + 1 + 2, 1 + 2 + 3, 2 + 3 + 0}));
}

TEST(Conv2D, EachChannelHasItsScaleAndReluStopsAtTheZeroPoint) {
  // One pixel of two channels, 3 and -5.
  //   channel 0: 2 * 3 + 1 * -5 = 1 -> 1 * 1 = 1, + 10 = 11
  //   channel 1: 4 * 3 + 0 * -5 = 12 -> 12 * 0.25 = 3, + 10 = 13
  //   channel 2: 1 * 3 + 1 * -5 = -2 -> -2 * 2 = -4, + 10 = 6 -> RELU: 10
  const Quantization scales = {
      .scales = {1.0f, 0.25f, 2.0f}, .zero_points = {0, 0, 0}, .axis = 0};
  WeightedModel model = MakeModel({1, 1, 1, 2}, Quant(1.0f, 0), {3, 1, 1, 2},
                                  {2, 1, 4, 0, 1, 1}, scales, {});
  AddOutput(model, {1, 1, 1, 3}, Quant(1.0f, 10));
  model.options = kValid;
  model.options.Set("fused_activation_function", 1);
  EXPECT_EQ(RunAll(kConv2D, model, {3, -5}), (std::vector<int8_t>{11, 13, 10}));
}

TEST(Conv2D, StrideAndDilationSkip) {
  // 0 1 2 3 4 5 6 with taps 1 * x[i] + 10 * x[i + 2], every third i:
  // i = 0: 0 + 20 = 20; i = 3: 3 + 50 = 53.
  WeightedModel model = MakeModel({1, 1, 7, 1}, Quant(1.0f, 0), {1, 1, 2, 1},
                                  {1, 10}, Quant(1.0f, 0), {});
  AddOutput(model, {1, 1, 2, 1}, Quant(1.0f, 0));
  model.options = {{"padding", 1},
                   {"stride_h", 1},
                   {"stride_w", 3},
                   {"dilation_w_factor", 2}};
  EXPECT_EQ(RunAll(kConv2D, model, {0, 1, 2, 3, 4, 5, 6}),
            (std::vector<int8_t>{20, 53}));
}

TEST(Conv2D, SameKeepsItsOddPaddingBelowAndRight) {
  // 2x2 of ones over 1 2 / 3 4: padding only below and right.
  // 1+2+3+4, 2+4, 3+4, 4.
  WeightedModel model = MakeModel({1, 2, 2, 1}, Quant(1.0f, 0), {1, 2, 2, 1},
                                  {1, 1, 1, 1}, Quant(1.0f, 0), {});
  AddOutput(model, {1, 2, 2, 1}, Quant(1.0f, 0));
  model.options = kSame;
  EXPECT_EQ(RunAll(kConv2D, model, {1, 2, 3, 4}),
            (std::vector<int8_t>{10, 6, 7, 4}));
}

TEST(Conv2D, FormsTellRowsStateAndMacs) {
  WeightedModel model =
      MakeModel({1, 5, 4, 2}, Quant(1.0f, 0), {3, 5, 3, 2},
                std::vector<int8_t>(90, 1), Quant(1.0f, 0), {});
  AddOutput(model, {1, 1, 2, 3}, Quant(1.0f, 0));
  model.options = kValid;
  model.node.attrs = model.Parse(kConv2D).value();
  EXPECT_EQ(*kConv2D.infer(model.graph, model.node), (Hwc{1, 2, 3}));
  const std::vector<StageForm> forms = kConv2D.forms(model.graph, model.node);
  ASSERT_EQ(forms.size(), 2u);
  EXPECT_EQ(forms[0].kind, StageKind::kRow);
  EXPECT_EQ(forms[0].steps, 1);
  EXPECT_EQ(forms[0].needs[0], (RowNeed{1, 0, 5}));
  EXPECT_EQ(forms[0].macs, 1 * 2 * 3 * 5 * 3 * 2);
  EXPECT_EQ(forms[1].kind, StageKind::kAccumulate);
  EXPECT_EQ(forms[1].steps, 5);
  EXPECT_EQ(forms[1].needs[0], (RowNeed{1, 0, 1}));
  EXPECT_EQ(forms[1].state_bytes, 4 * 2 * 3);
  EXPECT_EQ(forms[1].macs, forms[0].macs);
}

TEST(Conv2D, EqualScalesAreStoredOnce) {
  const Quantization equal = {
      .scales = {0.5f, 0.5f}, .zero_points = {0, 0}, .axis = 0};
  WeightedModel model =
      MakeModel({1, 1, 1, 1}, Quant(1.0f, 0), {2, 1, 1, 1}, {1, 2}, equal, {});
  AddOutput(model, {1, 1, 1, 2}, Quant(1.0f, 0));
  model.options = kValid;
  model.node.attrs = model.Parse(kConv2D).value();
  const StageForm form = kConv2D.forms(model.graph, model.node)[0];
  const KernelCall call = kConv2D.kernel(model.graph, model.node, form);
  EXPECT_EQ(call.fields[2].array->bytes.size(), 4u);
  EXPECT_EQ(call.fields[3].array->bytes.size(), 1u);
  EXPECT_EQ(call.fields[4].name, "scale_step");
  EXPECT_EQ(call.fields[4].value, 0);
}

TEST(Conv2D, KernelRowsBeginAtWords) {
  WeightedModel model = MakeModel({1, 2, 3, 1}, Quant(1.0f, 0), {1, 2, 3, 1},
                                  {1, 2, 3, 4, 5, 6}, Quant(0.25f, 0), {});
  AddOutput(model, {1, 1, 1, 1}, Quant(1.0f, 0));
  model.options = kValid;
  model.node.attrs = model.Parse(kConv2D).value();
  const StageForm form = kConv2D.forms(model.graph, model.node)[0];
  const KernelCall call = kConv2D.kernel(model.graph, model.node, form);
  EXPECT_EQ(call.fields[0].array->bytes, (Bytes{1, 2, 3, 0, 4, 5, 6, 0}));
}

TEST(Conv2D, AChannelThatIsConstantLosesItsWeights) {
  // Of scale 2^-30, a bias of 2^30 is 1; its weights change nothing.
  const Quantization scales = {
      .scales = {0.25f, 0x1p-30f}, .zero_points = {0, 0}, .axis = 0};
  WeightedModel model =
      MakeModel({1, 1, 1, 4}, Quant(1.0f, 3), {2, 1, 1, 4},
                {1, 2, 3, 4, 5, 6, 7, 8}, scales, {0, 1 << 30});
  AddOutput(model, {1, 1, 1, 2}, Quant(1.0f, 0));
  model.options = kValid;
  EXPECT_EQ(RunAll(kConv2D, model, {7, 7, 7, 7}), (std::vector<int8_t>{10, 1}));
  const StageForm form = kConv2D.forms(model.graph, model.node)[0];
  const KernelCall call = kConv2D.kernel(model.graph, model.node, form);
  EXPECT_EQ(call.fields[0].array->bytes, (Bytes{1, 2, 3, 4, 0, 0, 0, 0}));
  EXPECT_EQ(call.fields[5].name, "simple_scales");
  EXPECT_EQ(call.fields[5].value, 2);
}

TEST(Conv2D, ANegativeScaleTurnsTheSignsOfItsWeights) {
  // But for the second channel: -128 has no opposite.
  const Quantization scales = {.scales = {-0.25f, -0.25f, 0.25f},
                               .zero_points = {0, 0, 0},
                               .axis = 0};
  WeightedModel model = MakeModel(
      {1, 1, 1, 4}, Quant(1.0f, 0), {3, 1, 1, 4},
      {1, -2, 3, 4, 5, 6, 7, -128, 1, 2, 3, 4}, scales, {8, 8, 8});
  AddOutput(model, {1, 1, 1, 3}, Quant(1.0f, 0));
  model.options = kValid;
  EXPECT_EQ(RunAll(kConv2D, model, {2, 2, 2, 2}),
            (std::vector<int8_t>{-5, 53, 7}));
  const StageForm form = kConv2D.forms(model.graph, model.node)[0];
  const KernelCall call = kConv2D.kernel(model.graph, model.node, form);
  EXPECT_EQ(call.fields[0].array->bytes,
            ToBytes({-1, 2, -3, -4, 5, 6, 7, -128, 1, 2, 3, 4}));
  EXPECT_EQ(call.fields[5].name, "simple_scales");
  EXPECT_EQ(call.fields[5].value, 1);
}

// A convolution of any shape. Half of the cases come through parse; the others
// have the uneven padding that a folded PAD leaves.
struct Case {
  WeightedModel model;
  std::vector<int8_t> input;
  std::string text;
};

Case RandomCase(uint32_t seed) {
  Draw draw(seed);
  Window window;
  Hwc in = {draw.Int(1, 9), draw.Int(1, 9), draw.Int(1, 7)};
  const int32_t out_c = draw.OneIn(8) ? draw.Int(10, 40) : draw.Int(1, 9);
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
  // Where the kernel does not fit, the input grows.
  in.h = std::max(in.h, Span(window.kernel_h, window.dilation_h));
  in.w = std::max(in.w, Span(window.kernel_w, window.dilation_w));
  if (through_parse) window.pad = ResolvePadding(same, window, in);

  const int64_t taps = int64_t{window.kernel_h} * window.kernel_w * in.c;
  const float input_scale = draw.Real(0.001f, 1.0f);
  Case c;
  c.model = MakeModel(
      {1, in.h, in.w, in.c}, Quant(input_scale, draw.ZeroPoint()),
      {out_c, window.kernel_h, window.kernel_w, in.c}, draw.Int8s(out_c * taps),
      draw.WeightScales(out_c, 0), draw.Bias(out_c, taps));
  const Hwc out = InferWindow(window, in).value();
  AddOutput(c.model, {1, out.h, out.w, out_c},
            Quant(draw.OutputScale(taps, input_scale), draw.ZeroPoint()));
  const Activation activation = draw.Clamp();
  c.model.options = {
      {"padding", same ? 0 : 1},
      {"stride_h", window.stride_h},
      {"stride_w", window.stride_w},
      {"dilation_h_factor", window.dilation_h},
      {"dilation_w_factor", window.dilation_w},
      {"fused_activation_function", static_cast<int64_t>(activation)}};
  c.model.node.attrs = Conv2DAttrs{window, activation};
  if (through_parse) c.model.node.attrs = c.model.Parse(kConv2D).value();
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

TEST(Conv2D, EveryFormEqualsTheReferenceOnRandomCases) {
  int accumulating = 0;
  for (uint32_t seed = 1; seed <= 800; ++seed) {
    const Case c = RandomCase(seed);
    SCOPED_TRACE(c.text);
    const Graph& graph = c.model.graph;
    const Node& node = c.model.node;
    EXPECT_EQ(kConv2D.infer(graph, node).value(),
              graph.tensor(node.outputs[0]).hwc);
    const std::vector<Bytes> inputs = {ToBytes(c.input)};
    const Bytes wanted = RunReference(kConv2D, graph, node, inputs);
    for (const StageForm& form : kConv2D.forms(graph, node)) {
      accumulating += form.kind == StageKind::kAccumulate;
      EXPECT_EQ(RunForm(kConv2D, graph, node, form, inputs), wanted);
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(accumulating, 100);
}

WeightedModel Good() {
  WeightedModel model =
      MakeModel({1, 4, 4, 2}, Quant(0.5f, 1), {3, 3, 3, 2},
                std::vector<int8_t>(54, 5), Quant(0.25f, 0), {1, 2, 3});
  AddOutput(model, {1, 4, 4, 3}, Quant(0.5f, -1));
  model.options = kSame;
  return model;
}

TEST(Conv2D, ParseRefusesWithTheReason) {
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
      {"its weights have shape 54", [&](M& m) { shape(m.weights(), {54}); }},
      {"grouped convolution is not supported (the input has 2 channels, a "
       "filter reads 1)",
       [&](M& m) {
         shape(m.weights(), {6, 3, 3, 1});
       }},
      {"channels do not match",
       [&](M& m) {
         shape(m.weights(), {2, 3, 3, 3});
       }},
      {"scales along axis 3",
       [](M& m) {
         m.weights().quant = {{1, 1, 1}, {0, 0, 0}, 3};
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
  ExpectRefusals(kConv2D, Good, refusals);
}

TEST(Conv2D, MissingStrideIsRefusedAndMissingDilationIsOne) {
  WeightedModel model = Good();
  model.options = FakeOptions{{"padding", 0}};
  EXPECT_FALSE(model.Parse(kConv2D).has_value());
  const Window window = std::get<Conv2DAttrs>(*Good().Parse(kConv2D)).window;
  EXPECT_EQ(window.dilation_h, 1);
  EXPECT_EQ(window.pad, (Padding{1, 1, 1, 1}));
}

TEST(Conv2D, StrayQuantisationOfTheBiasIsIgnored) {
  WeightedModel model = Good();
  model.bias().quant = {{-1.0f, 0.0f}, {77}, 9};
  EXPECT_TRUE(model.Parse(kConv2D).has_value());
}

TEST(Conv2D, ParseSurvivesAnything) { ExpectParseSurvives(kConv2D, Good); }

}  // namespace
}  // namespace msf
