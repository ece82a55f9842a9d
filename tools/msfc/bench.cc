// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "driver/bench.h"
#include "session.h"
#include "support/cancelled.h"
#include "support/file.h"
#include "support/serial.h"

namespace msf {
namespace {

struct BenchOptions {
  std::vector<std::string> models;
  std::string target;
  std::string method = "full";
  std::optional<std::string> ram_limit;
  bool calibrate = false;
  std::string output;        // coefficients
  std::string board_source;  // directory
  std::string from_log;
  std::string serial;
  int baud = 115200;
};

// What the board has room for: as the target says, else a small one.
struct Board {
  std::string id = "board";
  BenchSize size = BenchSizeFor(512 * 1024, 64 * 1024);
};

Result<Board> BoardOf(const BenchOptions& options) {
  Board board;
  if (options.target.empty()) return board;
  MSF_ASSIGN(const Target target, FindTarget(options.target));
  board.id = target.id;
  board.size = BenchSizeFor(Memory(target, MemoryKind::kFlash).bytes,
                            Memory(target, MemoryKind::kRam).bytes);
  return board;
}

Result<std::string> ReadLog(const BenchOptions& options,
                            const Session& session) {
  if (!options.serial.empty()) {
    const Watch watch = session.Watching("measuring");
    watch.Begin("listening to " + options.serial);
    SerialRequest request{.device = options.serial,
                          .baud = options.baud,
                          .last_line = "msf end"};
    request.is_cancelled = watch.is_cancelled;
    request.progress = [watch](int64_t lines) {
      watch.Begin(fmt::format("measuring: {} lines", lines));
    };
    return ReadSerial(request);
  }
  MSF_ASSIGN(const std::vector<uint8_t> bytes, ReadFile(options.from_log));
  return std::string(bytes.begin(), bytes.end());
}

Result<CalibratedTarget> Calibrate(const BenchOptions& options,
                                   const Session& session) {
  MSF_ASSIGN(const Board board, BoardOf(options));
  if (!options.serial.empty() || !options.from_log.empty()) {
    MSF_ASSIGN(const std::string log, ReadLog(options, session));
    return CalibrateFromLog(
        log, options.serial.empty() ? options.from_log : options.serial,
        board.id, board.size);
  }
  if (options.target.empty()) {
    return UserError("--calibrate", "does not say what to measure",
                     "--target ID for an emulated core, --board-source DIR "
                     "for a board of yours");
  }
  MSF_ASSIGN(const Target target, FindTarget(options.target));
  return CalibrateOnEmulator(target, board.size,
                             session.Watching("measuring"));
}

Result<void> WriteText(const std::string& path, const std::string& text) {
  return WriteFileAtomically(path,
                             std::vector<uint8_t>(text.begin(), text.end()));
}

Result<int64_t> WriteBoardSources(const BenchOptions& options,
                                  const Session& session) {
  MSF_ASSIGN(const Board board, BoardOf(options));
  const Watch watch = session.Watching("making the benchmark");
  const std::map<std::string, std::string> sources = BoardSources(board.size);
  std::vector<NewFile> files;
  for (const auto& [name, text] : sources) {
    const std::filesystem::path path =
        std::filesystem::path(options.board_source) / name;
    // What the user has filled in stays.
    if (name == "board.h" && std::filesystem::exists(path)) continue;
    files.push_back({path.string(), text});
  }
  MSF_RETURN_IF_ERROR(WriteFilesTogether(files, [&]() -> Result<void> {
    if (watch.IsCancelled()) return Cancelled(options.board_source, "writing");
    return {};
  }));
  return std::ssize(files);
}

void RunBoardSource(const BenchOptions& options, Session& session) {
  const Result<int64_t> count = WriteBoardSources(options, session);
  if (!count) return session.Fail(count.error());
  const std::string target =
      options.target.empty() ? "" : " --target " + options.target;
  session.Print(
      Json{{"directory", options.board_source}, {"files", *count}},
      fmt::format("{0} files in {1}\n"
                  "1. fill in {1}/board.h: how your board prints\n"
                  "2. compile every .cpp as C++17 with -O2 -DNDEBUG -I{1}, with "
                  "your board's startup code; flash it\n"
                  "3. msfc bench --calibrate{2} --serial /dev/ttyACM0 -o FILE, "
                  "or --from-log of what it printed\n"
                  "4. msfc front MODEL --target {3} --cost FILE\n",
                  *count, options.board_source, target,
                  options.target.empty() ? "ID" : options.target));
}

void RunCalibrate(const BenchOptions& options, Session& session) {
  const Result<CalibratedTarget> done = Calibrate(options, session);
  if (!done) return session.Fail(done.error());
  const Json json = CostJson(*done, session.command_line);
  if (!options.output.empty()) {
    const Result<void> written = WriteText(options.output, Text(json));
    if (!written) return session.Fail(written.error());
  }
  session.Print(json, CalibrationText(*done));
}

Result<BenchedModel> BenchModel(const BenchOptions& options,
                                const std::string& model,
                                const Target& target,
                                const Session& session) {
  PlanOptions plan{.model = model,
                   .ram_limit = options.ram_limit,
                   .method = options.method};
  MSF_ASSIGN(const Planned planned, PlanFromOptions(plan, session));
  MSF_ASSIGN(const RunReport run,
             RunOnTarget(planned.network.graph, planned.model.schedule, target,
                         {.watch = session.Watching("measuring")}));
  return BenchedModel{.model = model,
                      .plain_macs = planned.model.schedule.plain_macs,
                      .overhead_factor =
                          planned.model.schedule.overhead_factor(),
                      .run = run};
}

void RunModels(const BenchOptions& options, Session& session) {
  const Result<Target> target =
      FindTarget(options.target.empty() ? "m4" : options.target);
  if (!target) return session.Fail(target.error());
  std::vector<BenchedModel> models;
  for (const std::string& model : options.models) {
    Result<BenchedModel> done = BenchModel(options, model, *target, session);
    if (!done) return session.Fail(done.error());
    if (!done->run.equal) session.exit_code = 3;
    models.push_back(*std::move(done));
  }
  session.Print(ModelsJson(models), ModelsText(models));
}

void Bench(const BenchOptions& options, Session& session) {
  if (!options.board_source.empty()) return RunBoardSource(options, session);
  if (options.calibrate || !options.from_log.empty() ||
      !options.serial.empty()) {
    return RunCalibrate(options, session);
  }
  if (options.models.empty()) {
    return session.Fail({.where = "msfc bench",
                         .what = "neither a model nor --calibrate is given",
                         .hint = "msfc bench model.tflite --target m4, or "
                                 "msfc bench --calibrate --target m4"});
  }
  RunModels(options, session);
}

}  // namespace

void AddBench(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand(
      "bench",
      "Measures models on an emulated target, or finds out what kernels cost "
      "there or on a board of yours");
  auto options = std::make_shared<BenchOptions>();
  verb->add_option("models", options->models, "Networks, .tflite files")
      ->type_name("MODEL");
  verb->add_option("--target", options->target,
                   "Target to measure on (default m4), or the board whose "
                   "memories the benchmark must fit: see msfc targets");
  verb->add_option("--method", options->method,
                   "Part of the plan space, as for msfc plan");
  verb->add_option("--ram-limit", options->ram_limit,
                   "Most bytes of arena, as for msfc plan")
      ->type_name("SIZE");
  verb->add_flag("--calibrate", options->calibrate,
                 "Measure kernels and fit what their features cost");
  verb->add_option("-o,--output", options->output,
                   "Write the coefficients here, for --cost")
      ->type_name("FILE");
  verb->add_option("--board-source", options->board_source,
                   "Write the benchmark's sources for a board here instead")
      ->type_name("DIR");
  verb->add_option("--from-log", options->from_log,
                   "Fit what a board printed into this file")
      ->type_name("FILE");
  verb->add_option("--serial", options->serial,
                   "Fit what a board prints on this serial port")
      ->type_name("DEVICE");
  verb->add_option("--baud", options->baud, "Its speed (default 115200)");
  AddCommonOptions(*verb, session);
  verb->footer(
      "Example:\n  msfc bench model.tflite --target m4 --method line-buffer\n"
      "  msfc bench --calibrate --target m4 -o m4.json\n"
      "  msfc bench --calibrate --board-source bench --target nucleo-f446re\n"
      "  msfc bench --calibrate --serial /dev/ttyACM0 --target nucleo-f446re "
      "-o my_board.json");
  verb->callback([options, &session] { Bench(*options, session); });
}

}  // namespace msf
