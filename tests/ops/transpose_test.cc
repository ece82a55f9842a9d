// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "tests/ops/one_node.h"

namespace msf {

extern const OpDef kTranspose;

namespace {

OneNode TransposeOf(DType dtype, const Shape& in,
                    const std::vector<int32_t>& permutation, const Shape& out) {
  OneNode node(kTranspose);
  node.Input(dtype, in);
  node.Constant<int32_t>(
      DType::kInt32, {static_cast<int32_t>(permutation.size())}, permutation);
  node.Output(dtype, out);
  return node;
}

TEST(Transpose, MovesColumnsToRows) {
  OneNode node = TransposeOf(DType::kInt8, {2, 3}, {1, 0}, {3, 2});
  EXPECT_EQ(node.Parse().Codes({Int8Bytes({1, 2, 3, 4, 5, 6})}),
            (std::vector<int32_t>{1, 4, 2, 5, 3, 6}));
}

TEST(Transpose, MovesChannelsFirst) {
  OneNode node =
      TransposeOf(DType::kInt8, {1, 2, 2, 3}, {0, 3, 1, 2}, {1, 3, 2, 2});
  EXPECT_EQ(
      node.Parse().Codes({Int8Bytes({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})}),
      (std::vector<int32_t>{1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12}));
}

TEST(Transpose, JoinsDimensionsThatStayTogether) {
  // Rows and columns move as one: a loop over 4 x 15 runs of one element.
  OneNode node =
      TransposeOf(DType::kFloat32, {1, 3, 5, 4}, {0, 3, 1, 2}, {1, 4, 3, 5});
  node.Parse();
  const KernelCall call =
      kTranspose.kernel(node.graph(), node.node(), node.Forms()[0]);
  ASSERT_EQ(call.fields.size(), 4u);
  EXPECT_EQ(call.fields[2].value, 2);  // rank
  EXPECT_EQ(call.fields[3].value, 4);  // run_bytes
}

TEST(Transpose, CopiesInOneRunWhenNothingMoves) {
  OneNode node =
      TransposeOf(DType::kInt16, {1, 3, 1, 4}, {2, 1, 0, 3}, {1, 3, 1, 4});
  node.Parse();
  const KernelCall call =
      kTranspose.kernel(node.graph(), node.node(), node.Forms()[0]);
  EXPECT_EQ(call.fields[3].value, 24);  // run_bytes
  Random random(1);
  node.ExpectFormsAgree(random);
}

TEST(Transpose, FormsAgreeWithTheReference) {
  const DType dtypes[] = {DType::kInt8, DType::kInt16, DType::kInt32,
                          DType::kFloat32};
  for (uint32_t seed = 0; seed < 600; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<int32_t> permutation(static_cast<size_t>(Pick(random, 1, 6)));
    std::iota(permutation.begin(), permutation.end(), 0);
    std::shuffle(permutation.begin(), permutation.end(), random);
    Shape in(permutation.size());
    for (int32_t& dim : in) dim = Pick(random, 1, 5);
    Shape out;
    for (int32_t from : permutation) {
      out.push_back(in[static_cast<size_t>(from)]);
    }
    OneNode node = TransposeOf(dtypes[seed % 4], in, permutation, out);
    node.Parse().ExpectFormsAgree(random);
  }
}

TEST(Transpose, RefusesWhatIsNoPermutation) {
  const Shape in = {2, 3};
  EXPECT_EQ(TransposeOf(DType::kInt8, in, {1, 1}, in).Refusal(),
            "the permutation has 1 twice");
  EXPECT_EQ(TransposeOf(DType::kInt8, in, {0, 2}, in).Refusal(),
            "the permutation has 2, which is no dimension");
  EXPECT_EQ(TransposeOf(DType::kInt8, in, {0, -1}, in).Refusal(),
            "the permutation has -1, which is no dimension");
  EXPECT_EQ(TransposeOf(DType::kInt8, in, {0}, in).Refusal(),
            "the permutation has 1 entries for a tensor of rank 2");
  EXPECT_EQ(TransposeOf(DType::kInt8, in, {1, 0}, in).Refusal(),
            "the output has shape 2x3, the permutation gives 3x2");
  OneNode node = TransposeOf(DType::kInt8, in, {1, 0}, {3, 2});
  node.input(1).data = nullptr;
  EXPECT_EQ(node.Refusal(), "the permutation is computed at run time");
}

TEST(Transpose, RefusesWideTypesAndHighRanks) {
  EXPECT_EQ(TransposeOf(DType::kInt64, {2, 3}, {1, 0}, {3, 2}).Refusal(),
            "transposing INT64 is not supported");
  const Shape seven = {1, 1, 1, 1, 1, 2, 2};
  EXPECT_EQ(
      TransposeOf(DType::kInt8, seven, {0, 1, 2, 3, 4, 5, 6}, seven).Refusal(),
      "the input has rank 7, only up to 6 is supported");
  OneNode node = TransposeOf(DType::kInt8, {2, 3}, {1, 0}, {3, 2});
  node.output().dtype = DType::kUInt8;
  EXPECT_EQ(node.Refusal(), "the output is UINT8, only INT8 is supported");
}

}  // namespace
}  // namespace msf
