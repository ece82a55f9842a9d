// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "support/file.h"
#include "tests/cli/msfc.h"

namespace msf {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Every file below a directory, by relative path.
std::map<std::string, std::string> Contents(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    const auto bytes = ReadFile(entry.path().string()).value();
    files[fs::relative(entry.path(), directory).string()] =
        std::string(bytes.begin(), bytes.end());
  }
  return files;
}

class Compile : public ::testing::Test {
 protected:
  Words Line(const std::string& out, const Words& more = {}) const {
    Words words = {"compile", Sample(), "-o", out};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::string Path(const std::string& name) const {
    return directory_.path() + "/" + name;
  }
  const TempDir directory_ = TempDir::Create().value();
};

TEST_F(Compile, WritesWhatItSays) {
  const ProcessResult result = Msfc(Line(Path("new/out"), {"--json"}));
  EXPECT_EQ(result.exit_status, 0) << result.output;
  json compiled = JsonOf(result);
  EXPECT_LT(compiled["arena_bytes"], 32768);
  EXPECT_GT(compiled["weight_bytes"], 70000);
  const auto files = Contents(Path("new/out"));
  EXPECT_EQ(files.size(), compiled["files"].size());
  for (const auto& file : compiled["files"]) {
    EXPECT_TRUE(files.contains(file.get<std::string>())) << file;
  }
  EXPECT_TRUE(files.contains("digits96_int8.h"));
  json plan = json::parse(files.at("plan.json"));
  EXPECT_EQ(plan["arena_bytes"], compiled["arena_bytes"]);
  if (FindProgram("arm-none-eabi-g++")) {
    EXPECT_GT(compiled["code_bytes"]["m4"], 1000);
  }
}

TEST_F(Compile, TwiceGivesTheSameBytes) {
  ASSERT_EQ(Msfc(Line(Path("out"))).exit_status, 0);
  const auto first = Contents(Path("out"));
  ASSERT_EQ(Msfc(Line(Path("out"))).exit_status, 0);
  EXPECT_EQ(Contents(Path("out")), first);
}

TEST_F(Compile, AgainLeavesNoSourceThatOnlyTheFormerPlanNeeded) {
  ASSERT_EQ(Msfc(Line(Path("a"))).exit_status, 0);
  const Words other = {"--method", "plain", "--name", "digits96_int8"};
  ASSERT_EQ(Msfc(Line(Path("a"), other)).exit_status, 0);
  ASSERT_EQ(Msfc(Line(Path("b"), other)).exit_status, 0);
  const auto again = Contents(Path("a"));
  const auto fresh = Contents(Path("b"));
  EXPECT_EQ(again.size(), fresh.size());
  for (const auto& [path, text] : fresh) {
    EXPECT_TRUE(again.contains(path)) << path;
  }
}

TEST_F(Compile, WithoutRoomLeavesEveryFileAsItWas) {
  ASSERT_EQ(Msfc(Line(Path("out"), {"--name", "d"})).exit_status, 0);
  const auto before = Contents(Path("out"));
  // Blocks of 512 bytes: enough for all but the weights.
  const ProcessResult result =
      Shell("ulimit -f 100; \"$MSFC\" compile \"$SAMPLE\" --name d "
            "--method plain -o " + Path("out"));
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_NE(result.error.find("d_weights.cpp: cannot be written: File too"),
            std::string::npos)
      << result.error;
  EXPECT_NE(result.error.find("hint: what was there is as before"),
            std::string::npos);
  EXPECT_EQ(Contents(Path("out")), before);
}

TEST_F(Compile, ReplacesNoFileThatItDidNotWrite) {
  const std::string mine = "project(firmware)\n";
  ASSERT_TRUE(directory_.Write("CMakeLists.txt", mine).has_value());
  const json error = ExpectError(1, Line(directory_.path()));
  EXPECT_NE(error["error"]["where"].get<std::string>().find("CMakeLists.txt"),
            std::string::npos);
  const auto files = Contents(directory_.path());
  EXPECT_EQ(files.size(), 1u);
  EXPECT_EQ(files.at("CMakeLists.txt"), mine);
}

TEST_F(Compile, IntoAFileOrWhereNothingCanBeMadeIsAnError) {
  ASSERT_TRUE(directory_.Write("file", "precious").has_value());
  for (const std::string& out :
       {Path("file"), Path("file/below"), std::string("/proc/msfc"),
        std::string("/dev/null"), std::string("")}) {
    ExpectError(1, Line(out));
  }
  EXPECT_EQ(Contents(directory_.path()).at("file"), "precious");
  if (::geteuid() == 0) return;  // root may write anywhere
  fs::create_directory(Path("locked"));
  fs::permissions(Path("locked"), fs::perms::owner_read);
  ExpectError(1, Line(Path("locked")));
}

TEST_F(Compile, RefusesNamesThatWouldNotCompile) {
  for (const char* name : {"class", "msf", "msf_run", "MSF_x", "stdint", "main",
                           "INT8_MAX", "printf", "EOF", "features",
                           "Sched", "a-b", "1a", "_x", "a__b", ""}) {
    json error = ExpectError(1, Line(Path("out"), {"--name", name}));
    EXPECT_EQ(error["error"]["where"], "--name");
  }
  EXPECT_FALSE(fs::exists(Path("out")));
}

TEST_F(Compile, MakesANameOfTheModelsFile) {
  for (const auto& [file, name] : std::map<std::string, std::string>{
           {"class.tflite", "class_net"},
           {"features.tflite", "features_net"},
           {"msf_x.tflite", "my_msf_x"},
           {"96 \xc3\xa9--b.v2.tflite", "m96_b_v2"}}) {
    fs::copy_file(Sample(), Path(file));
    const std::string out = Path("out_" + name);
    const ProcessResult result =
        Msfc({"compile", Path(file), "-o", out, "--json"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_TRUE(fs::exists(out + "/" + name + ".h")) << file;
  }
}

TEST_F(Compile, KnowsItsPackagesAndTargets) {
  ExpectError(1, Line(Path("out"), {"--package", "zip"}));
  ExpectError(1, Line(Path("out"), {"--target", "toaster"}));
  ASSERT_EQ(Msfc(Line(Path("out"), {"--package", "sources"})).exit_status, 0);
  EXPECT_FALSE(Contents(Path("out")).contains("CMakeLists.txt"));
}

TEST_F(Compile, WithoutAToolchainLeavesTheCodeSizeOutAndSaysSo) {
  const std::string line = "PATH=/nowhere \"$MSFC\" compile \"$SAMPLE\" -o " +
                           Path("out") + " --json --target ";
  const ProcessResult result = Shell(line + "m4");
  EXPECT_EQ(result.exit_status, 0) << result.output;
  EXPECT_TRUE(JsonOf(result)["code_bytes"].empty());
  EXPECT_NE(result.error.find("arm-none-eabi-g++ is not installed"),
            std::string::npos)
      << result.error;
}

TEST_F(Compile, ForATargetMeasuresThatOne) {
  if (!FindProgram("riscv64-unknown-elf-g++")) {
    GTEST_SKIP() << "riscv64-unknown-elf-g++ is not installed";
  }
  const ProcessResult result =
      Msfc(Line(Path("out"), {"--target", "rv32", "--json"}));
  EXPECT_EQ(result.exit_status, 0) << result.output;
  json sizes = JsonOf(result)["code_bytes"];
  EXPECT_EQ(sizes.size(), 1u);
  EXPECT_GT(sizes["rv32imc"], 1000);
}

TEST_F(Compile, NotesThatCMakeBuildsAnotherNetworkNow) {
  const TempDir out = TempDir::Create().value();
  const auto compile = [&](const std::string& name) {
    return Msfc({"compile", Sample(), "-o", out.path(), "--method",
                 "line-buffer", "--name", name})
        .error;
  };
  EXPECT_EQ(compile("first").find("builds"), std::string::npos);
  EXPECT_EQ(compile("first").find("builds"), std::string::npos);
  EXPECT_NE(compile("second").find("built first, now it builds second alone"),
            std::string::npos);
}

}  // namespace
}  // namespace msf
