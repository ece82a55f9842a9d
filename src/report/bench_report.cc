// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "report/report.h"

namespace msf {

Json CostJson(const CalibratedTarget& target, const std::string& command) {
  Json fits = Json::object();
  for (const FitOfKernel& fit : target.calibration.fits) {
    fits[fit.kernel] = {{"cases", fit.cases},
                        {"mean_error", fit.mean_error},
                        {"worst_error", fit.worst_error},
                        {"total_error", fit.total_error}};
  }
  return {{"made_by", command},
          {"unit", target.unit},
          {"pair_words", target.body.pair_words},
          {"coefficients", target.calibration.coefficients},
          {"fit", std::move(fits)}};
}

std::string CalibrationText(const CalibratedTarget& target) {
  std::string text = fmt::format(
      "{} cases, costs in {}\n\n{:<30} {:>6} {:>10} {:>11} {:>9}\n",
      target.cases, target.unit, "kernel", "cases", "mean error",
      "worst error", "in all");
  for (const FitOfKernel& fit : target.calibration.fits) {
    text += fmt::format("{:<30} {:>6} {:>9.2f}% {:>10.2f}% {:>+8.2f}%\n",
                        fit.kernel, fit.cases, 100 * fit.mean_error,
                        100 * fit.worst_error, 100 * fit.total_error);
  }
  return text;
}

}  // namespace msf
