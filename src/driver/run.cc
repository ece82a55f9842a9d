// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/run.h"

#include <algorithm>

#include "driver/predict.h"
#include "driver/target_build.h"
#include "exec/executor.h"
#include "support/cancelled.h"
#include "support/crc32.h"
#include "support/random_bytes.h"
#include "target/emulate.h"

namespace msf {
namespace {

// The inputs of each run, one after the other.
class InputSource {
 public:
  InputSource(const Graph& graph, const RunInput& input)
      : graph_(graph), input_(input), stream_(input.seed) {}

  std::vector<Bytes> Next() {
    if (input_.data.empty()) return RandomInputs(graph_, stream_);
    std::vector<Bytes> inputs;
    for (const std::vector<Bytes>& samples : input_.data) {
      inputs.push_back(samples.size() == 1 ? samples[0] : samples[run_]);
    }
    ++run_;
    return inputs;
  }

 private:
  const Graph& graph_;
  const RunInput& input_;
  RandomBytes stream_;
  size_t run_ = 0;
};

RunReport NewReport(const Schedule& schedule, const RunRequest& request) {
  RunReport report;
  report.runs = request.runs;
  report.equal = true;
  report.arena_bytes = schedule.arena_bytes;
  report.arena_macro_bytes = schedule.arena_bytes;
  report.arena_linked_bytes = schedule.arena_bytes;
  return report;
}

void AddOutputs(RunReport& report, std::vector<Bytes> outputs) {
  uint32_t crc = 0;
  for (const Bytes& output : outputs) crc = Crc32(output, crc);
  report.output_crc32.push_back(crc);
  report.outputs.push_back(std::move(outputs));
}

void NoteDifference(RunReport& report, int32_t run, Difference difference) {
  report.equal = false;
  if (report.first_difference) return;
  report.first_difference = std::move(difference);
  report.first_difference_run = run;
}

// The first byte in which the outputs depart from the reference's.
void CompareOutputs(const Graph& graph, const std::vector<Bytes>& expected,
                    const std::vector<Bytes>& got, int32_t run,
                    RunReport& report) {
  for (size_t i = 0; i < expected.size(); ++i) {
    if (got[i] == expected[i]) continue;
    const auto at = std::mismatch(expected[i].begin(), expected[i].end(),
                                  got[i].begin(), got[i].end());
    Difference difference{
        .op = "output",
        .tensor = graph.outputs[i].name,
        .byte = at.first - expected[i].begin(),
        .expected = at.first == expected[i].end()
                        ? 0
                        : static_cast<int8_t>(*at.first),
        .got = at.second == got[i].end() ? 0
                                         : static_cast<int8_t>(*at.second),
        .reason = "differs from the reference"};
    NoteDifference(report, run, std::move(difference));
  }
}

// Before each run, and after the last one.
Result<void> Follow(const Graph& graph, const RunRequest& request,
                    int32_t done) {
  request.watch.Report(done, request.runs);
  if (!request.watch.IsCancelled()) return {};
  return Cancelled(graph.source, "the run");
}

HarnessInput HarnessInputOf(const Graph& graph, const Port& port,
                            InputMode mode) {
  const Tensor& tensor = graph.tensor(port.tensor);
  HarnessInput input;
  input.mode = mode == InputMode::kStreamed   ? HarnessInputMode::kStreamed
               : mode == InputMode::kResident ? HarnessInputMode::kResident
                                              : HarnessInputMode::kExternal;
  input.rows = tensor.hwc.h;
  input.row_bytes = tensor.row_bytes();
  input.is_float = tensor.dtype == DType::kFloat32;
  return input;
}

std::vector<Bytes> SplitOutputs(const Graph& graph, const Bytes& bytes) {
  std::vector<Bytes> outputs;
  auto begin = bytes.begin();
  for (const Port& port : graph.outputs) {
    const auto end =
        begin + std::min<int64_t>(graph.tensor(port.tensor).bytes(),
                                  bytes.end() - begin);
    outputs.emplace_back(begin, end);
    begin = end;
  }
  return outputs;
}

}  // namespace

Result<RunReport> RunOnHost(const Graph& graph, const Schedule& schedule,
                            const RunRequest& request) {
  RunReport report = NewReport(schedule, request);
  InputSource source(graph, request.input);
  Executor executor(graph, schedule);
  request.watch.Begin("running");
  for (int32_t run = 0; run < request.runs; ++run) {
    MSF_RETURN_IF_ERROR(Follow(graph, request, run));
    const std::vector<Bytes> inputs = source.Next();
    const std::vector<Bytes> expected =
        OutputsOf(graph, RunReference(graph, inputs));
    std::vector<Bytes> got = executor.Run(inputs);
    CompareOutputs(graph, expected, got, run, report);
    AddOutputs(report, std::move(got));
  }
  MSF_RETURN_IF_ERROR(Follow(graph, request, request.runs));
  report.arena_touched_bytes = executor.touched_bytes();
  return report;
}

Result<RunReport> VerifyOnHost(const Graph& graph, const Schedule& schedule,
                               const RunRequest& request) {
  RunReport report = NewReport(schedule, request);
  InputSource source(graph, request.input);
  Executor executor(graph, schedule);
  request.watch.Begin("verifying");
  for (int32_t run = 0; run < request.runs; ++run) {
    MSF_RETURN_IF_ERROR(Follow(graph, request, run));
    const std::vector<Bytes> inputs = source.Next();
    const std::vector<Bytes> reference = RunReference(graph, inputs);
    VerifyReport verified = VerifyRun(graph, schedule, inputs, reference);
    if (!verified.equal) {
      NoteDifference(report, run, std::move(*verified.difference));
      AddOutputs(report, OutputsOf(graph, reference));
      continue;
    }
    report.nodes_compared = verified.nodes_compared;
    AddOutputs(report, std::move(verified.outputs));
    executor.Run(inputs);
  }
  MSF_RETURN_IF_ERROR(Follow(graph, request, request.runs));
  report.arena_touched_bytes = executor.touched_bytes();
  return report;
}

Result<RunReport> RunOnTarget(const Graph& graph, const Schedule& schedule,
                              const Target& target, const RunRequest& request) {
  MSF_ASSIGN(EmulationRequest emulation, TargetRequest(graph, schedule));
  emulation.runs = request.runs;
  emulation.random_seed = request.input.seed;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    HarnessInput input = HarnessInputOf(graph, graph.inputs[i],
                                        schedule.plan.input_mode);
    if (!request.input.data.empty()) {
      for (const Bytes& sample : request.input.data[i]) {
        input.data.insert(input.data.end(), sample.begin(), sample.end());
      }
    }
    emulation.inputs.push_back(std::move(input));
  }
  emulation.watch = request.watch;
  const Result<EmulationResult> emulated = Emulate(target, emulation);
  if (request.watch.IsCancelled()) return Cancelled(graph.source, "the run");
  if (!emulated) return tl::unexpected(emulated.error());
  const EmulationResult& result = *emulated;

  RunReport report = NewReport(schedule, request);
  report.on = target.id;
  report.arena_macro_bytes = result.arena_bytes;
  report.arena_linked_bytes = result.arena_linked_bytes;
  report.arena_touched_bytes = result.arena_touched_bytes;
  report.stack_bytes = result.stack_bytes;
  report.instructions = result.instructions;
  if (const Result<Prediction> predicted = Predict(schedule, target)) {
    report.predicted_instructions = predicted->instructions;
  }
  InputSource source(graph, request.input);
  request.watch.Begin("comparing");
  for (int32_t run = 0; run < request.runs; ++run) {
    MSF_RETURN_IF_ERROR(Follow(graph, request, run));
    const std::vector<Bytes> expected =
        OutputsOf(graph, RunReference(graph, source.Next()));
    std::vector<Bytes> got =
        SplitOutputs(graph, result.outputs[static_cast<size_t>(run)]);
    CompareOutputs(graph, expected, got, run, report);
    AddOutputs(report, std::move(got));
  }
  return report;
}

}  // namespace msf
