// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/compile.h"

#include "driver/target_build.h"
#include "driver/version.h"
#include "exec/verify.h"
#include "support/random_bytes.h"
#include "target/emulate.h"
#include "target/target.h"

namespace msf {
namespace {

int64_t ConstantBytes(const Schedule& schedule) {
  int64_t sum = 0;
  for (const ScheduleBlock& block : schedule.blocks) {
    for (const ScheduleStage& stage : block.stages) {
      for (const ParamField& field : stage.call.fields) {
        if (!field.array) continue;
        sum += static_cast<int64_t>(field.array->bytes.size());
      }
    }
  }
  return sum;
}

}  // namespace

Result<CompiledModel> CompileModel(const Graph& graph,
                                   const Schedule& schedule,
                                   const CompileRequest& request) {
  EmitOptions options{.name = request.name,
                      .command_line = request.command_line,
                      .version = kVersion,
                      .package = request.package};
  RandomBytes stream(options.selftest_seed);
  const std::vector<Bytes> inputs = RandomInputs(graph, stream);
  VerifyReport verified =
      VerifyRun(graph, schedule, inputs, RunReference(graph, inputs));
  if (!verified.equal) {
    const Difference& difference = *verified.difference;
    return InternalError(graph.source,
                         "the plan failed its verification: '" +
                             difference.tensor + "' row " +
                             std::to_string(difference.row) + " " +
                             difference.reason);
  }
  options.selftest_outputs = std::move(verified.outputs);

  CompiledModel model;
  model.weight_bytes = ConstantBytes(schedule);
  MSF_ASSIGN(model.files, EmitModel(graph, schedule, options));
  for (const std::string& id : request.targets) {
    MSF_ASSIGN(const Target target, FindTarget(id));
    EmulationRequest build = TargetRequest(request.name, model.files);
    build.inputs.resize(graph.inputs.size());
    const Result<BuildSizes> sizes = BuildForTarget(target, build);
    if (sizes) model.code_bytes[target.id] = sizes->text_bytes;
  }
  return model;
}

}  // namespace msf
