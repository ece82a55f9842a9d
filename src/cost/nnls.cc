// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "cost/nnls.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace msf {
namespace {

using Matrix = std::vector<std::vector<double>>;
using Vector = std::vector<double>;

// The normal equations of a scaled problem, in which all columns have length
// 1: their smallest numbers are then comparable.
struct Problem {
  Matrix square;  // a^T a
  Vector right;   // a^T b
  Vector length;  // of the columns before; 0: a column of zeros
};

Problem Normalise(const Matrix& a, const Vector& b) {
  const size_t n = a.empty() ? 0 : a[0].size();
  Problem p{Matrix(n, Vector(n, 0)), Vector(n, 0), Vector(n, 0)};
  for (const Vector& row : a) {
    for (size_t i = 0; i < n; ++i) p.length[i] += row[i] * row[i];
  }
  for (double& length : p.length) length = std::sqrt(length);
  const auto scaled = [&](double value, size_t i) {
    return p.length[i] > 0 ? value / p.length[i] : 0.0;
  };
  for (size_t r = 0; r < a.size(); ++r) {
    for (size_t i = 0; i < n; ++i) {
      const double left = scaled(a[r][i], i);
      if (left == 0) continue;
      p.right[i] += left * b[r];
      for (size_t j = 0; j < n; ++j) p.square[i][j] += left * scaled(a[r][j], j);
    }
  }
  return p;
}

// Solves the equations of the columns in `set`, by Cholesky with a little on
// the diagonal: columns may depend on each other.
Vector Solve(const Problem& p, const std::vector<size_t>& set) {
  constexpr double kRidge = 1e-10;
  const size_t n = set.size();
  Matrix l(n, Vector(n, 0));
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = p.square[set[i]][set[j]] + (i == j ? kRidge : 0);
      for (size_t k = 0; k < j; ++k) sum -= l[i][k] * l[j][k];
      l[i][j] = i == j ? std::sqrt(std::max(sum, kRidge)) : sum / l[j][j];
    }
  }
  Vector x(n, 0);
  for (size_t i = 0; i < n; ++i) {
    double sum = p.right[set[i]];
    for (size_t k = 0; k < i; ++k) sum -= l[i][k] * x[k];
    x[i] = sum / l[i][i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) x[i] -= l[k][i] * x[k];
    x[i] /= l[i][i];
  }
  return x;
}

// The column outside the set that helps most; n if none does.
size_t Steepest(const Problem& p, const Vector& x,
                const std::vector<bool>& in_set) {
  constexpr double kLeast = 1e-9;
  size_t best = x.size();
  double most = kLeast;
  for (size_t i = 0; i < x.size(); ++i) {
    if (in_set[i] || p.length[i] == 0) continue;
    double slope = p.right[i];
    for (size_t j = 0; j < x.size(); ++j) slope -= p.square[i][j] * x[j];
    if (slope > most) {
      most = slope;
      best = i;
    }
  }
  return best;
}

std::vector<size_t> Members(const std::vector<bool>& in_set) {
  std::vector<size_t> set;
  for (size_t i = 0; i < in_set.size(); ++i) {
    if (in_set[i]) set.push_back(i);
  }
  return set;
}

// Moves x to the best point of the set, and drops from the set what would
// become negative.
void Settle(const Problem& p, Vector& x, std::vector<bool>& in_set) {
  for (;;) {
    const std::vector<size_t> set = Members(in_set);
    const Vector wanted = Solve(p, set);
    double step = 1;
    for (size_t k = 0; k < set.size(); ++k) {
      const double now = x[set[k]];
      if (wanted[k] <= 0) step = std::min(step, now / (now - wanted[k] + 1e-300));
    }
    bool dropped = false;
    for (size_t k = 0; k < set.size(); ++k) {
      x[set[k]] += step * (wanted[k] - x[set[k]]);
      if (wanted[k] > 0 || x[set[k]] > 1e-9) continue;
      x[set[k]] = 0;
      in_set[set[k]] = false;
      dropped = true;
    }
    if (!dropped) return;
  }
}

}  // namespace

Vector NonNegativeLeastSquares(const Matrix& a, const Vector& b) {
  const Problem p = Normalise(a, b);
  const size_t n = p.right.size();
  Vector x(n, 0);
  std::vector<bool> in_set(n, false);
  for (size_t turn = 0; turn < 5 * n + 10; ++turn) {
    const size_t next = Steepest(p, x, in_set);
    if (next == n) break;
    in_set[next] = true;
    Settle(p, x, in_set);
    if (!in_set[next]) break;  // rounding: it cannot help after all
  }
  for (size_t i = 0; i < n; ++i) {
    if (p.length[i] > 0) x[i] /= p.length[i];
  }
  return x;
}

}  // namespace msf
