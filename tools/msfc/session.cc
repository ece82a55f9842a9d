// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <system_error>

#include "driver/input.h"
#include "support/file.h"
#include "support/size.h"

namespace msf {
namespace {

constexpr auto kProgressInterval = std::chrono::milliseconds(200);

// Nobody can be told of a stderr that fails.
void ToStderr(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

// Ctrl-C, the end that `timeout` and build servers ask for, a closed terminal.
constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

// The signal that came, or 0. Threads ask.
std::atomic<int> interrupted = 0;
static_assert(std::atomic<int>::is_always_lock_free);

void Interrupt(int signal) {
  interrupted = signal;
  std::signal(signal, SIG_DFL);
}

// These signals only make a note while this lives.
class InterruptNote {
 public:
  InterruptNote() {
    for (size_t i = 0; i < kSignals.size(); ++i) {
      before_[i] = std::signal(kSignals[i], Interrupt);
      // Who ignores it (nohup, a job in the background) goes on to.
      if (before_[i] == SIG_IGN) std::signal(kSignals[i], SIG_IGN);
    }
  }
  ~InterruptNote() {
    for (size_t i = 0; i < kSignals.size(); ++i) {
      std::signal(kSignals[i], before_[i]);
    }
  }
  InterruptNote(const InterruptNote&) = delete;
  InterruptNote& operator=(const InterruptNote&) = delete;

 private:
  std::array<void (*)(int), kSignals.size()> before_;
};

}  // namespace

void Session::Print(const Json& as_json, const std::string& as_text) {
  Print(json ? Text(as_json) : as_text);
}

void Session::Print(const std::string& text) {
  ClearProgress();
  interrupt_note_.reset();
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
      std::fflush(stdout) == 0;
  if (written) return;
  const std::string reason = std::generic_category().message(errno);
  ToStderr("msfc: stdout: cannot be written: " + reason + "\n");
  exit_code = static_cast<int>(ErrorKind::kUser);
}

void Session::Note(const std::string& text) const {
  if (quiet) return;
  ClearProgress();
  ToStderr("msfc: note: " + text + "\n");
}

void Session::Fail(const Diagnostic& diagnostic) {
  exit_code = static_cast<int>(diagnostic.kind);
  // As shells tell of a program that a signal ended.
  if (diagnostic.kind == ErrorKind::kCancelled) exit_code = 128 + interrupted;
  if (json) return Print(Text(ToJson(diagnostic)));
  ClearProgress();
  interrupt_note_.reset();
  ToStderr("msfc: " + ToString(diagnostic) + "\n");
}

void Session::ClearProgress() const {
  if (*progress_is_shown_) ToStderr("\r\033[K");
  *progress_is_shown_ = false;
}

// What somebody at a terminal sees of what goes on.
struct Session::ProgressLine {
  using Clock = std::chrono::steady_clock;

  std::string what;
  std::shared_ptr<bool> is_shown;
  Clock::time_point next = {};  // not to be written before

  void Show(const std::string& text) {
    *is_shown = true;
    next = Clock::now() + kProgressInterval;
    ToStderr("\r\033[K" + text);
  }
  void Report(int64_t done, int64_t total) {
    if (Clock::now() < next || total <= 0) return;
    Show(fmt::format("{} {}%", what, 100 * done / total));
  }
  void Begin(const std::string& begun) {
    what = begun;
    Show(what);
  }
};

std::shared_ptr<Session::ProgressLine> Session::Line(
    const std::string& what) const {
  if (quiet || isatty(STDERR_FILENO) == 0) return nullptr;
  return std::make_shared<ProgressLine>(
      ProgressLine{.what = what, .is_shown = progress_is_shown_});
}

Watch Session::Watching(const std::string& what) const {
  if (!interrupt_note_) {
    interrupt_note_ = std::make_shared<const InterruptNote>();
  }
  Watch watch;
  watch.is_cancelled = [note = interrupt_note_] { return interrupted != 0; };
  const std::shared_ptr<ProgressLine> line = Line(what);
  if (!line) return watch;
  watch.progress = [line](int64_t done, int64_t total) {
    line->Report(done, total);
  };
  watch.begin = [line](const std::string& begun) { line->Begin(begun); };
  return watch;
}

void AddCommonOptions(CLI::App& verb, Session& session) {
  verb.add_flag("--json", session.json, "One JSON object on stdout");
  verb.add_flag("-v,--verbose", session.verbose, "More detail");
  verb.add_flag("-q,--quiet", session.quiet, "No notes, no progress");
}

void AddSpaceOptions(CLI::App& verb, PlanOptions& options) {
  verb.add_option("model", options.model, "The network, a .tflite file")
      ->required()
      ->type_name("MODEL");
  verb.add_option("--ram-limit", options.ram_limit,
                  "Most bytes of arena: 65536, 64K or 64KiB (65,536) or 64kB "
                  "(64,000)")
      ->type_name("SIZE");
  verb.add_option("--max-overhead", options.max_overhead,
                  "Most work, as a factor F of the plain network's MACs, at "
                  "least 1")
      ->type_name("F");
  verb.add_option("--max-latency", options.max_latency_ms,
                  "Most milliseconds of an inference on --target, as predicted")
      ->type_name("MS");
  verb.add_option("--input-mode", options.input_mode,
                  "Where inputs live: streamed, resident or external "
                  "(default: streamed where that keeps fewer rows)");
  verb.add_option("--method", options.method,
                  "Part of the plan space: full, line-buffer, msf-cnn, "
                  "mcunetv2, streamnet or plain (default full)");
  verb.add_option("--target", options.target,
                  "Board or core whose instructions, cycles and milliseconds "
                  "to predict: see msfc targets");
  verb.add_option("--cost", options.cost_file,
                  "What kernels cost there, from msfc bench --calibrate -o "
                  "(default: what msfc knows)")
      ->type_name("FILE");
}

void AddPlanOptions(CLI::App& verb, PlanOptions& options) {
  AddSpaceOptions(verb, options);
  verb.add_option("--objective", options.objective,
                  "What to make small within the limits: ram, macs or cycles, "
                  "those of --target (default: macs with --ram-limit, or cycles "
                  "if --max-latency is there too; else ram)");
}

namespace {

Result<Objective> ParseObjective(const std::string& text) {
  if (text == "ram") return Objective::kRam;
  if (text == "macs") return Objective::kMacs;
  if (text == "cycles") return Objective::kCycles;
  return UserError("--objective", "'" + text + "' is not an objective",
                   "one of: ram, macs, cycles");
}

// Lets the target's kernels cost what a file says. Its core's file will do for
// a board, which makes cycles of the instructions.
Result<void> UseCost(const TargetCost& cost, const std::string& file,
                     Target& target) {
  const bool is_own = cost.measured_on == target.id;
  if (!is_own &&
      !(target.cost && cost.measured_on == target.cost->measured_on)) {
    return UserError("--cost",
                     file + " was measured on " + cost.measured_on +
                         ", which says nothing about " + target.id,
                     "measure there: msfc bench --calibrate --target " +
                         target.id + " -o FILE");
  }
  TargetCost used = cost;
  used.basis = "measured, " + file;
  if (!is_own && cost.unit == "instructions") {
    used.cycles_per_instruction = target.cost->cycles_per_instruction;
    used.flash_cycles_per_byte = target.cost->flash_cycles_per_byte;
    used.cache_bytes = target.cost->cache_bytes;
    used.basis = "instructions measured on " + cost.measured_on + ", " + file +
                 "; what a cycle and a byte of flash take: msfc targets";
  }
  target.cost = std::move(used);
  return {};
}

// The target of --target, with the costs of --cost.
Result<std::optional<Target>> TargetFromOptions(const PlanOptions& options) {
  if (!options.target) {
    if (options.cost_file.empty()) return std::nullopt;
    return UserError("--cost", "is of no use without --target",
                     "say for which: --target ID");
  }
  MSF_ASSIGN(Target target, FindTarget(*options.target));
  if (!options.cost_file.empty()) {
    MSF_ASSIGN(const std::vector<uint8_t> bytes, ReadFile(options.cost_file));
    MSF_ASSIGN(const TargetCost cost,
               ParseCost(std::string(bytes.begin(), bytes.end()),
                         options.cost_file));
    MSF_RETURN_IF_ERROR(UseCost(cost, options.cost_file, target));
  }
  if (options.must_predict) MSF_RETURN_IF_ERROR(CostModelOf(target));
  return target;
}

Result<PlanRequest> RequestFromOptions(const PlanOptions& options,
                                       const Session& session) {
  PlanRequest request;
  request.watch = session.Watching("planning");
  request.watch.Begin("planning");
  request.epsilon = options.epsilon;
  if (!options.objective.empty()) {
    MSF_ASSIGN(const Objective objective, ParseObjective(options.objective));
    request.objective = objective;
  }
  if (options.ram_limit) {
    MSF_ASSIGN(const int64_t limit,
               ParseSize(*options.ram_limit, "--ram-limit"));
    request.ram_limit_bytes = limit;
  }
  request.max_overhead = options.max_overhead;
  request.max_latency_ms = options.max_latency_ms;
  if (!options.input_mode.empty()) {
    MSF_ASSIGN(const InputMode mode,
               ParseInputMode(options.input_mode, "--input-mode"));
    request.input_mode = mode;
  }
  MSF_ASSIGN(request.method, ParseMethod(options.method, "--method"));
  MSF_ASSIGN(request.target, TargetFromOptions(options));
  return request;
}

}  // namespace

Result<PlannedFront> FrontFromOptions(const PlanOptions& options,
                                      const Session& session) {
  PlannedFront planned;
  MSF_ASSIGN(planned.request, RequestFromOptions(options, session));
  MSF_ASSIGN(planned.network, LoadNetwork(options.model));
  MSF_ASSIGN(planned.front, MakeFront(planned.network.graph, planned.request));
  session.ClearProgress();
  return planned;
}

Result<Planned> PlanFromOptions(const PlanOptions& options,
                                const Session& session) {
  MSF_ASSIGN(const PlanRequest request, RequestFromOptions(options, session));
  Planned planned;
  MSF_ASSIGN(planned.network, LoadNetwork(options.model));
  MSF_ASSIGN(planned.model, MakePlan(planned.network.graph, request));
  session.ClearProgress();
  return planned;
}

void AddInputOptions(CLI::App& verb, InputOptions& options) {
  verb.add_option("--input", options.inputs,
                  "random:SEED, or a file for each network input: .npy, .csv, "
                  "an image, or else raw bytes (default random:1)")
      ->type_name("FILE|random:SEED")
      ->allow_extra_args(false);
  verb.add_option("--pixel-range", options.pixel_range,
                  "Real values of pixels 0 and 255, to be quantised (default: "
                  "int8 code = pixel - 128; float input: 0,1)")
      ->type_name("LOW,HIGH");
  verb.add_option("--runs", options.runs,
                  "Inferences (default 1); run r takes sample r of a .npy or "
                  ".csv that holds several")
      ->check(CLI::Range(1, 1000000));
}

Result<RunRequest> RequestFromOptions(const InputOptions& options,
                                      const Graph& graph,
                                      const Session& session) {
  RunRequest request;
  request.runs = options.runs;
  request.watch = session.Watching("running");
  InputRequest input{.sources = options.inputs, .runs = options.runs};
  if (options.pixel_range) {
    MSF_ASSIGN(input.pixel_range, ParsePixelRange(*options.pixel_range));
  }
  MSF_ASSIGN(request.input, ReadInputs(input, graph));
  for (const std::string& note : request.input.notes) session.Note(note);
  return request;
}

}  // namespace msf
