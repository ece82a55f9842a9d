// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>

#include <fmt/format.h>

#include "driver/input.h"
#include "support/size.h"

namespace msf {
namespace {

constexpr auto kProgressInterval = std::chrono::milliseconds(200);

}  // namespace

void Session::Print(const Json& as_json, const std::string& as_text) const {
  const std::string text = json ? Text(as_json) : as_text;
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void Session::Note(const std::string& text) const {
  if (!quiet) fmt::print(stderr, "{}\n", text);
}

void Session::Fail(const Diagnostic& diagnostic) {
  exit_code = static_cast<int>(diagnostic.kind);
  if (json) {
    const std::string text = Text(ToJson(diagnostic));
    std::fwrite(text.data(), 1, text.size(), stdout);
  } else {
    fmt::print(stderr, "msfc: {}\n", ToString(diagnostic));
  }
}

std::function<void(int64_t, int64_t)> Session::Progress(
    const std::string& what) const {
  if (quiet || isatty(STDERR_FILENO) == 0) return {};
  using Clock = std::chrono::steady_clock;
  auto last = std::make_shared<Clock::time_point>(Clock::now());
  return [what, last](int64_t done, int64_t total) {
    const auto now = Clock::now();
    if (now - *last < kProgressInterval) return;
    *last = now;
    fmt::print(stderr, "\r\033[K{} {}%", what,
               total > 0 ? 100 * done / total : 0);
    // The next line of output starts at the left again.
    fmt::print(stderr, "\r");
    std::fflush(stderr);
  };
}

void AddCommonOptions(CLI::App& verb, Session& session) {
  verb.add_flag("--json", session.json, "One JSON object on stdout");
  verb.add_flag("-v,--verbose", session.verbose, "More detail");
  verb.add_flag("-q,--quiet", session.quiet, "No notes, no progress");
}

void AddPlanOptions(CLI::App& verb, PlanOptions& options) {
  verb.add_option("model", options.model, "The network, a .tflite file")
      ->required()
      ->type_name("MODEL");
  verb.add_option("--ram-limit", options.ram_limit,
                  "Most bytes of arena: 65536, 64K (65,536) or 64kB (64,000)")
      ->type_name("SIZE");
  verb.add_option("--max-overhead", options.max_overhead,
                  "Most work, as a factor F of the plain network's MACs")
      ->type_name("F");
  verb.add_option("--objective", options.objective,
                  "What to make small within the limits: ram or macs");
  verb.add_option("--input-mode", options.input_mode,
                  "Where inputs live: streamed, resident or external "
                  "(default: streamed where that keeps fewer rows)");
  verb.add_option("--method", options.method,
                  "Part of the plan space: full, line-buffer, streamnet or "
                  "plain (default full)");
}

Result<Planned> PlanFromOptions(const PlanOptions& options,
                                const Session& session) {
  PlanRequest request;
  request.progress = session.Progress("planning");
  if (options.objective != "ram" && options.objective != "macs") {
    return UserError("--objective",
                     "'" + options.objective + "' is not an objective of this "
                                               "version",
                     "one of: ram, macs");
  }
  if (!options.ram_limit.empty()) {
    MSF_ASSIGN(const int64_t limit,
               ParseSize(options.ram_limit, "--ram-limit"));
    request.ram_limit_bytes = limit;
  }
  if (options.max_overhead != 0) request.max_overhead = options.max_overhead;
  if (!options.input_mode.empty()) {
    MSF_ASSIGN(const InputMode mode, ParseInputMode(options.input_mode, "--input-mode"));
    request.input_mode = mode;
  }
  MSF_ASSIGN(request.method, ParseMethod(options.method, "--method"));
  Planned planned;
  MSF_ASSIGN(planned.network, LoadNetwork(options.model));
  MSF_ASSIGN(planned.model, MakePlan(planned.network.graph, request));
  return planned;
}

void AddInputOptions(CLI::App& verb, InputOptions& options) {
  verb.add_option("--input", options.inputs,
                  "random:SEED, or a file for each network input: raw bytes "
                  "(default random:1)")
      ->type_name("FILE|random:SEED");
  verb.add_option("--runs", options.runs, "Inferences (default 1)")
      ->check(CLI::Range(1, 1000000));
}

Result<RunRequest> RequestFromOptions(const InputOptions& options,
                                      const Graph& graph,
                                      const Session& session) {
  RunRequest request;
  request.runs = options.runs;
  request.progress = session.Progress("running");
  MSF_ASSIGN(request.input, ReadInputs(options.inputs, graph));
  return request;
}

}  // namespace msf
