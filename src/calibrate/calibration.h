// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calibrate/bench_cases.h"
#include "cost/cost_model.h"
#include "support/result.h"

namespace msf {

// What the firmware printed.
struct BenchLog {
  uint32_t hash = 0;  // of the tables that it measured
  int64_t cases = 0;
  KernelBody body;
  double calibration_instructions = 1;  // of a known loop ...
  double calibration_ticks = 1;         // ... and what it took
  double nothing_ticks = 0;             // of two readings of the counter
  std::vector<double> ticks;            // of each case
  bool ended = false;
};

// Skips what it does not know: a terminal's log may hold more. An error if
// lines are missing; `where` names the log.
Result<BenchLog> ParseBenchLog(std::string_view text, const std::string& where);

// How well the cases of a kernel are explained.
struct FitOfKernel {
  std::string kernel;
  int64_t cases = 0;
  double mean_error = 0;  // of |predicted / measured - 1|
  double worst_error = 0;
  double total_error = 0;  // of the sum over all cases, with its sign
};

struct Calibration {
  Coefficients coefficients;
  std::vector<FitOfKernel> fits;
};

// Finds the coefficients: for each kernel those that make the squares of the
// relative errors small, none of them negative. `costs` are what the cases
// took.
Calibration Fit(const BenchCases& cases, const KernelBody& body,
                const std::vector<double>& costs);

}  // namespace msf
