// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "session.h"

namespace msf {

void AddVerify(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand(
      "verify",
      "Runs the plan over shadow memory and compares every byte of every node "
      "with the reference");
  auto plan = std::make_shared<PlanOptions>();
  auto input = std::make_shared<InputOptions>();
  AddPlanOptions(*verb, *plan);
  AddInputOptions(*verb, *input);
  AddCommonOptions(*verb, session);
  verb->footer("Example:\n  msfc verify model.tflite --runs 3");
  verb->callback([plan, input, &session] {
    const Result<Planned> planned = PlanFromOptions(*plan, session);
    if (!planned) return session.Fail(planned.error());
    const Graph& graph = planned->network.graph;
    const Result<RunRequest> request =
        RequestFromOptions(*input, graph, session);
    if (!request) return session.Fail(request.error());
    const Result<RunReport> report =
        VerifyOnHost(graph, planned->model.schedule, *request);
    if (!report) return session.Fail(report.error());
    session.Print(ToJson(*report), ToText(*report));
    if (!report->equal) session.exit_code = 3;
  });
}

}  // namespace msf
