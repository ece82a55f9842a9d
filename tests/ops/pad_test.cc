// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/ops/one_node.h"

namespace msf {

extern const OpDef kPad;

namespace {

OneNode PadOf(const Shape& in, const std::vector<int32_t>& paddings,
              const Shape& out, int32_t zero_point = -7) {
  OneNode node(kPad);
  node.Input(DType::kInt8, in, Quant(0.5f, zero_point));
  node.Constant<int32_t>(
      DType::kInt32, {static_cast<int32_t>(paddings.size()) / 2, 2}, paddings);
  node.Output(DType::kInt8, out, Quant(0.5f, zero_point));
  return node;
}

TEST(Pad, WritesTheOutputsZeroPointAround) {
  OneNode node = PadOf({1, 1, 2, 1}, {0, 0, 1, 1, 2, 0, 0, 1}, {1, 3, 4, 2}, 5);
  node.input(0).quant = Quant(0.25f, 99);  // not looked at
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({1, 2})}),
            (std::vector<int32_t>{5, 5, 5, 5, 5, 5, 5, 5,  //
                                  5, 5, 5, 5, 1, 5, 2, 5,  //
                                  5, 5, 5, 5, 5, 5, 5, 5}));
}

TEST(Pad, NeedsTheRowAboveByItsTop) {
  OneNode node = PadOf({1, 2, 2, 1}, {0, 0, 3, 1, 0, 0, 0, 0}, {1, 6, 2, 1});
  EXPECT_EQ(node.Parse().Forms()[0].needs[0],
            (RowNeed{.stride = 1, .offset = -3, .extent = 1}));
  EXPECT_EQ(node.Forms()[0].steps, 6);
}

TEST(Pad, TakesTheConstantOfPadV2) {
  OneNode node = PadOf({2}, {1, 1}, {4}, -128);
  node.Constant<int8_t>(DType::kInt8, {}, {-100}, Quant(0.5f, -128));
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({1, 2})}),
            (std::vector<int32_t>{-100, 1, 2, -100}));
  node.input(2).quant = Quant(0.5f, 0);
  EXPECT_EQ(node.Refusal(), "the pad value has not the output's quantisation");
  node.input(2).data = nullptr;
  EXPECT_NE(node.Refusal(), "");
}

TEST(Pad, ReadsInt64Paddings) {
  OneNode node(kPad);
  node.Input(DType::kInt8, {2, 1}, Quant(1.0f, 0));
  node.Constant<int64_t>(DType::kInt64, {2, 2}, {1, 0, 0, 0});
  node.Output(DType::kInt8, {3, 1}, Quant(1.0f, 0));
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({1, 2})}),
            (std::vector<int32_t>{0, 1, 2}));
}

TEST(Pad, FormsAgreeWithTheReferenceAtEveryRank) {
  for (uint32_t seed = 0; seed < 600; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto rank = static_cast<size_t>(Pick(random, 1, 4));
    Shape in;
    Shape out;
    std::vector<int32_t> paddings;
    for (size_t d = 0; d < rank; ++d) {
      const bool batch = rank >= 3 && d == 0;
      in.push_back(batch ? 1 : Pick(random, 1, 7));
      paddings.push_back(batch ? 0 : Pick(random, 0, 3));
      paddings.push_back(batch ? 0 : Pick(random, 0, 3));
      out.push_back(in[d] + paddings[2 * d] + paddings[2 * d + 1]);
    }
    OneNode node = PadOf(in, paddings, out, PickZeroPoint(random));
    node.Parse().ExpectFormsAgree(random);
  }
}

TEST(Pad, RefusesToPadTheBatch) {
  const char* reason = "pads the batch dimension";
  EXPECT_EQ(
      PadOf({1, 2, 2, 1}, {1, 0, 0, 0, 0, 0, 0, 0}, {2, 2, 2, 1}).Refusal(),
      reason);
  EXPECT_EQ(PadOf({1, 2, 1}, {0, 1, 0, 0, 0, 0}, {2, 2, 1}).Refusal(), reason);
  EXPECT_EQ(
      PadOf({2, 2, 2, 1}, {0, 0, 1, 0, 0, 0, 0, 0}, {2, 3, 2, 1}).Refusal(),
      reason);
}

TEST(Pad, RefusesBadPaddings) {
  EXPECT_EQ(PadOf({4}, {-1, 0}, {3}).Refusal(), "pads by -1 and 0");
  EXPECT_EQ(PadOf({4}, {1, 1, 0, 0}, {6}).Refusal(),
            "has 4 paddings for a tensor of rank 1");
  EXPECT_EQ(PadOf({4}, {INT32_MAX, INT32_MAX}, {4}).Refusal(),
            "the padded output is larger than 2 GB");
  EXPECT_EQ(PadOf({4, 4}, {1 << 16, 0, 1 << 16, 0}, {4, 4}).Refusal(),
            "the padded output is larger than 2 GB");
  EXPECT_EQ(PadOf({4}, {1, 1}, {5}).Refusal(),
            "the output of shape 5 has rows 1x1x5, expected 1x1x6");
  OneNode node = PadOf({4}, {1, 1}, {6});
  node.input(1).data = nullptr;
  EXPECT_EQ(node.Refusal(), "the paddings is computed at run time");
}

TEST(Pad, RefusesOtherTypesAndRanks) {
  OneNode node = PadOf({4}, {1, 1}, {6});
  node.input(0).dtype = DType::kUInt8;
  EXPECT_EQ(node.Refusal(), "the input is UINT8, only INT8 is supported");
  EXPECT_EQ(
      PadOf({1, 1, 1, 1, 4}, {0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, {1, 1, 1, 1, 6})
          .Refusal(),
      "the input has rank 5, only 1 to 4 are supported");
  node = PadOf({4}, {1, 1}, {6});
  node.node().inputs.pop_back();
  EXPECT_EQ(node.Refusal(), "has 1 inputs, expected 2 to 3");
}

}  // namespace
}  // namespace msf
