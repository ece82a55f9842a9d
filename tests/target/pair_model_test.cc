// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Two network inputs: their random bytes are one stream, input after input,
// though the machine asks for their rows in turns.
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "support/process.h"
#include "support/random_bytes.h"
#include "target/emulate.h"

namespace msf {
namespace {

constexpr int kRows = 6;
constexpr int kRowBytes = 20;

constexpr char kHeader[] = R"(
#ifndef PAIR_H_
#define PAIR_H_
#include "msf_runtime.h"
#define PAIR_ARENA_SIZE (3 * 6 * 20u)
#define PAIR_ARENA_ALIGN 4
struct pair { msf_machine machine; int32_t done[3]; };
extern "C" msf_status pair_init(pair *m, void *arena, size_t size);
extern "C" msf_status pair_run(pair *m);
#endif
)";

// Output row r = 3 * (row r of input 0) + row r of input 1. OFFSET0 and so on
// are defined in front.
constexpr char kSource[] = R"(
extern "C" void pair_mix(const msf_call *call) {
  const uint8_t *a = msf_row(&call->in[0], call->step);
  const uint8_t *b = msf_row(&call->in[1], call->step);
  uint8_t *out = msf_row(&call->out, call->step);
  for (int i = 0; i < 20; ++i) out[i] = static_cast<uint8_t>(3 * a[i] + b[i]);
}
namespace {
const msf_tensor kTensors[] = {
    {OFFSET0, 20, 6, 6}, {OFFSET1, 20, 6, 6}, {240, 20, 6, 6}};
const msf_read kReads[] = {{0, PRODUCER0, 1, 0, 1}, {1, PRODUCER1, 1, 0, 1}};
const msf_stage kStages[] = {
#if PRODUCER0 >= 0
    {nullptr, nullptr, nullptr, 0, MSF_STAGE_FEED, 0, 0, 0, 0, 6, 1, 0, 0},
#endif
#if PRODUCER1 >= 0
    {nullptr, nullptr, nullptr, 0, MSF_STAGE_FEED, 1, 1, 0, 0, 6, 1, 0, 0},
#endif
    {pair_mix, nullptr, kReads, 2, MSF_STAGE_ROW, 2, 0, 0, 0, 6, 1, 0, 0}};
const uint16_t kGoals[] = {sizeof kStages / sizeof kStages[0] - 1};
const msf_block kBlocks[] = {
    {kStages, kGoals, sizeof kStages / sizeof kStages[0], 1}};
const uint16_t kInputs[] = {0, 1};
const uint16_t kOutputs[] = {2};
const msf_network kNetwork = {kTensors, kBlocks, kInputs, kOutputs, 1, 2, 1, 3,
                              PAIR_ARENA_SIZE, PAIR_ARENA_ALIGN};
}
msf_status pair_init(pair *m, void *arena, size_t size) {
  return msf_init(&m->machine, &kNetwork, arena, size, m->done);
}
msf_status pair_run(pair *m) { return msf_run(&m->machine); }
)";

using Modes = std::tuple<HarnessInputMode, HarnessInputMode>;

EmulationRequest PairRequest(const Modes& modes, int runs) {
  EmulationRequest request;
  request.model_name = "pair";
  request.files = RuntimeFiles();
  request.files["pair.h"] = kHeader;
  std::string source = "#include \"pair.h\"\n";
  const std::vector<HarnessInputMode> both = {std::get<0>(modes),
                                              std::get<1>(modes)};
  int feeds = 0;
  for (int i = 0; i < 2; ++i) {
    const HarnessInputMode mode = both[static_cast<std::size_t>(i)];
    const std::string n = std::to_string(i);
    const bool streamed = mode == HarnessInputMode::kStreamed;
    const std::string offset = mode == HarnessInputMode::kExternal
                                   ? "(MSF_EXTERNAL + " + n + ")"
                                   : std::to_string(i * kRows * kRowBytes);
    source += "#define OFFSET" + n + " " + offset + "\n";
    source += "#define PRODUCER" + n + " " +
              std::to_string(streamed ? feeds++ : -1) + "\n";
    request.inputs.push_back(
        {.mode = mode, .rows = kRows, .row_bytes = kRowBytes});
  }
  request.files["pair.cpp"] = source + kSource;
  request.random_seed = 5;
  request.runs = runs;
  return request;
}

std::vector<std::vector<uint8_t>> PairOutputs(int runs) {
  RandomBytes stream(5);
  std::vector<std::vector<uint8_t>> outputs;
  for (int run = 0; run < runs; ++run) {
    std::vector<uint8_t> output(kRows * kRowBytes);
    for (const int factor : {3, 1}) {
      for (uint8_t& byte : output) {
        byte = static_cast<uint8_t>(byte + factor * stream.Next());
      }
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

class PairModel : public ::testing::TestWithParam<Modes> {};

constexpr HarnessInputMode kModes[] = {HarnessInputMode::kStreamed,
                                       HarnessInputMode::kResident,
                                       HarnessInputMode::kExternal};
INSTANTIATE_TEST_SUITE_P(AllModes, PairModel,
                         ::testing::Combine(::testing::ValuesIn(kModes),
                                            ::testing::ValuesIn(kModes)));

TEST_P(PairModel, TwoInputsShareOneRandomStream) {
  const Target target = FindTarget("m4").value();
  if (!FindProgram(target.toolchain.compiler) ||
      !FindProgram(target.emulator.command)) {
    GTEST_SKIP() << "Debian package " << target.toolchain.debian_package
                 << " or " << target.emulator.debian_package
                 << " is not installed";
  }
  const auto result = Emulate(target, PairRequest(GetParam(), 3));
  ASSERT_TRUE(result.has_value()) << ToString(result.error());
  EXPECT_EQ(result->outputs, PairOutputs(3));
}

}  // namespace
}  // namespace msf
