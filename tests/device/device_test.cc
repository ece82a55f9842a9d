// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Whole models on emulated targets: the same bytes as the reference, and not
// a byte of RAM more than planned.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "driver/network.h"
#include "driver/planner.h"
#include "driver/run.h"
#include "support/process.h"
#include "target/target.h"
#include "tests/patch_plan.h"

namespace msf {
namespace {

constexpr int64_t kMostStackBytes = 1024;
constexpr int kRuns = 3;

std::string SourceDirectory() {
  const char* root = std::getenv("MSF_SOURCE_DIR");
  return root != nullptr ? root : ".";
}

std::string MissingTool(const Target& target) {
  for (const std::string& tool :
       {target.toolchain.compiler, target.emulator.command}) {
    if (!FindProgram(tool)) return tool;
  }
  return "";
}

#define MSF_SKIP_WITHOUT_TOOLS(target)                               \
  if (const std::string tool = MissingTool(target); !tool.empty()) { \
    GTEST_SKIP() << tool << " is not installed";                     \
  }

struct Model {
  Graph graph;
  Schedule schedule;
};

Result<Model> Plan(const std::string& path,
                   std::optional<InputMode> mode = {}) {
  MSF_ASSIGN(Network network, LoadNetwork(path));
  MSF_ASSIGN(PlannedModel planned,
             MakePlan(network.graph, {.input_mode = mode}));
  return Model{std::move(network.graph), std::move(planned.schedule)};
}

void ExpectNotAByteMoreThanPlanned(const RunReport& report) {
  EXPECT_TRUE(report.equal);
  EXPECT_EQ(report.arena_macro_bytes, report.arena_bytes);
  EXPECT_EQ(report.arena_linked_bytes, report.arena_bytes);
  EXPECT_EQ(report.arena_touched_bytes, report.arena_bytes);
  EXPECT_GT(report.stack_bytes, 0);
  EXPECT_LT(report.stack_bytes, kMostStackBytes);
}

// A model that a target refuses must be too large for it, and be told so.
void ExpectRefusalWithShortfall(const Diagnostic& error) {
  EXPECT_EQ(error.kind, ErrorKind::kInfeasible) << ToString(error);
  EXPECT_NE(error.what.find("short by "), std::string::npos) << error.what;
  EXPECT_FALSE(error.hint.empty());
}

// m0 and hifive1 have the memories of real boards, 16 KB of RAM.
bool IsSmall(const Target& target) {
  return Memory(target, MemoryKind::kRam).bytes <= 16384;
}

using SampleCase = std::tuple<const char*, InputMode>;
class Sample : public ::testing::TestWithParam<SampleCase> {};

constexpr const char* kTargets[] = {"m4", "m55", "m0", "rv32imc",
                                    "hifive1"};

INSTANTIATE_TEST_SUITE_P(
    Emulated, Sample,
    ::testing::Combine(::testing::ValuesIn(kTargets),
                       ::testing::Values(InputMode::kStreamed,
                                         InputMode::kResident,
                                         InputMode::kExternal)),
    [](const auto& test) {
      return std::string(std::get<0>(test.param)) + "_" +
             ToString(std::get<1>(test.param));
    });

TEST_P(Sample, RunsInTheBytesThatWerePlannedOrIsRefused) {
  const auto& [id, mode] = GetParam();
  const Target target = FindTarget(id).value();
  MSF_SKIP_WITHOUT_TOOLS(target);
  const auto model =
      Plan(SourceDirectory() + "/examples/digits/digits96_int8.tflite", mode);
  ASSERT_TRUE(model.has_value()) << ToString(model.error());
  const auto report =
      RunOnTarget(model->graph, model->schedule, target, {.runs = 2});
  if (!report && IsSmall(target)) {
    return ExpectRefusalWithShortfall(report.error());
  }
  ASSERT_TRUE(report.has_value()) << ToString(report.error());
  ExpectNotAByteMoreThanPlanned(*report);
}

class Patch : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Emulated, Patch,
                         ::testing::Values("m4", "m55", "rv32imc"),
                         [](const auto& test) {
                           return std::string(test.param);
                         });

void RunPatch(const char* target_name, decltype(&PlanWithLongestPatch) plan) {
  const Target target = FindTarget(target_name).value();
  MSF_SKIP_WITHOUT_TOOLS(target);
  const auto network =
      LoadNetwork(SourceDirectory() + "/examples/digits/digits96_int8.tflite");
  ASSERT_TRUE(network.has_value()) << ToString(network.error());
  const UnitGraph units =
      BuildUnitGraph(network->graph, InputMode::kStreamed);
  const auto schedule =
      BuildSchedule(network->graph, units, plan(units));
  ASSERT_TRUE(schedule.has_value()) << ToString(schedule.error());
  const auto report =
      RunOnTarget(network->graph, *schedule, target, {.runs = 2});
  ASSERT_TRUE(report.has_value()) << ToString(report.error());
  ExpectNotAByteMoreThanPlanned(*report);
}

TEST_P(Patch, RunsInTheBytesThatWerePlanned) {
  RunPatch(GetParam(), PlanWithLongestPatch);
}

TEST_P(Patch, RunsInChannelTilesInTheBytesThatWerePlanned) {
  RunPatch(GetParam(), PlanWithChannelTiles);
}

TEST(Device, TakesAnotherSampleInEveryRun) {
  const Target target = FindTarget("m4").value();
  MSF_SKIP_WITHOUT_TOOLS(target);
  for (const InputMode mode :
       {InputMode::kStreamed, InputMode::kResident, InputMode::kExternal}) {
    const auto model =
        Plan(SourceDirectory() + "/examples/digits/digits96_int8.tflite", mode);
    ASSERT_TRUE(model.has_value()) << ToString(model.error());
    const RunRequest request{
        .input = {.data = {{Bytes(9216, 1), Bytes(9216, 200)}}}, .runs = 2};
    const auto report =
        RunOnTarget(model->graph, model->schedule, target, request);
    ASSERT_TRUE(report.has_value()) << ToString(report.error());
    ExpectNotAByteMoreThanPlanned(*report);
    EXPECT_NE(report->output_crc32[0], report->output_crc32[1]);
    const auto on_host = RunOnHost(model->graph, model->schedule, request);
    EXPECT_EQ(report->output_crc32, on_host->output_crc32);
  }
}

// --- The corpus beside the clone, where it is ---

std::string Corpus() { return SourceDirectory() + "/../shared"; }

constexpr const char* kModels[] = {
    "mlperf_vww96_int8",     "mlperf_ic_resnet8_int8", "mlperf_kws_dscnn_int8",
    "mlperf_ad01_int8",      "mlperf_sww_int8",        "micronet_ad_medium",
    "mcunet_in3_320kb_r176", "mcunet_vww1_5fps_r80",   "omv_fomo_face",
    "tflm_hello_world_int8", "tflm_simple_add"};

std::vector<std::string> GoldenCrcs(const std::string& name) {
  std::ifstream file(Corpus() + "/goldens/" + name + ".json");
  std::vector<std::string> crcs;
  const auto golden = nlohmann::json::parse(file);
  for (const auto& run : golden.at("runs")) {
    crcs.push_back(run.at("output_crc32").get<std::string>());
  }
  return crcs;
}

// Models that 16 KB of RAM hold for sure; a better planner may add to them.
bool MustFitSmallTargets(const std::string& model) {
  for (const char* name :
       {"mlperf_vww96_int8", "mlperf_ic_resnet8_int8", "mlperf_kws_dscnn_int8",
        "mlperf_sww_int8", "tflm_hello_world_int8"}) {
    if (model == name) return true;
  }
  return false;
}

class CorpusModel : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Emulated, CorpusModel, ::testing::ValuesIn(kModels),
                         [](const auto& test) { return test.param; });

TEST_P(CorpusModel, GivesTheGoldenBytesOnEveryTargetThatHoldsIt) {
  const std::string path = Corpus() + "/models/" + GetParam() + ".tflite";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const auto model = Plan(path);
  ASSERT_TRUE(model.has_value()) << ToString(model.error());
  for (const char* id : kTargets) {
    SCOPED_TRACE(id);
    const Target target = FindTarget(id).value();
    MSF_SKIP_WITHOUT_TOOLS(target);
    const auto report =
        RunOnTarget(model->graph, model->schedule, target, {.runs = kRuns});
    if (!report && IsSmall(target) && !MustFitSmallTargets(GetParam())) {
      ExpectRefusalWithShortfall(report.error());
      continue;
    }
    ASSERT_TRUE(report.has_value()) << ToString(report.error());
    ExpectNotAByteMoreThanPlanned(*report);
    std::vector<std::string> crcs;
    for (const uint32_t crc : report->output_crc32) {
      crcs.push_back(fmt::format("{:08x}", crc));
    }
    EXPECT_EQ(crcs, GoldenCrcs(GetParam()));
  }
}

}  // namespace
}  // namespace msf
