// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "cost/nnls.h"

#include <gtest/gtest.h>

#include <cmath>

namespace msf {
namespace {

using Matrix = std::vector<std::vector<double>>;

TEST(NonNegativeLeastSquares, FindsTheOnlySolution) {
  const Matrix a = {{1, 0, 2}, {0, 3, 1}, {1, 1, 1}, {2, 5, 0}};
  const std::vector<double> x = {4, 0.5, 7};
  std::vector<double> b;
  for (const auto& row : a) {
    b.push_back(row[0] * x[0] + row[1] * x[1] + row[2] * x[2]);
  }
  const std::vector<double> found = NonNegativeLeastSquares(a, b);
  for (size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(found[i], x[i], 1e-4);
}

TEST(NonNegativeLeastSquares, LeavesOutWhatWouldBeNegative) {
  // Without the bound: x = (2, -1).
  const Matrix a = {{1, 0}, {0, 1}, {1, 1}};
  const std::vector<double> found = NonNegativeLeastSquares(a, {2, -1, 1});
  EXPECT_NEAR(found[0], 1.5, 1e-6);
  EXPECT_EQ(found[1], 0);
}

TEST(NonNegativeLeastSquares, CopesWithColumnsThatAreAlikeOrEmpty) {
  const Matrix a = {{1, 1, 0}, {2, 2, 0}, {3, 3, 0}};
  const std::vector<double> found = NonNegativeLeastSquares(a, {5, 10, 15});
  EXPECT_NEAR(found[0] + found[1], 5, 1e-4);
  EXPECT_EQ(found[2], 0);
}

TEST(NonNegativeLeastSquares, CopesWithColumnsOfAllMagnitudes) {
  Matrix a;
  std::vector<double> b;
  for (int i = 1; i <= 20; ++i) {
    a.push_back({1e6 * i, 1.0, 1e-4 * i * i});
    b.push_back(3e-6 * a.back()[0] + 40 + 2e4 * a.back()[2]);
  }
  const std::vector<double> found = NonNegativeLeastSquares(a, b);
  EXPECT_NEAR(found[0] / 3e-6, 1, 1e-2);
  EXPECT_NEAR(found[1] / 40, 1, 1e-2);
  EXPECT_NEAR(found[2] / 2e4, 1, 1e-2);
}

TEST(NonNegativeLeastSquares, OfNothingIsNothing) {
  EXPECT_TRUE(NonNegativeLeastSquares({}, {}).empty());
}

}  // namespace
}  // namespace msf
