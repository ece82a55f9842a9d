// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/network.h"
#include "driver/planner.h"
#include "report/report.h"
#include "support/result.h"
#include "support/watch.h"

namespace msf {

// What a verb needs to talk to the user. One for the life of the program.
struct Session {
  bool json = false;
  bool verbose = false;
  bool quiet = false;
  int exit_code = 0;
  std::string command_line;  // as typed

  // Prints one of the two to stdout, as --json says. What cannot be written
  // (a full disk, a closed pipe) is an error.
  void Print(const Json& as_json, const std::string& as_text);
  void Print(const std::string& text);
  // A note to stderr, unless --quiet.
  void Note(const std::string& text) const;
  // Prints the error where it belongs and sets the exit code.
  void Fail(const Diagnostic& diagnostic);
  // A progress line on a terminal, cleared before anything else is printed;
  // and Ctrl-C cancels, a second one ends the program at once. That goes on
  // between the parts of the work until something is printed.
  Watch Watching(const std::string& what) const;
  // Takes the progress line off the terminal.
  void ClearProgress() const;

 private:
  struct ProgressLine;

  std::shared_ptr<ProgressLine> Line(const std::string& what) const;

  std::shared_ptr<bool> progress_is_shown_ = std::make_shared<bool>(false);
  mutable std::shared_ptr<const void> interrupt_note_;
};

// --json, -v, -q: every verb has them.
void AddCommonOptions(CLI::App& verb, Session& session);

// The limits that choose a plan, shared by plan, compile, run, verify; all but
// the objective also by front.
struct PlanOptions {
  std::string model;
  std::optional<std::string> ram_limit;
  std::optional<double> max_overhead;
  std::optional<double> max_latency_ms;
  std::string input_mode;
  std::string method = "full";
  double epsilon = 0;  // front only
  std::string objective;
  std::optional<std::string> target;
  std::string cost_file;
  bool must_predict = true;  // a target without known costs is an error
};
void AddSpaceOptions(CLI::App& verb, PlanOptions& options);
void AddPlanOptions(CLI::App& verb, PlanOptions& options);

// The network and the plan that the options ask for.
struct Planned {
  Network network;
  PlannedModel model;
};
Result<Planned> PlanFromOptions(const PlanOptions& options,
                                const Session& session);

// The network and all plans within the options' limits.
struct PlannedFront {
  Network network;
  PlanRequest request;
  ModelFront front;
};
Result<PlannedFront> FrontFromOptions(const PlanOptions& options,
                                      const Session& session);

// --input, --pixel-range, --runs.
struct InputOptions {
  std::vector<std::string> inputs;
  std::optional<std::string> pixel_range;
  int32_t runs = 1;
};
void AddInputOptions(CLI::App& verb, InputOptions& options);
Result<RunRequest> RequestFromOptions(const InputOptions& options,
                                      const Graph& graph,
                                      const Session& session);

// One function for each verb; called by main.
void AddAnalyze(CLI::App& app, Session& session);
void AddPlan(CLI::App& app, Session& session);
void AddFront(CLI::App& app, Session& session);
void AddCompile(CLI::App& app, Session& session);
void AddRun(CLI::App& app, Session& session);
void AddVerify(CLI::App& app, Session& session);
void AddBench(CLI::App& app, Session& session);
void AddOps(CLI::App& app, Session& session);
void AddTargets(CLI::App& app, Session& session);
void AddDoctor(CLI::App& app, Session& session);

}  // namespace msf
