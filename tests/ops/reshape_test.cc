// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <numeric>

#include "tests/ops/one_node.h"

namespace msf {

extern const OpDef kReshape;

namespace {

OneNode ReshapeOf(DType dtype, const Shape& in, const Shape& out) {
  OneNode node(kReshape);
  node.Input(dtype, in);
  node.Output(dtype, out);
  return node;
}

TEST(Reshape, CopiesRowsIfTheyStay) {
  OneNode node = ReshapeOf(DType::kInt8, {1, 3, 2, 2}, {3, 4});
  node.Parse();
  ASSERT_EQ(node.Forms().size(), 1u);
  EXPECT_EQ(node.Forms()[0].kind, StageKind::kRow);
  Random random(1);
  node.ExpectFormsAgree(random);
}

TEST(Reshape, CopiesTheWholeTensorIfRowsChange) {
  OneNode node = ReshapeOf(DType::kInt8, {1, 3, 2, 2}, {1, 12});
  node.Parse();
  ASSERT_EQ(node.Forms().size(), 1u);
  EXPECT_EQ(node.Forms()[0].kind, StageKind::kWhole);
  EXPECT_EQ(node.Forms()[0].needs[0].extent, 3);
  Bytes bytes(12);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  EXPECT_EQ(node.ExpectFormsAgree({bytes}), bytes);
}

TEST(Reshape, CopiesEveryType) {
  Random random(2);
  for (DType dtype : {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32,
                      DType::kInt64, DType::kFloat32, DType::kBool}) {
    ReshapeOf(dtype, {1, 4, 3, 2}, {1, 2, 4, 3})
        .Parse()
        .ExpectFormsAgree(random);
    ReshapeOf(dtype, {1, 4, 3, 2}, {1, 4, 6}).Parse().ExpectFormsAgree(random);
  }
}

TEST(Reshape, IgnoresScalesAndTheNewShape) {
  OneNode node = ReshapeOf(DType::kInt8, {1, 2, 2}, {4});
  node.input(0).quant = Quant(1.0f, 3);
  node.output().quant = Quant(7.0f, -5);
  node.Constant<int32_t>(DType::kInt32, {1}, {-1});
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({1, 2, 3, 4})}),
            (std::vector<int32_t>{1, 2, 3, 4}));
  node.node().inputs[1] = kNoTensor;
  EXPECT_EQ(node.Refusal(), "");
}

TEST(Reshape, RefusesWhatDoesNotMatch) {
  EXPECT_EQ(ReshapeOf(DType::kInt8, {2, 3}, {5}).Refusal(),
            "the output of shape 5 holds 5 elements, expected 6");
  OneNode node = ReshapeOf(DType::kInt8, {2, 3}, {6});
  node.output().dtype = DType::kUInt8;
  EXPECT_EQ(node.Refusal(), "the output is UINT8, only INT8 is supported");
  node = ReshapeOf(DType::kInt8, {2, 3}, {6});
  node.Input(DType::kInt32, {1});
  EXPECT_EQ(node.Refusal(), "the new shape is computed at run time");
  node = ReshapeOf(DType::kInt8, {65536, 65536}, {6});
  node.input(0).hwc = {1, 1, 1};
  EXPECT_EQ(node.Refusal(), "the input 0 is larger than 2 GB");
}

}  // namespace
}  // namespace msf
