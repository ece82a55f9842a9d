// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "report/report.h"
#include "support/size.h"

namespace msf {

const Prediction* AskedFor(const std::vector<Prediction>& predicted,
                           const std::optional<Target>& target) {
  for (const Prediction& prediction : predicted) {
    if (target && target->id == prediction.target) return &prediction;
  }
  return nullptr;
}

Json ToJson(const Latency& latency) {
  Json json = Json::object();
  if (latency.instructions) {
    json["instructions"] = std::llround(*latency.instructions);
  }
  if (latency.cycles) json["cycles"] = std::llround(*latency.cycles);
  if (latency.milliseconds) json["milliseconds"] = *latency.milliseconds;
  return json;
}

Json PredictedJson(const std::vector<Prediction>& predicted) {
  Json json = Json::object();
  for (const Prediction& p : predicted) {
    Json entry = ToJson(static_cast<const Latency&>(p));
    entry["basis"] = p.basis;
    json[p.target] = std::move(entry);
  }
  return json;
}

std::string PredictedText(const Latency& p) {
  std::string text =
      p.cycles ? WithCommas(std::llround(*p.cycles)) + " cycles"
               : WithCommas(std::llround(*p.instructions)) + " instructions";
  if (p.milliseconds) text += fmt::format(", {:.2f} ms", *p.milliseconds);
  return text;
}

Json ModelsJson(const std::vector<BenchedModel>& models) {
  Json list = Json::array();
  for (const BenchedModel& model : models) {
    Json entry{{"model", model.model},
               {"plain_macs", model.plain_macs},
               {"overhead_factor", model.overhead_factor}};
    entry.update(ToJson(model.run));
    list.push_back(std::move(entry));
  }
  return {{"models", std::move(list)}};
}

std::string ModelsText(const std::vector<BenchedModel>& models) {
  std::string text = fmt::format(
      "{:<28} {:<8} {:>10} {:>5} {:>14} {:>14} {:>6}  {}\n", "model", "target",
      "arena", "F", "instructions", "predicted", "stack", "outputs");
  for (const BenchedModel& model : models) {
    const RunReport& run = model.run;
    const std::string name =
        std::filesystem::path(model.model).stem().string();
    text += fmt::format(
        "{:<28} {:<8} {:>10} {:>5.2f} {:>14} {:>14} {:>6}  {}\n", name, run.on,
        WithCommas(run.arena_bytes), model.overhead_factor,
        WithCommas(run.instructions.front()),
        run.predicted_instructions
            ? WithCommas(std::llround(*run.predicted_instructions))
            : "-",
        run.stack_bytes, run.equal ? "equal" : "NOT equal");
  }
  return text;
}

Json CostJson(const CalibratedTarget& target, const std::string& command) {
  Json fits = Json::object();
  for (const FitOfKernel& fit : target.calibration.fits) {
    fits[fit.kernel] = {{"cases", fit.cases},
                        {"mean_error", fit.mean_error},
                        {"worst_error", fit.worst_error},
                        {"total_error", fit.total_error}};
  }
  return {{"made_by", command},
          {"target", target.id},
          {"unit", target.unit},
          {"pair_words", target.body.pair_words},
          {"pair_codes", target.body.pair_codes},
          {"dot_codes", target.body.dot_codes},
          {"helium", target.body.helium},
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
