// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>

#include "driver/bench.h"
#include "session.h"
#include "support/file.h"

namespace msf {
namespace {

struct BenchOptions {
  bool calibrate = false;
  std::string target;
  std::string output;
};

void Calibrate(const BenchOptions& options, Session& session) {
  const Result<Target> target = FindTarget(options.target);
  if (!target) return session.Fail(target.error());
  const Result<CalibratedTarget> done = CalibrateOnEmulator(
      *target, BenchSizeFor(Memory(*target, MemoryKind::kFlash).bytes,
                            Memory(*target, MemoryKind::kRam).bytes));
  if (!done) return session.Fail(done.error());
  const Json json = CostJson(*done, session.command_line);
  if (!options.output.empty()) {
    const std::string text = Text(json);
    const Result<void> written = WriteFileAtomically(
        options.output, std::vector<uint8_t>(text.begin(), text.end()));
    if (!written) return session.Fail(written.error());
  }
  session.Print(json, CalibrationText(*done));
}

}  // namespace

void AddBench(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand("bench", "Measures kernels and models on emulated targets");
  auto options = std::make_shared<BenchOptions>();
  verb->add_flag("--calibrate", options->calibrate, "Find out what kernels cost");
  verb->add_option("--target", options->target, "see msfc targets");
  verb->add_option("-o,--output", options->output, "Write the coefficients here")->type_name("FILE");
  AddCommonOptions(*verb, session);
  verb->footer("Example:\n  msfc bench --calibrate --target m4 -o m4_cost.json");
  verb->callback([options, &session] { Calibrate(*options, session); });
}

}  // namespace msf
