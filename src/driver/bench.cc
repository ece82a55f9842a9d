// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/bench.h"

#include "calibrate/firmware.h"
#include "support/cancelled.h"
#include "support/embedded.h"
#include "target/emulate.h"

namespace msf {
namespace {

constexpr double kTimeoutSeconds = 600;

Result<CalibratedTarget> FitLog(const BenchLog& log, const BenchCases& cases,
                                double ticks_per_cost, std::string unit,
                                std::string id) {
  std::vector<double> costs;
  for (const double ticks : log.ticks) {
    const size_t i = costs.size();
    // The loop around kernels was subtracted on the device.
    const bool is_network = i >= cases.size() - cases.networks.size();
    costs.push_back((ticks - (is_network ? log.nothing_ticks : 0)) /
                    ticks_per_cost);
  }
  return CalibratedTarget{.id = std::move(id),
                          .unit = std::move(unit),
                          .body = log.body,
                          .calibration = Fit(cases, log.body, costs),
                          .cases = log.cases};
}

}  // namespace

Result<CalibratedTarget> CalibrateOnEmulator(const Target& target,
                                             const BenchSize& size,
                                             const Watch& watch) {
  watch.Begin("making cases");
  const BenchCases cases = MakeBenchCases(size);
  ProgramRequest program{.files = BenchFirmware(cases),
                         .timeout_seconds = kTimeoutSeconds,
                         .watch = watch};
  program.files["bench_emulator.cpp"] =
      *EmbeddedFile("targets/bench/bench_emulator.cpp");
  program.on_line = [&, measured = int64_t{0}](std::string_view line) mutable {
    if (!line.starts_with("msf bench ")) return;
    watch.Report(++measured, static_cast<int64_t>(cases.size()));
  };
  const Result<std::string> text = EmulateProgram(target, std::move(program));
  const std::string where = "target " + target.id;
  if (watch.IsCancelled()) return Cancelled(where, "the calibration");
  if (!text) return tl::unexpected(text.error());
  MSF_ASSIGN(const BenchLog log, ParseBenchLog(*text, where));
  watch.Begin("fitting");
  return FitLog(log, cases,
                log.calibration_ticks / log.calibration_instructions,
                "instructions", target.id);
}

std::map<std::string, std::string> BoardSources(const BenchSize& size) {
  std::map<std::string, std::string> files = BenchFirmware(MakeBenchCases(size));
  for (const char* name : {"board.h", "board_main.cpp"}) {
    files[name] = *EmbeddedFile(std::string("targets/bench/") + name);
  }
  return files;
}

Result<CalibratedTarget> CalibrateFromLog(std::string_view text,
                                          const std::string& where,
                                          const std::string& id,
                                          const BenchSize& size) {
  MSF_ASSIGN(const BenchLog log, ParseBenchLog(text, where));
  const BenchCases cases = MakeBenchCases(size);
  if (log.hash != EmitBenchTables(cases).hash) {
    return UserError(where,
                     "was made by another benchmark than this msfc writes",
                     "write the source again with the same options, and run it");
  }
  return FitLog(log, cases, 1.0, "cycles", id);
}

}  // namespace msf
