// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What msfc prints: each report as JSON for scripts (keys are a contract, see
// docs/cli.md) and as text for people.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "driver/analyze.h"
#include "driver/bench.h"
#include "driver/compile.h"
#include "driver/doctor.h"
#include "driver/explain.h"
#include "driver/planner.h"
#include "driver/predict.h"
#include "driver/run.h"
#include "msf/diagnostic.h"

namespace msf {

using Json = nlohmann::ordered_json;

// Indented, with a newline at the end. Bytes that are no UTF-8 (names in a
// file may hold anything) become U+FFFD.
std::string Text(const Json& json);

Json ToJson(const Diagnostic& diagnostic);

Json ToJson(const Analysis& analysis);
std::string ToText(const Analysis& analysis);

// "predicted" of a plan.
Json PredictedJson(const std::vector<Prediction>& predicted);
// The one for the target of the request; null if there is none.
const Prediction* AskedFor(const std::vector<Prediction>& predicted,
                           const std::optional<Target>& target);
Json ToJson(const Latency& latency);
// "12,345,678 instructions", "12,345,678 cycles, 68.6 ms".
std::string PredictedText(const Latency& latency);

Json PlanJson(const Graph& graph, const PlannedModel& model);
// One line a block, and what sets the peak and what the plans beside it on the
// front would change; with `every_stage`, one line a stage too.
std::string PlanText(const Graph& graph, const PlannedModel& model,
                     bool every_stage);

Json ExplainJson(const Graph& graph, const Explanation& explanation);
// With `all`, every buffer and every change; else the first few.
std::string ExplainText(const Graph& graph, const PlannedModel& model,
                        bool all);

Json FrontJson(const Graph& graph, const ModelFront& front, Method method);
// One line a plan; with `explained`, each plan's peak and what its neighbours
// would change. `options`: with which the command line builds a plan of this
// front, each with a space before it.
std::string FrontText(const Graph& graph, const ModelFront& front,
                      Method method, bool explained,
                      const std::string& options);

Json ToJson(const RunReport& report);
std::string ToText(const RunReport& report);

Json ModelsJson(const std::vector<BenchedModel>& models);
std::string ModelsText(const std::vector<BenchedModel>& models);

// The coefficients as a file of targets/cost; `command` made them.
Json CostJson(const CalibratedTarget& target, const std::string& command);
// How well they explain what was measured, by kernel.
std::string CalibrationText(const CalibratedTarget& target);

Json OpsJson();
std::string OpsText();
std::string OpsMarkdown();

Json TargetsJson();
std::string TargetsText();
std::string TargetsMarkdown();

Json ToJson(const DoctorReport& report);
std::string ToText(const DoctorReport& report);

}  // namespace msf
