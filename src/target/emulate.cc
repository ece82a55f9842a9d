// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "target/emulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "support/embedded.h"
#include "support/process.h"
#include "target/harness_config.h"
#include "target/harness_report.h"
#include "target/image.h"

namespace msf {
namespace {

constexpr std::string_view kRuntimeRoom = "runtime/";

std::string Where(const Target& target, const EmulationRequest& request) {
  return "target " + target.id + ": model " + request.model_name;
}

Result<void> CheckRequest(const Target& target,
                          const EmulationRequest& request) {
  const std::string where = Where(target, request);
  if (!request.files.contains(request.model_name + ".h")) {
    return InternalError(where, "the header of the model is missing");
  }
  if (request.runs < 1) return UserError(where, "there are no runs to do");
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    const HarnessInput& input = request.inputs[i];
    const auto have = static_cast<int64_t>(input.data.size());
    const int64_t want = input.rows * input.row_bytes;
    if (have == 0 || have == want || have == want * request.runs) continue;
    return UserError(
        where, fmt::format("input {} takes {} bytes, not {}", i, want, have));
  }
  return {};
}

}  // namespace

Result<void> CheckEmulator(const Target& target) {
  if (!IsEmulated(target)) {
    std::string ids;
    for (const Target& other : AllTargets()) {
      if (!IsEmulated(other)) continue;
      ids += (ids.empty() ? "" : ", ") + other.id;
    }
    return UserError(
        "target " + target.id, "is a board: nothing here can run it",
        "emulated are " + ids +
            "; for the board, msfc compile --target " + target.id +
            " and its self-test");
  }
  if (FindProgram(target.emulator.command)) return {};
  return NotInstalled(target, target.emulator.command,
                      target.emulator.debian_package);
}

namespace {

std::vector<std::string> EmulatorCommand(const Target& target) {
  std::vector<std::string> command = {target.emulator.command};
  const auto& arguments = target.emulator.arguments;
  command.insert(command.end(), arguments.begin(), arguments.end());
  for (const char* part :
       {"-nographic", "-monitor", "none", "-serial", "none",
        "-semihosting-config", "enable=on,target=native", "-icount"}) {
    command.push_back(part);
  }
  command.push_back(fmt::format("shift={}", target.emulator.icount_shift));
  command.push_back("-kernel");
  command.push_back(kImageFile);
  return command;
}

std::string LastLine(std::string text) {
  while (!text.empty() &&
         std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.pop_back();
  }
  const std::size_t line = text.rfind('\n');
  return line == std::string::npos ? text : text.substr(line + 1);
}

// What a line that ends a run early means.
std::string Explain(const HarnessReport& report, const ElfImage& elf) {
  const auto number = [&](std::size_t i) {
    return i < report.failure_numbers.size() ? report.failure_numbers[i] : 0;
  };
  if (report.failure == "fault") {
    const std::string function = FunctionAt(elf, number(0));
    return fmt::format(
        "the program faulted at {:#x}{}{} (cause {:#x}, "
        "address {:#x})",
        number(0), function.empty() ? "" : " in ", function, number(1),
        number(2));
  }
  if (report.failure == "overrun") {
    return "the model wrote behind the end of its arena";
  }
  if (report.failure == "stack_overflow") {
    return fmt::format("the stack needs more than the {} bytes that are left",
                       number(0));
  }
  return fmt::format("{} returned {}",
                     report.failure == "init" ? "init" : "run",
                     static_cast<int32_t>(number(0)));
}

// Why a run that did not end well did not.
Diagnostic Failure(const Target& target, const EmulationRequest& request,
                   const ProcessResult& process, const HarnessReport& report,
                   const ElfImage& elf) {
  const std::string where = Where(target, request);
  if (!report.failure.empty()) {
    return InternalError(where, Explain(report, elf)).value();
  }
  if (process.timed_out) {
    return UserError(where,
                     fmt::format("the emulator had not ended after {} seconds",
                                 request.timeout_seconds),
                     "run it fewer times, or a smaller model")
        .value();
  }
  const std::size_t lockup = process.error.find("qemu: fatal: Lockup");
  if (lockup != std::string::npos) {
    // QEMU's word for a fault while a fault is being taken.
    return InternalError(where,
                         "the processor locked up with a fault: most likely "
                         "the stack left RAM")
        .value();
  }
  return InternalError(where, "the emulator stopped with a fault: " +
                                  LastLine(process.error))
      .value();
}

Result<EmulationResult> Collect(const Target& target,
                                const EmulationRequest& request,
                                const HarnessReport& report,
                                const BuildSizes& sizes) {
  EmulationResult result{.outputs = {},
                         .instructions = {},
                         .stack_bytes = report.stack_bytes,
                         .callback_stack_bytes = report.pull_stack_bytes,
                         .arena_bytes = report.arena_bytes,
                         .arena_linked_bytes = sizes.arena_bytes,
                         .arena_touched_bytes = report.touched_bytes,
                         .instance_bytes = report.instance_bytes,
                         .text_bytes = sizes.text_bytes,
                         .rodata_bytes = sizes.rodata_bytes,
                         .data_bytes = sizes.data_bytes,
                         .bss_bytes = sizes.bss_bytes};
  for (const auto& [index, run] : report.runs) {
    const auto& [first, second] = run.outputs;
    const auto differs = std::ranges::mismatch(first, second).in1;
    if (first != second) {
      return InternalError(
          Where(target, request),
          fmt::format("output depends on stale memory: run {}, byte {}", index,
                      differs - first.begin()));
    }
    result.outputs.push_back(first);
    result.instructions.push_back(Instructions(report, run));
  }
  if (result.outputs.size() != static_cast<std::size_t>(request.runs)) {
    return InternalError(Where(target, request), "runs are missing");
  }
  return result;
}

// How the emulator ends a program that did not end by itself.
Diagnostic ProgramFailure(const Target& target, const ProcessResult& process) {
  const std::string where = "target " + target.id;
  if (process.timed_out) {
    return UserError(where, "the emulator had not ended in time",
                     "measure less, or on a faster machine")
        .value();
  }
  return InternalError(where, "the emulator stopped with a fault: " +
                                  LastLine(process.error))
      .value();
}

}  // namespace

Result<std::string> EmulateProgram(const Target& target,
                                   ProgramRequest request) {
  MSF_RETURN_IF_ERROR(CheckEmulator(target));
  request.files.merge(MachineFiles(target));
  MSF_ASSIGN(const Image image, BuildProgram(target, std::move(request.files),
                                             request.watch));
  request.watch.Begin("running on " + target.id);
  MSF_ASSIGN(const ProcessResult process,
             RunProcess({.arguments = EmulatorCommand(target),
                         .directory = image.directory.path(),
                         .timeout_seconds = request.timeout_seconds,
                         .is_cancelled = request.watch.is_cancelled,
                         .on_line = request.on_line}));
  if (process.timed_out || process.exit_status != 0) {
    return tl::unexpected(ProgramFailure(target, process));
  }
  return process.error + "\n" + process.output;
}

std::map<std::string, std::string> RuntimeFiles() {
  std::map<std::string, std::string> files;
  for (const std::string& name : EmbeddedFiles(kRuntimeRoom)) {
    files[name.substr(kRuntimeRoom.size())] = *EmbeddedFile(name);
  }
  return files;
}

Result<BuildSizes> BuildForTarget(const Target& target,
                                  const EmulationRequest& request) {
  MSF_RETURN_IF_ERROR(CheckRequest(target, request));
  MSF_ASSIGN(const Image image, BuildImage(target, request));
  return image.sizes;
}

Result<EmulationResult> Emulate(const Target& target,
                                const EmulationRequest& request) {
  MSF_RETURN_IF_ERROR(CheckRequest(target, request));
  MSF_RETURN_IF_ERROR(CheckEmulator(target));
  MSF_ASSIGN(const Image image, BuildImage(target, request));
  if (std::optional<Diagnostic> error = CheckFit(target, image.sizes)) {
    return tl::unexpected(*std::move(error));
  }
  request.watch.Begin("running on " + target.id);
  const auto follow = [&request](std::string_view line) {
    if (const std::optional<int64_t> done = RunsDone(line, request.runs)) {
      request.watch.Report(*done, kPasses * request.runs);
    }
  };
  MSF_ASSIGN(const ProcessResult process,
             RunProcess({.arguments = EmulatorCommand(target),
                         .directory = image.directory.path(),
                         .timeout_seconds = request.timeout_seconds,
                         .is_cancelled = request.watch.is_cancelled,
                         .on_line = follow}));
  const HarnessReport report =
      ParseHarnessReport(process.error + "\n" + process.output);
  if (!report.ended || process.exit_status != 0) {
    return tl::unexpected(Failure(target, request, process, report, image.elf));
  }
  return Collect(target, request, report, image.sizes);
}

}  // namespace msf
