// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "session.h"

namespace msf {
namespace {

// What of the options `compile` must be given too, to build a plan of the front.
std::string OptionsOfCompile(const PlanOptions& options) {
  std::string text;
  const auto add = [&](const char* name, const std::string& value) {
    text += std::string(" ") + name + " " + value;
  };
  if (options.method != "full") add("--method", options.method);
  if (!options.input_mode.empty()) add("--input-mode", options.input_mode);
  if (options.max_overhead) {
    add("--max-overhead", fmt::format("{:g}", *options.max_overhead));
  }
  if (options.max_latency_ms) {
    add("--max-latency", fmt::format("{:g}", *options.max_latency_ms));
  }
  if (options.target) add("--target", *options.target);
  if (!options.cost_file.empty()) add("--cost", options.cost_file);
  if (options.target) add("--objective", options.objective);
  return text;
}

}  // namespace

void AddFront(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand(
      "front",
      "Every plan that no other one beats in both RAM and work, from the least "
      "RAM on. Each can be built");
  auto options = std::make_shared<PlanOptions>();
  AddSpaceOptions(*verb, *options);
  verb->add_option("--objective", options->objective,
                   "What stands against RAM: macs, or cycles of --target "
                   "(default with --target)");
  verb->add_option("--epsilon", options->epsilon,
                   "A front within this part of the best is enough, in RAM and "
                   "MACs: 0.01 for one per cent (default 0: the front itself)")
      ->type_name("E");
  AddCommonOptions(*verb, session);
  verb->footer(
      "Example:\n  msfc front model.tflite\n"
      "  msfc front model.tflite --target nucleo-f446re   (RAM against ms)\n"
      "  msfc front model.tflite --ram-limit 64K -v   (why, and what to trade)");
  verb->callback([options, &session] {
    if (options->target && options->objective.empty()) {
      options->objective = "cycles";
    }
    const Result<PlannedFront> front = FrontFromOptions(*options, session);
    if (!front) return session.Fail(front.error());
    const Graph& graph = front->network.graph;
    session.Print(FrontJson(graph, front->front, front->request.method),
                  FrontText(graph, front->front, front->request.method,
                            session.verbose, OptionsOfCompile(*options)));
  });
}

}  // namespace msf
