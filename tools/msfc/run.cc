// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include "session.h"
#include "support/file.h"
#include "target/emulate.h"
#include "target/target.h"

namespace msf {
namespace {

struct RunOptions {
  PlanOptions plan;
  InputOptions input;
  std::string on = "host";
  std::string output;
};

// What the plan runs on, and that it can: before time goes into planning.
// Nothing: the host.
Result<std::optional<Target>> TargetOf(const RunOptions& options) {
  if (options.on == "host") return std::nullopt;
  MSF_ASSIGN(const Target target, FindTarget(options.on));
  MSF_RETURN_IF_ERROR(CheckEmulator(target));
  return target;
}

Result<RunReport> RunOn(const std::optional<Target>& target,
                        const RunOptions& options, const Planned& planned,
                        const Session& session) {
  const Graph& graph = planned.network.graph;
  const Schedule& schedule = planned.model.schedule;
  MSF_ASSIGN(const RunRequest request,
             RequestFromOptions(options.input, graph, session));
  if (!target) return RunOnHost(graph, schedule, request);
  return RunOnTarget(graph, schedule, *target, request);
}

// The plan's options: what runs on a target and counts cycles counts its.
PlanOptions PlanOptionsOf(const RunOptions& options) {
  PlanOptions plan = options.plan;
  const bool counts = plan.objective == "cycles" || plan.max_latency_ms;
  if (counts && !plan.target && options.on != "host") plan.target = options.on;
  return plan;
}

Result<void> WriteOutputs(const std::string& path, const RunReport& report) {
  Bytes bytes;
  for (const std::vector<Bytes>& run : report.outputs) {
    for (const Bytes& output : run) {
      bytes.insert(bytes.end(), output.begin(), output.end());
    }
  }
  return WriteFileAtomically(path, bytes);
}

}  // namespace

void AddRun(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand(
      "run",
      "Runs the plan on the host or on an emulated target and compares every "
      "output byte with the reference");
  auto options = std::make_shared<RunOptions>();
  AddPlanOptions(*verb, options->plan);
  AddInputOptions(*verb, options->input);
  verb->add_option("--on", options->on,
                   "host (default) or a target: see msfc targets");
  verb->add_option("--output", options->output,
                   "Write the outputs' bytes of all runs here")
      ->type_name("FILE");
  AddCommonOptions(*verb, session);
  verb->footer(
      "Example:\n  msfc run model.tflite --on m4 --input random:1 --runs 3");
  verb->callback([options, &session] {
    const Result<std::optional<Target>> target = TargetOf(*options);
    if (!target) return session.Fail(target.error());
    const Result<Planned> planned =
        PlanFromOptions(PlanOptionsOf(*options), session);
    if (!planned) return session.Fail(planned.error());
    const Result<RunReport> report = RunOn(*target, *options, *planned, session);
    if (!report) return session.Fail(report.error());
    if (!options->output.empty()) {
      const Result<void> written = WriteOutputs(options->output, *report);
      if (!written) return session.Fail(written.error());
    }
    session.Print(ToJson(*report), ToText(*report));
    if (!report->equal) session.exit_code = 3;
  });
}

}  // namespace msf
