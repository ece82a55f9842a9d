// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "msf/model.h"

#include "driver/compile.h"
#include "driver/network.h"
#include "driver/planner.h"
#include "driver/run.h"
#include "report/report.h"

namespace msf {
namespace {

Result<PlanRequest> RequestOf(const PlanLimits& limits) {
  PlanRequest request;
  request.ram_limit_bytes = limits.ram_limit_bytes;
  request.max_overhead = limits.max_overhead;
  request.watch.is_cancelled = limits.is_cancelled;
  if (!limits.input_mode.empty()) {
    MSF_ASSIGN(request.input_mode,
               ParseInputMode(limits.input_mode, "input_mode"));
  }
  if (!limits.method.empty()) {
    MSF_ASSIGN(request.method, ParseMethod(limits.method, "method"));
  }
  return request;
}

}  // namespace

int64_t ModelPlan::arena_bytes() const {
  return planned_->schedule.arena_bytes;
}

int64_t ModelPlan::macs() const { return planned_->schedule.macs; }

double ModelPlan::overhead_factor() const {
  return planned_->schedule.overhead_factor();
}

int64_t ModelPlan::lower_bound_bytes() const {
  return planned_->lower_bound_bytes;
}

std::string ModelPlan::ToJson() const {
  return Text(PlanJson(network_->graph, *planned_));
}

Outcome<bool> ModelPlan::Verify(int32_t runs) const {
  RunRequest request;
  request.runs = runs;
  const Result<RunReport> report =
      VerifyOnHost(network_->graph, planned_->schedule, request);
  if (!report) return report.error();
  if (report->equal) return true;
  return Diagnostic{.kind = ErrorKind::kInternal,
                    .where = network_->graph.source,
                    .what = ToText(*report)};
}

Outcome<std::vector<SourceFile>> ModelPlan::Emit(
    const std::string& name) const {
  const CompileRequest request{.name = name, .command_line = "msf::ModelPlan"};
  const Result<CompiledModel> model =
      CompileModel(network_->graph, planned_->schedule, request);
  if (!model) return model.error();
  std::vector<SourceFile> files;
  for (const EmittedFile& file : model->files) {
    files.push_back({file.path, file.contents});
  }
  files.push_back({"plan.json", ToJson()});
  return files;
}

Outcome<Model> Model::Load(const std::string& path) {
  Result<Network> network = LoadNetwork(path);
  if (!network) return network.error();
  return Model(std::make_shared<const Network>(std::move(*network)));
}

Outcome<ModelPlan> Model::Plan(const PlanLimits& limits) const {
  const Result<PlanRequest> request = RequestOf(limits);
  if (!request) return request.error();
  Result<PlannedModel> planned = MakePlan(network_->graph, *request);
  if (!planned) return planned.error();
  return ModelPlan(network_,
                   std::make_shared<const PlannedModel>(std::move(*planned)));
}

}  // namespace msf
