// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "session.h"

namespace msf {
namespace {

// The plan is picked from the front of all plans, so that its neighbours can
// be told.
void PrintPlan(const PlanOptions& options, Session& session) {
  const Result<PlannedFront> planned = WholeFrontFromOptions(options, session);
  if (!planned) return session.Fail(planned.error());
  const Graph& graph = planned->network.graph;
  const Result<size_t> point =
      PickPoint(graph, planned->front, planned->request);
  if (!point) return session.Fail(point.error());
  const PlannedModel model = PointOf(planned->front, *point);
  const Explanation explanation = Explain(planned->front, *point);
  Json json = PlanJson(graph, model);
  json["explain"] = ExplainJson(graph, explanation);
  session.Print(json, PlanText(graph, model, session.verbose) + "\n" +
                          ExplainText(graph, model.schedule, explanation,
                                      session.verbose));
}

}  // namespace

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
  verb->callback([options, &session] { PrintPlan(*options, session); });
}

}  // namespace msf
