// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What is predicted, and for what; what bench refuses.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"
#include "tests/cli/msfc.h"

namespace msf {
namespace {

std::string Hint(const nlohmann::json& json) {
  return json.at("error").at("hint").get<std::string>();
}

TEST(Prediction, IsInEveryPlanForCalibratedCores) {
  const auto plan = JsonOf(Msfc({"plan", Sample(), "--json"}));
  for (const char* core : {"m4", "rv32imc"}) {
    EXPECT_GT(plan["predicted"][core]["instructions"], 1000000) << core;
  }
  EXPECT_FALSE(plan["predicted"].contains("rp2040"));
}

TEST(Prediction, ForABoardIsInCyclesAndMilliseconds) {
  const auto front = JsonOf(
      Msfc({"front", Sample(), "--target", "nucleo-f446re", "--json"}));
  double before = 1e9;
  for (const auto& point : front["points"]) {
    const auto& board = point["predicted"]["nucleo-f446re"];
    const double ms = board["milliseconds"];
    EXPECT_NEAR(ms, board["cycles"].get<double>() / 180e3, 1e-3);
    EXPECT_NE(board["basis"].get<std::string>().find("default"),
              std::string::npos);
    before = std::min(before, ms);
  }
  EXPECT_GT(before, 1);
  const std::string text =
      Msfc({"front", Sample(), "--target", "nucleo-f446re"}).output;
  EXPECT_NE(text.find("cycles        ms"), std::string::npos) << text;
  EXPECT_NE(text.find("not measured"), std::string::npos);
}

TEST(Prediction, ForAnUnknownTargetListsThoseThatAreKnown) {
  for (const char* verb : {"plan", "front", "compile", "bench"}) {
    Words words{verb, Sample(), "--target", "pdp11"};
    if (words[0] == "compile") words.insert(words.end(), {"-o", "nowhere"});
    EXPECT_NE(Hint(ExpectError(1, words)).find("known targets"),
              std::string::npos);
  }
}

TEST(Prediction, TakesTheUsersOwnCosts) {
  const Result<TempDir> directory = TempDir::Create();
  const std::string path = directory->path() + "/mine.json";
  std::ofstream(path) << R"({"target": "nucleo-f446re", "unit": "cycles",
      "pair_words": 16, "coefficients": {"machine": {"steps": 1000}}})";
  const auto plan = JsonOf(Msfc({"plan", Sample(), "--target", "nucleo-f446re",
                                 "--cost", path, "--json"}));
  const auto& mine = plan["predicted"]["nucleo-f446re"];
  EXPECT_EQ(mine["cycles"].get<int64_t>() % 1000, 0);
  EXPECT_NE(mine["basis"].get<std::string>().find("mine.json"),
            std::string::npos);

  std::ofstream(path) << R"({"target": "m4", "unit": "cycles",
      "pair_words": 16, "coefficients": {"msf_gone": {"steps": 1000}}})";
  EXPECT_NE(Hint(ExpectError(1, {"plan", Sample(), "--target", "m4", "--cost",
                                 path}))
                .find("bench --calibrate"),
            std::string::npos);
  std::ofstream(path) << "no JSON";
  ExpectError(1, {"plan", Sample(), "--target", "m4", "--cost", path});
  ExpectError(1, {"plan", Sample(), "--cost", path});
  ExpectError(1, {"plan", Sample(), "--target", "m4", "--cost", "nowhere"});
}

TEST(CompileForBoards, TellsTheirCode) {
  for (const auto& target :
       JsonOf(Msfc({"targets", "--json"}))["targets"]) {
    if (target["emulated"]) continue;
    const std::string id = target["id"];
    const Result<TempDir> directory = TempDir::Create();
    const auto compiled =
        JsonOf(Msfc({"compile", Sample(), "--target", id, "-o",
                     directory->path() + "/out", "--ram-limit", "64K",
                     "--json", "-q"}));
    ASSERT_TRUE(compiled.contains("code_bytes")) << id << compiled;
    if (compiled["code_bytes"].empty()) continue;  // no compiler here
    EXPECT_GT(compiled["code_bytes"][id], 4000) << id;
    EXPECT_LT(compiled["code_bytes"][id], 40000) << id;
  }
}

TEST(Run, OnABoardSaysWhatElseWouldDo) {
  const auto error = ExpectError(1, {"run", Sample(), "--on", "rp2040"});
  EXPECT_NE(Hint(error).find("m4"), std::string::npos);
  EXPECT_NE(Hint(error).find("compile --target rp2040"), std::string::npos);
}

TEST(Bench, WithoutAnythingToMeasureSaysWhatToGive) {
  EXPECT_NE(Hint(ExpectError(1, {"bench"})).find("--calibrate"),
            std::string::npos);
  EXPECT_NE(Hint(ExpectError(1, {"bench", "--calibrate"})).find("--target"),
            std::string::npos);
  ExpectError(1, {"bench", "--calibrate", "--target", "nucleo-f446re"});
}

TEST(Bench, RefusesALogThatIsNone) {
  const Result<TempDir> directory = TempDir::Create();
  const std::string path = directory->path() + "/log";
  std::ofstream(path) << "hello\n";
  ExpectError(1, {"bench", "--calibrate", "--from-log", path});
  ExpectError(1, {"bench", "--calibrate", "--from-log", "nowhere"});
  ExpectError(1, {"bench", "--calibrate", "--serial", "/dev/no-such-port"});
}

TEST(Bench, WritesSourcesForABoardAndLeavesWhatTheUserFilledIn) {
  const Result<TempDir> directory = TempDir::Create();
  const std::string to = directory->path() + "/bench";
  const Words words{"bench", "--board-source", to, "--target", "rp2040",
                    "--json"};
  EXPECT_GT(JsonOf(Msfc(words))["files"], 50);
  for (const char* name : {"board.h", "board_main.cpp", "bench_cases.cpp",
                           "bench_main.cpp", "msf_machine.cpp"}) {
    EXPECT_TRUE(std::filesystem::exists(to + "/" + name)) << name;
  }
  std::ofstream(to + "/board.h") << "// mine\n";
  Msfc(words);
  std::string line;
  std::getline(std::ifstream(to + "/board.h"), line);
  EXPECT_EQ(line, "// mine");
}

}  // namespace
}  // namespace msf
