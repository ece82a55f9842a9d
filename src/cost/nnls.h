// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace msf {

// The x >= 0 that makes |a x - b| small: non-negative least squares, by the
// active-set method of Lawson and Hanson ("Solving Least Squares Problems",
// 1974, chapter 23). `a` is [rows][columns]; every row as long.
std::vector<double> NonNegativeLeastSquares(
    const std::vector<std::vector<double>>& a, const std::vector<double>& b);

}  // namespace msf
