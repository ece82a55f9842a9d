// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "session.h"

namespace msf {

void AddPlan(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand(
      "plan",
      "The plan for the given limits, explained: blocks, stages, buffers. "
      "Without limits: the smallest RAM with no work done twice");
  auto options = std::make_shared<PlanOptions>();
  AddPlanOptions(*verb, *options);
  AddCommonOptions(*verb, session);
  verb->footer(
      "Example:\n  msfc plan model.tflite --ram-limit 64K\n"
      "  msfc plan model.tflite -v        (every stage)");
  verb->callback([options, &session] {
    const Result<Planned> planned = PlanFromOptions(*options, session);
    if (!planned) return session.Fail(planned.error());
    session.Print(
        PlanJson(planned->network.graph, planned->model),
        PlanText(planned->network.graph, planned->model, session.verbose));
  });
}

}  // namespace msf
