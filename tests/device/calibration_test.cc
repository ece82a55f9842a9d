// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What kernels cost, from a micro-benchmark to the prediction of a model, on
// emulated cores; and a board's way, with the emulator's serial port in place
// of a board.
#include <gtest/gtest.h>

#include <cmath>

#include "calibrate/firmware.h"
#include "driver/bench.h"
#include "driver/network.h"
#include "driver/planner.h"
#include "driver/predict.h"
#include "driver/run.h"
#include "support/process.h"
#include "target/emulate.h"
#include "target/harness_config.h"
#include "target/image.h"

namespace msf {
namespace {

constexpr double kBar = 0.08;

bool HasTools(const Target& target) {
  return FindProgram(target.toolchain.compiler) &&
         FindProgram(target.emulator.command);
}

Network Digits() {
  const char* root = std::getenv("MSF_SOURCE_DIR");
  const Result<Network> network =
      LoadNetwork(std::string(root != nullptr ? root : ".") +
                  "/examples/digits/digits96_int8.tflite");
  return network.value();
}

class Calibrated : public ::testing::TestWithParam<const char*> {};

// Plans without and with patches, at full speed and at least RAM.
TEST_P(Calibrated, CoefficientsPredictTheSample) {
  const Target target = *FindTarget(GetParam());
  if (!HasTools(target)) GTEST_SKIP() << "tools are not installed";
  const Network network = Digits();
  const ModelFront front = *MakeFront(network.graph, {});
  for (const size_t point : {size_t{0}, front.points.size() / 2,
                             front.points.size() - 1}) {
    const Schedule& schedule = front.points[point];
    const Result<RunReport> run =
        RunOnTarget(network.graph, schedule, target, {});
    ASSERT_TRUE(run.has_value()) << ToString(run.error());
    ASSERT_TRUE(run->predicted_instructions.has_value());
    const auto measured = static_cast<double>(run->instructions[0]);
    EXPECT_NEAR(*run->predicted_instructions / measured, 1, kBar)
        << schedule.arena_bytes << " bytes";
  }
}

// The committed coefficients are those of the kernels as they are.
TEST_P(Calibrated, CoefficientsAreThoseThatTheBenchmarkFinds) {
  const Target target = *FindTarget(GetParam());
  if (!HasTools(target)) GTEST_SKIP() << "tools are not installed";
  const Result<CalibratedTarget> found = CalibrateOnEmulator(
      target, BenchSizeFor(Memory(target, MemoryKind::kFlash).bytes,
                           Memory(target, MemoryKind::kRam).bytes));
  ASSERT_TRUE(found.has_value()) << ToString(found.error());
  const Network network = Digits();
  const PlannedModel planned = *MakePlan(network.graph, {});
  Target measured = target;
  measured.cost->coefficients = found->calibration.coefficients;
  measured.cost->pair_words = found->body.pair_words;
  measured.cost->pair_codes = found->body.pair_codes;
  measured.cost->dot_codes = found->body.dot_codes;
  measured.cost->helium = found->body.helium;
  const double before = *Predict(planned.schedule, target)->instructions;
  const double after = *Predict(planned.schedule, measured)->instructions;
  EXPECT_NEAR(after / before, 1, 0.03)
      << "kernels have changed: msfc bench --calibrate --target " << target.id
      << " -o targets/cost/" << target.id << ".json";
}

INSTANTIATE_TEST_SUITE_P(Cores, Calibrated, ::testing::Values("m4", "m55", "rv32imc"));

// board.h for the emulated MPS2: its UART, and SysTick for cycles.
constexpr char kBoard[] = R"(
#ifndef BOARD_H_
#define BOARD_H_
#include <stdint.h>
inline volatile uint32_t *BoardRegister(uint32_t address) {
  return reinterpret_cast<volatile uint32_t *>(address);
}
inline void BoardInit() {
  *BoardRegister(0x40004010) = 16;  // CMSDK UART 0: divider
  *BoardRegister(0x40004008) = 1;   // transmit
}
inline void BoardPutchar(char c) {
  while ((*BoardRegister(0x40004004) & 1) != 0) {
  }
  *BoardRegister(0x40004000) = (uint32_t)c;
}
inline void BoardStartCycles() {
  *BoardRegister(0xE000E014) = 0x00FFFFFF;
  *BoardRegister(0xE000E018) = 0;
  *BoardRegister(0xE000E010) = 5;
}
inline uint32_t BoardCycles() { return ~*BoardRegister(0xE000E018); }
constexpr uint32_t kBoardCyclesMask = 0x00FFFFFF;
#endif
)";


// The program on the emulator, with its serial port on stdout.
std::string PrintOverSerial(const Target& target,
                            std::map<std::string, std::string> files) {
  files.merge(MachineFiles(target));
  const Result<Image> image = BuildProgram(target, std::move(files));
  EXPECT_TRUE(image.has_value()) << ToString(image.error());
  std::vector<std::string> command = {target.emulator.command};
  for (const std::string& part : target.emulator.arguments) {
    command.push_back(part);
  }
  for (const char* part :
       {"-display", "none", "-monitor", "none", "-serial", "stdio",
        "-semihosting-config", "enable=on,target=native", "-icount",
        "shift=10", "-kernel", kImageFile}) {
    command.push_back(part);
  }
  const Result<ProcessResult> run =
      RunProcess({.arguments = command,
                  .directory = image->directory.path(),
                  .timeout_seconds = 300});
  EXPECT_TRUE(run.has_value());
  return run->output;
}

TEST(BoardSources, PrintWhatIsFittedOverASerialPort) {
  const Target target = *FindTarget("m4");
  if (!HasTools(target)) GTEST_SKIP() << "tools are not installed";
  const BenchSize size = BenchSizeFor(512 * 1024, 64 * 1024);
  std::map<std::string, std::string> files = BoardSources(size);
  EXPECT_NE(files.at("board.h").find("#error"), std::string::npos);
  files["board.h"] = kBoard;
  // The endless loop at the end of main becomes the emulator's exit.
  std::string& main = files["board_main.cpp"];
  const size_t loop = main.find("  for (;;) {");
  ASSERT_NE(loop, std::string::npos);
  main = main.substr(0, loop) + "  SemihostingExit(0);\n}\n";
  main = "#include \"harness/machine.h\"\n#include \"harness/semihosting.h\"\n" +
         main +
         "extern \"C\" void harness_main() { main(); for (;;) {} }\n"
         "extern \"C\" void harness_fault(uint32_t, uint32_t, uint32_t) {\n"
         "  SemihostingExit(1);\n}\n";
  const std::string log = PrintOverSerial(target, std::move(files));
  const Result<CalibratedTarget> board =
      CalibrateFromLog(log, "serial port", "my-board", size);
  ASSERT_TRUE(board.has_value()) << ToString(board.error());
  EXPECT_EQ(board->unit, "cycles");

  // Ticks at 25 MHz of 1024 ns an instruction: 25.6 each.
  Target mine = target;
  mine.cost->unit = board->unit;
  mine.cost->pair_words = board->body.pair_words;
  mine.cost->pair_codes = board->body.pair_codes;
  mine.cost->dot_codes = board->body.dot_codes;
  mine.cost->coefficients = board->calibration.coefficients;
  const PlannedModel planned = *MakePlan(Digits().graph, {});
  const double cycles = *Predict(planned.schedule, mine)->cycles;
  const double instructions = *Predict(planned.schedule, target)->instructions;
  EXPECT_NEAR(cycles / instructions, 25.6, 25.6 * 0.04);

  // Another benchmark's log.
  const Result<CalibratedTarget> other = CalibrateFromLog(log, "log", "b", {});
  ASSERT_FALSE(other.has_value());
  EXPECT_NE(other.error().what.find("another benchmark"), std::string::npos);
}

}  // namespace
}  // namespace msf
