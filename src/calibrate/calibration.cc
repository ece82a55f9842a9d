// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "calibrate/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cost/nnls.h"

namespace msf {
namespace {

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const size_t end = line.find_first_of(" \t\r");
    if (end != 0) words.push_back(line.substr(0, end));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return words;
}

uint64_t Hex(const std::vector<std::string_view>& words, size_t i) {
  uint64_t value = 0;
  if (i < words.size()) {
    std::from_chars(words[i].data(), words[i].data() + words[i].size(), value,
                    16);
  }
  return value;
}

void ReadLine(const std::vector<std::string_view>& words, BenchLog& log,
              std::vector<bool>& seen) {
  const std::string_view key = words[1];
  if (key == "table") {
    log = {.hash = static_cast<uint32_t>(Hex(words, 2)),
           .cases = static_cast<int64_t>(Hex(words, 3)),
           .ticks = {}};
    constexpr int64_t kMost = 1 << 20;
    log.cases = std::min(log.cases, kMost);
    log.ticks.assign(static_cast<size_t>(log.cases), 0);
    seen.assign(log.ticks.size(), false);
  } else if (key == "body") {
    log.body.pair_words = static_cast<int32_t>(Hex(words, 2) & 0xffff);
    log.body.pair_codes = Hex(words, 3) != 0;
    log.body.dot_codes = Hex(words, 4) != 0;
    log.body.helium = Hex(words, 5) != 0;
  } else if (key == "calibration") {
    log.calibration_instructions = static_cast<double>(Hex(words, 2));
    log.calibration_ticks = static_cast<double>(Hex(words, 3));
    log.nothing_ticks = static_cast<double>(Hex(words, 4));
  } else if (key == "bench" && words.size() >= 4) {
    const uint64_t number = Hex(words, 2);
    if (number >= log.ticks.size()) return;
    log.ticks[number] = static_cast<double>(Hex(words, 3));
    seen[number] = true;
  } else if (key == "end") {
    log.ended = true;
  }
}

// The kernel that a case tells about: the only one with features.
size_t KernelOf(const PlanFeatures& features) {
  for (size_t k = 0; k < features.counts.size(); ++k) {
    for (const int64_t count : features.counts[k]) {
      if (count != 0) return k;
    }
  }
  return features.counts.size();
}

// Not told apart by instruction counts: products read weights.
bool IsFitted(const char* feature) {
  return std::string_view(feature) != "flash_bytes";
}

double Product(const FeatureCounts& counts, const std::vector<double>& costs) {
  double sum = 0;
  for (size_t i = 0; i < costs.size(); ++i) {
    sum += costs[i] * static_cast<double>(counts[i]);
  }
  return sum;
}

FitOfKernel Judge(const std::string& kernel,
                  const std::vector<FeatureCounts>& features,
                  const std::vector<double>& measured,
                  const std::vector<double>& costs) {
  FitOfKernel fit{.kernel = kernel,
                  .cases = static_cast<int64_t>(measured.size())};
  double total = 0, predicted_total = 0;
  for (size_t i = 0; i < measured.size(); ++i) {
    const double predicted = Product(features[i], costs);
    const double error = std::fabs(predicted / measured[i] - 1);
    fit.mean_error += error / static_cast<double>(measured.size());
    fit.worst_error = std::max(fit.worst_error, error);
    total += measured[i];
    predicted_total += predicted;
  }
  fit.total_error = total > 0 ? predicted_total / total - 1 : 0;
  return fit;
}

}  // namespace

Result<BenchLog> ParseBenchLog(std::string_view text,
                               const std::string& where) {
  BenchLog log;
  std::vector<bool> seen;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const auto words = Words(text.substr(0, end));
    if (words.size() >= 2 && words[0] == "msf") ReadLine(words, log, seen);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  if (log.cases == 0) {
    return UserError(where, "holds no line 'msf table'",
                     "log all that the benchmark prints, from its start");
  }
  const auto missing = std::count(seen.begin(), seen.end(), false);
  if (!log.ended || missing > 0) {
    return UserError(
        where,
        fmt::format("is not complete: {} of {} cases are missing", missing,
                    log.cases),
        "let the benchmark run to its line 'msf end', and log all of it");
  }
  return log;
}

Calibration Fit(const BenchCases& cases, const KernelBody& body,
                const std::vector<double>& costs) {
  const std::vector<PlanFeatures> all = FeaturesOf(cases, body);
  Calibration result;
  for (size_t k = 0; k < CostedKernels().size(); ++k) {
    const CostedKernel& kernel = CostedKernels()[k];
    const auto names = kernel.of(body).names;
    std::vector<FeatureCounts> features;
    std::vector<double> measured;
    for (size_t i = 0; i < all.size(); ++i) {
      if (KernelOf(all[i]) != k || costs[i] <= 0) continue;
      features.push_back(all[i].counts[k]);
      measured.push_back(costs[i]);
    }
    if (measured.empty()) continue;
    std::vector<std::vector<double>> a;
    for (size_t i = 0; i < measured.size(); ++i) {
      std::vector<double> row(names.size(), 0);
      for (size_t f = 0; f < row.size(); ++f) {
        if (!IsFitted(names[f])) continue;
        row[f] = static_cast<double>(features[i][f]) / measured[i];
      }
      a.push_back(std::move(row));
    }
    const std::vector<double> x = NonNegativeLeastSquares(
        a, std::vector<double>(measured.size(), 1.0));
    for (size_t f = 0; f < x.size(); ++f) {
      if (x[f] > 0) {
        // Four digits are more than the fit knows.
        result.coefficients[kernel.name][names[f]] =
            std::round(x[f] * 1e4) / 1e4;
      }
    }
    result.fits.push_back(Judge(kernel.name, features, measured, x));
  }
  return result;
}

}  // namespace msf
