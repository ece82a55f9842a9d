// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/compile.h"

#include "driver/target_build.h"
#include "driver/version.h"
#include "exec/verify.h"
#include "support/cancelled.h"
#include "support/random_bytes.h"
#include "target/emulate.h"
#include "target/target.h"

namespace msf {
namespace {

int64_t ConstantBytes(const KernelCall& call) {
  int64_t sum = 0;
  for (const ParamField& field : call.fields) {
    if (!field.array) continue;
    sum += static_cast<int64_t>(field.array->bytes.size());
  }
  return sum;
}

// Without what only the emulator's harness needs.
BuildSizes ProductOf(BuildSizes sizes) {
  sizes.ram_bytes -= sizes.harness_ram_bytes;
  sizes.flash_bytes -= sizes.harness_flash_bytes + sizes.input_flash_bytes;
  sizes.harness_ram_bytes = 0;
  sizes.harness_flash_bytes = 0;
  sizes.input_flash_bytes = 0;
  return sizes;
}

Result<void> GoOn(const Graph& graph, const CompileRequest& request) {
  if (!request.watch.IsCancelled()) return {};
  return Cancelled(graph.source, "compiling");
}

// Adds the size of the code on a target. Without its toolchain here there is
// none.
Result<void> Measure(const Graph& graph, const CompileRequest& request,
                     const std::string& id, CompiledModel& model) {
  const bool must_fit = request.must_fit.has_value();
  MSF_ASSIGN(const Target target, FindTarget(id));
  EmulationRequest build = TargetRequest(request.name, model.files);
  build.inputs.resize(graph.inputs.size());
  build.watch = request.watch;
  const Result<BuildSizes> sizes = BuildForTarget(target, build);
  MSF_RETURN_IF_ERROR(GoOn(graph, request));
  if (!sizes) {
    if (sizes.error().kind != ErrorKind::kUser) {
      return tl::unexpected(sizes.error());
    }
    if (must_fit) {
      model.notes.push_back("size and fit are not checked: " +
                            ToString(sizes.error()));
    }
    return {};
  }
  model.code_bytes[target.id] = sizes->text_bytes;
  if (!must_fit) return {};
  if (std::optional<Diagnostic> error = CheckFit(target, ProductOf(*sizes))) {
    return tl::unexpected(*std::move(error));
  }
  return {};
}

}  // namespace

int64_t ConstantBytes(const Schedule& schedule) {
  int64_t sum = 0;
  for (const ScheduleBlock& block : schedule.blocks) {
    for (const ScheduleStage& stage : block.stages) {
      for (const KernelCall* call : CallsOf(stage)) sum += ConstantBytes(*call);
    }
  }
  return sum;
}

Result<CompiledModel> CompileModel(const Graph& graph, const Schedule& schedule,
                                   const CompileRequest& request) {
  EmitOptions options{.name = request.name,
                      .command_line = request.command_line,
                      .version = kVersion,
                      .package = request.package};
  MSF_RETURN_IF_ERROR(CheckName(request.name));
  request.watch.Begin("verifying");
  RandomBytes stream(options.selftest_seed);
  const std::vector<Bytes> inputs = RandomInputs(graph, stream);
  VerifyReport verified =
      VerifyRun(graph, schedule, inputs, RunReference(graph, inputs));
  if (!verified.equal) {
    const Difference& difference = *verified.difference;
    return InternalError(graph.source, "the plan failed its verification: '" +
                                           difference.tensor + "' row " +
                                           std::to_string(difference.row) +
                                           " " + difference.reason);
  }
  MSF_RETURN_IF_ERROR(GoOn(graph, request));
  options.selftest_outputs = std::move(verified.outputs);

  CompiledModel model;
  model.weight_bytes = ConstantBytes(schedule);
  MSF_ASSIGN(model.files, EmitModel(graph, schedule, options));
  if (request.must_fit) {
    MSF_RETURN_IF_ERROR(Measure(graph, request, *request.must_fit, model));
    return model;
  }
  for (const std::string& id : request.targets) {
    MSF_RETURN_IF_ERROR(Measure(graph, request, id, model));
  }
  return model;
}

}  // namespace msf
