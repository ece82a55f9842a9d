// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/ops/one_node.h"

namespace msf {

extern const OpDef kMean;

namespace {

OneNode MeanOf(const Shape& in, const std::vector<int32_t>& axes,
               const Shape& out, const Quantization& in_quant = Quant(1.0f, 0),
               const Quantization& out_quant = Quant(1.0f, 0)) {
  OneNode node(kMean);
  node.Input(DType::kInt8, in, in_quant);
  node.Constant<int32_t>(DType::kInt32, {static_cast<int32_t>(axes.size())},
                         axes);
  node.Output(DType::kInt8, out, out_quant);
  return node;
}

MeanAttrs AttrsOf(OneNode& node) {
  return std::get<MeanAttrs>(node.node().attrs);
}

std::string Flags(const MeanAttrs& attrs) {
  return std::string(attrs.reduce_h ? "h" : "") + (attrs.reduce_w ? "w" : "") +
         (attrs.reduce_c ? "c" : "");
}

TEST(Mean, RoundsAsTfliteDoesWhenNoScaleChanges) {
  // The multiplier of 1 is 2^30 * 2 / 3 = 715827882 (cut), shift 0, so the
  // mean of 3 codes is sum * 715827882 / 2^31, to nearest.
  //   sums: 4 -> 1.33 -> 1; 5 -> 1.67 -> 2; -4 -> -1; -5 -> -2
  OneNode node = MeanOf({1, 4, 1, 3}, {3}, {1, 4, 1});
  EXPECT_EQ(node.Parse().Codes(
                {Int8Bytes({1, 1, 2, 1, 2, 2, -1, -1, -2, -1, -2, -2})}),
            (std::vector<int32_t>{1, 2, -1, -2}));
}

TEST(Mean, SubtractsTheZeroPointBeforeItRounds) {
  // Distances from 6: 1, 0 -> mean 0.5 -> 1, + 6 = 7; the codes' own mean,
  // 6.5, would be cut to 6 by an integer division.
  OneNode node =
      MeanOf({1, 1, 1, 2}, {3}, {1, 1, 1}, Quant(0.5f, 6), Quant(0.5f, 6));
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({7, 6})}), std::vector<int32_t>{7});
}

TEST(Mean, ChangesScale) {
  // (sum of (x + 128)) / 4 * 0.5 / 0.25 - 100
  OneNode node = MeanOf({1, 2, 2, 1}, {1, 2}, {1, 1}, Quant(0.5f, -128),
                        Quant(0.25f, -100));
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({-128, -127, -126, -125})}),
            std::vector<int32_t>{-97});
  EXPECT_EQ(node.Codes({Int8Bytes({127, 127, 127, 127})}),
            std::vector<int32_t>{127});
}

TEST(Mean, MapsTheAxesOfTheFile) {
  struct Case {
    Shape in;
    std::vector<int32_t> axes;
    Shape out;
    const char* flags;
  };
  const Case cases[] = {
      {{1, 3, 3, 160}, {1, 2}, {1, 160}, "hw"},
      {{1, 3, 3, 160}, {2, 1}, {1, 1, 1, 160}, "hw"},
      {{1, 160, 3, 3}, {3}, {1, 160, 3}, "c"},
      {{1, 160, 3}, {2}, {1, 160}, "c"},
      {{1, 160, 3}, {1}, {1, 3}, "h"},
      {{4, 5, 3}, {1}, {4, 3}, "w"},
      {{1, 4, 5, 3}, {-1, -2}, {1, 4}, "wc"},
      {{1, 4, 5, 3}, {1, 1, -3}, {1, 5, 3}, "h"},
      {{1, 4, 5, 3}, {0}, {4, 5, 3}, ""},
      {{1, 4, 5, 3}, {0, 1, 2, 3}, {}, "hwc"},
      {{2, 4, 5, 3}, {0, 1}, {5, 3}, "h"},
      {{2, 4, 5, 3}, {2}, {2, 4, 3}, "w"},
      {{2, 1, 5, 3}, {0}, {1, 5, 3}, "h"},
      {{7, 3}, {0}, {3}, "h"},
      {{7}, {0}, {}, "c"},
      {{2, 3, 1, 2, 3}, {0, 1, 3}, {1, 3}, "h"},
  };
  Random random(1);
  for (const Case& c : cases) {
    SCOPED_TRACE(ToString(c.in) + " " + c.flags);
    OneNode node = MeanOf(c.in, c.axes, c.out);
    node.Parse();
    EXPECT_EQ(Flags(AttrsOf(node)), c.flags);
    node.ExpectFormsAgree(random);
  }
}

TEST(Mean, AcceptsAScalarAxis) {
  OneNode node(kMean);
  node.Input(DType::kInt8, {1, 4, 2, 3}, Quant(1.0f, 0));
  node.Constant<int32_t>(DType::kInt32, {}, {-3});
  node.Output(DType::kInt8, {1, 2, 3}, Quant(1.0f, 0));
  EXPECT_EQ(Flags(AttrsOf(node.Parse())), "h");
}

TEST(Mean, RunsRowByRowOnlyIfRowsStay) {
  const auto kinds = [](OneNode node) {
    node.Parse();
    std::vector<StageKind> all;
    for (const StageForm& form : node.Forms()) all.push_back(form.kind);
    return all;
  };
  using Kinds = std::vector<StageKind>;
  EXPECT_EQ(kinds(MeanOf({1, 8, 3, 4}, {3}, {1, 8, 3, 1})),
            Kinds{StageKind::kRow});
  EXPECT_EQ(kinds(MeanOf({1, 160, 3}, {2}, {1, 160})),
            Kinds{StageKind::kWhole});
  EXPECT_EQ(kinds(MeanOf({1, 8, 3, 4}, {1, 2}, {1, 4})),
            (Kinds{StageKind::kWhole, StageKind::kAccumulate}));
  EXPECT_EQ(kinds(MeanOf({1, 1, 3, 4}, {1, 2}, {1, 4})),
            Kinds{StageKind::kRow});
}

TEST(Mean, AccumulatesAnInt32ForEachOutput) {
  OneNode node = MeanOf({1, 8, 3, 4}, {1}, {1, 3, 4});
  EXPECT_EQ(node.Parse().Forms()[1].state_bytes, 4 * 3 * 4);
  node = MeanOf({1, 8, 3, 4}, {1, 2}, {1, 4});
  EXPECT_EQ(node.Parse().Forms()[1].state_bytes, 4 * 4);
}

TEST(Mean, FormsAgreeWithTheReference) {
  for (uint32_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Shape in(static_cast<size_t>(Pick(random, 1, 4)));
    for (int32_t& dim : in) dim = Pick(random, 1, 9);
    if (in.size() == 4) in[0] = 1;
    std::vector<int32_t> axes;
    Shape out;
    const bool keep_dims = Pick(random, 0, 1) == 0;
    for (size_t d = 0; d < in.size(); ++d) {
      const bool reduced = Pick(random, 0, 1) == 0;
      if (reduced) axes.push_back(static_cast<int32_t>(d));
      if (!reduced) out.push_back(in[d]);
      if (reduced && keep_dims) out.push_back(1);
    }
    if (axes.empty()) continue;
    OneNode node = MeanOf(
        in, axes, out, Quant(PickScale(random, -10, 5), PickZeroPoint(random)),
        Quant(PickScale(random, -10, 5), PickZeroPoint(random)));
    node.Parse();
    node.ExpectFormsAgree(random);
  }
}

TEST(Mean, HoldsAtTheEndsOfTheScales) {
  // 2^21.99 and 2^-40; and sums as large as they get.
  for (const float scale : {4194303.0f, 1e-12f}) {
    OneNode node = MeanOf({1, 300, 5, 2}, {1, 2}, {1, 2}, Quant(scale, 127),
                          Quant(1.0f, -128));
    node.Parse();
    node.ExpectFormsAgree({Bytes(3000, 0x80)});
    node.ExpectFormsAgree({Bytes(3000, 0x7f)});
  }
}

TEST(Mean, RefusesAxesThatAreNotThere) {
  EXPECT_EQ(MeanOf({1, 4, 4, 3}, {4}, {1, 4, 4}).Refusal(),
            "axis 4 is outside of a tensor of rank 4");
  EXPECT_EQ(MeanOf({1, 4, 4, 3}, {-5}, {1, 4, 4}).Refusal(),
            "axis -5 is outside of a tensor of rank 4");
  EXPECT_NE(MeanOf({4}, {INT32_MIN}, {}).Refusal(), "");
}

TEST(Mean, RefusesAPartOfTheRows) {
  EXPECT_EQ(MeanOf({2, 4, 4, 3}, {1}, {2, 4, 3}).Refusal(),
            "reduces some but not all of the leading dimensions of shape "
            "2x4x4x3");
  EXPECT_NE(MeanOf({2, 4, 4, 3}, {0, 2}, {4, 3}).Refusal(), "");
  EXPECT_NE(MeanOf({2, 3, 4, 5, 6}, {3}, {2, 3, 4, 6}).Refusal(), "");
}

TEST(Mean, RefusesAnAxisThatIsNotAConstantOfIntegers) {
  OneNode node(kMean);
  node.Input(DType::kInt8, {1, 4, 4, 3}, Quant(1.0f, 0));
  node.Input(DType::kInt32, {1});
  node.Output(DType::kInt8, {1, 4, 3}, Quant(1.0f, 0));
  EXPECT_EQ(node.Refusal(), "the axis is computed at run time");
  node = OneNode(kMean);
  node.Input(DType::kInt8, {1, 4, 4, 3}, Quant(1.0f, 0));
  node.Constant<float>(DType::kFloat32, {1}, {1.0f});
  node.Output(DType::kInt8, {1, 4, 3}, Quant(1.0f, 0));
  EXPECT_EQ(node.Refusal(), "the axis is FLOAT32, expected INT32 or INT64");
  node = OneNode(kMean);
  node.Input(DType::kInt8, {1, 4, 4, 3}, Quant(1.0f, 0));
  node.Constant<int32_t>(DType::kInt32, {2}, {1});
  node.Output(DType::kInt8, {1, 4, 3}, Quant(1.0f, 0));
  EXPECT_EQ(node.Refusal(), "the input 1 holds 4 bytes, its shape 2 needs 8");
}

TEST(Mean, RefusesWrongOutputsTypesAndScales) {
  EXPECT_EQ(MeanOf({1, 4, 4, 3}, {1}, {1, 3}).Refusal(),
            "the output of shape 1x3 holds 3 elements, expected 12");
  OneNode node = MeanOf({4, 4}, {0}, {4});
  node.input(0).dtype = DType::kFloat32;
  EXPECT_EQ(node.Refusal(), "the input is FLOAT32, only INT8 is supported");
  EXPECT_EQ(MeanOf({4, 4}, {0}, {4}, Quant(4194304.0f, 0)).Refusal(),
            "the input scale is too large for the output scale");
  EXPECT_EQ(MeanOf({1, 4096, 4096}, {1, 2}, {1}).Refusal(),
            "averages 16777216 elements, more than an int32 sum can hold");
}

}  // namespace
}  // namespace msf
