// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The contract of each verb, on the sample network.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/crc32.h"
#include "support/file.h"
#include "tests/cli/msfc.h"
#include "tflite_generated.h"

namespace msf {
namespace {

using nlohmann::json;

json Ok(Words arguments) {
  std::string line;
  for (const std::string& argument : arguments) line += argument + " ";
  SCOPED_TRACE(line);
  const ProcessResult text = Msfc(arguments);
  EXPECT_EQ(text.exit_status, 0) << text.error;
  EXPECT_NE(text.output, "");
  arguments.push_back("--json");
  const ProcessResult result = Msfc(arguments);
  EXPECT_EQ(result.exit_status, 0) << result.output;
  return JsonOf(result);
}

void ExpectKeys(const json& object, const std::vector<const char*>& keys) {
  for (const char* key : keys) {
    EXPECT_TRUE(object.contains(key)) << key << " is not in " << object;
  }
}

TEST(Analyze, TellsWhatTheSampleHolds) {
  json analysis = Ok({"analyze", Sample()});
  ExpectKeys(analysis, {"model", "inputs", "outputs", "weight_bytes"});
  EXPECT_EQ(analysis["nodes"], 37);
  EXPECT_EQ(analysis["macs"], 5692512);
  EXPECT_EQ(analysis["plain_arena_bytes"], 129024);
  EXPECT_EQ(analysis["supported"], true);
  EXPECT_EQ(analysis["unsupported"], json::array());
  EXPECT_EQ(analysis["inputs"][0]["bytes"], 9216);
}

// The sample with each SOFTMAX turned into an operator that msfc lacks.
std::string SampleWithUnsupportedNode() {
  const std::vector<uint8_t> bytes = ReadFile(Sample()).value();
  const auto model = wire::UnPackModel(bytes.data());
  for (auto& code : model->operator_codes) {
    if (code->builtin_code != wire::BuiltinOperator_SOFTMAX) continue;
    code->builtin_code = wire::BuiltinOperator_GATHER;
    code->deprecated_builtin_code = wire::BuiltinOperator_GATHER;
  }
  for (auto& op : model->subgraphs[0]->operators) {
    if (op->builtin_options.type == wire::BuiltinOptions_Softmax) {
      op->builtin_options.Reset();
    }
  }
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(wire::Model::Pack(builder, model.get()), "TFL3");
  return std::string(reinterpret_cast<const char*>(builder.GetBufferPointer()),
                     builder.GetSize());
}

TEST(Analyze, ListsUnsupportedNodesAndEndsWithOne) {
  const TempDir directory = TempDir::Create().value();
  ASSERT_TRUE(
      directory.Write("m.tflite", SampleWithUnsupportedNode()).has_value());
  const std::string path = directory.path() + "/m.tflite";
  const ProcessResult result = Msfc({"analyze", path, "--json"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_EQ(result.error, "");
  json analysis = JsonOf(result);
  EXPECT_FALSE(analysis.contains("error"));
  EXPECT_EQ(analysis["supported"], false);
  EXPECT_EQ(analysis["nodes"], 37);
  EXPECT_EQ(analysis["plain_arena_bytes"], nullptr);
  ASSERT_EQ(analysis["unsupported"].size(), 1u);
  json node = analysis["unsupported"][0];
  ExpectKeys(node, {"node", "op", "name", "reason"});
  EXPECT_EQ(node["op"], "GATHER");
  EXPECT_EQ(node["node"], 36);

  const ProcessResult text = Msfc({"analyze", path});
  EXPECT_EQ(text.exit_status, 1);
  EXPECT_NE(text.output.find("GATHER"), std::string::npos) << text.output;
  json error = ExpectError(1, {"plan", path});
  EXPECT_EQ(error["error"]["unsupported"], analysis["unsupported"]);
}

TEST(Plan, HasTheKeysOfTheContract) {
  json plan = Ok({"plan", Sample()});
  ExpectKeys(plan,
             {"arena_bytes", "input_bytes", "input_mode", "macs", "plain_macs",
              "overhead_factor", "lower_bound_bytes", "blocks", "predicted"});
  EXPECT_LT(plan["arena_bytes"], 32768);
  EXPECT_EQ(plan["input_mode"], "streamed");
  EXPECT_EQ(plan["overhead_factor"], 1.0);
  EXPECT_LE(plan["lower_bound_bytes"], plan["arena_bytes"]);
  ASSERT_FALSE(plan["blocks"].empty());
  ExpectKeys(plan["blocks"][0], {"first_node", "last_node", "stages"});
  ExpectKeys(plan["blocks"][0]["stages"][0],
             {"first_node", "last_node", "patch_rows", "patch_cols", "kind"});
  EXPECT_EQ(plan["blocks"].back()["last_node"], 36);
}

TEST(Plan, TakesEveryInputModeAndMethod) {
  for (const char* mode : {"streamed", "resident", "external"}) {
    for (const char* method : {"full", "line-buffer", "msf-cnn", "mcunetv2",
                               "streamnet", "plain"}) {
      json plan = JsonOf(Msfc({"plan", Sample(), "--json", "--input-mode", mode,
                               "--method", method}));
      EXPECT_EQ(plan["input_mode"], mode);
      EXPECT_LE(plan["lower_bound_bytes"], plan["arena_bytes"]);
    }
  }
}

TEST(Plan, SizesMayHaveUnits) {
  for (const char* size : {"64K", "64k", "64KiB", "64kB", "65536", "1M", "20.5K"}) {
    EXPECT_EQ(Msfc({"plan", Sample(), "--ram-limit", size}).exit_status, 0)
        << size;
  }
}

TEST(Run, GivesTheChecksumOfTheOutputsBytes) {
  const TempDir directory = TempDir::Create().value();
  const std::string out = directory.path() + "/out.bin";
  json run = Ok(
      {"run", Sample(), "--runs", "3", "--output", out, "--input", "random:7"});
  ExpectKeys(run, {"on", "equal", "runs", "nodes_compared", "first_difference",
                   "arena_bytes", "arena_touched_bytes", "stack_bytes",
                   "instructions", "output_crc32"});
  EXPECT_EQ(run["on"], "host");
  EXPECT_EQ(run["equal"], true);
  EXPECT_EQ(run["runs"], 3);
  EXPECT_EQ(run["arena_bytes"], run["arena_touched_bytes"]);
  const std::vector<uint8_t> bytes = ReadFile(out).value();
  ASSERT_EQ(bytes.size(), 30u);
  ASSERT_EQ(run["output_crc32"].size(), 3u);
  for (size_t r = 0; r < 3; ++r) {
    const auto at = bytes.begin() + static_cast<int64_t>(10 * r);
    char crc[9];
    std::snprintf(crc, sizeof crc, "%08x",
                  Crc32(std::vector<uint8_t>(at, at + 10)));
    EXPECT_EQ(run["output_crc32"][r], crc);
  }
}

TEST(Run, TakesTheSamplesOfANpyOneAfterTheOther) {
  std::ifstream file(std::filesystem::path(Sample()).parent_path() /
                     "accuracy.json");
  json run = Ok({"run", Sample(), "--input", SampleImages(), "--runs", "20"});
  EXPECT_EQ(run["equal"], true);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  // TFLite's own checksums of the images stand in accuracy.json.
  size_t found = 0;
  for (const auto& crc : run["output_crc32"]) {
    found += text.find(crc.get<std::string>()) != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(found, 20u);
  const ProcessResult one = Msfc({"run", Sample(), "--input", SampleImages()});
  EXPECT_EQ(one.exit_status, 0);
  EXPECT_NE(one.error.find("1 of 100 samples used"), std::string::npos);
  json error = ExpectError(
      1, {"run", Sample(), "--input", SampleImages(), "--runs", "101"});
  EXPECT_EQ(error["error"]["what"], "holds 100 samples, 101 runs need as many");
}

TEST(Run, TakesAnImage) {
  const TempDir directory = TempDir::Create().value();
  ASSERT_TRUE(
      directory.Write("i.pgm", "P5\n96 96\n255\n" + std::string(9216, 'a'))
          .has_value());
  ASSERT_TRUE(directory.Write("raw", std::string(9216, '\xe1')).has_value());
  json image = Ok({"run", Sample(), "--input", directory.path() + "/i.pgm"});
  json raw = Ok({"run", Sample(), "--input", directory.path() + "/raw"});
  EXPECT_EQ(image["output_crc32"], raw["output_crc32"]);
  json stretched = Ok({"run", Sample(), "--input", directory.path() + "/i.pgm",
                       "--pixel-range", "-1,1"});
  EXPECT_EQ(stretched["equal"], true);
}

TEST(Run, CountsTheCyclesOfTheTargetThatItRunsOn) {
  if (!FindProgram("arm-none-eabi-g++") || !FindProgram("qemu-system-arm")) {
    GTEST_SKIP() << "arm-none-eabi-g++ or qemu-system-arm is not installed";
  }
  const auto with = [](Words words) {
    const Words by_cycles = {"--objective", "cycles", "--method",
                             "line-buffer"};
    words.insert(words.end(), by_cycles.begin(), by_cycles.end());
    return words;
  };
  json plan = Ok(with({"plan", Sample(), "--target", "m4"}));
  json run = Ok(with({"run", Sample(), "--on", "m4"}));
  EXPECT_EQ(run["equal"], true);
  EXPECT_EQ(run["arena_bytes"], plan["arena_bytes"]);
  ExpectError(1, with({"run", Sample()}));
}

TEST(Run, OnATargetGivesTheSameAsTheHost) {
  if (!FindProgram("arm-none-eabi-g++") || !FindProgram("qemu-system-arm")) {
    GTEST_SKIP() << "arm-none-eabi-g++ or qemu-system-arm is not installed";
  }
  const Words input = {"--input", SampleImages(), "--runs", "2"};
  Words words = {"run", Sample(), "--on", "m4"};
  words.insert(words.end(), input.begin(), input.end());
  json target = Ok(words);
  words[3] = "host";
  EXPECT_EQ(target["output_crc32"], Ok(words)["output_crc32"]);
  EXPECT_EQ(target["on"], "m4");
  EXPECT_EQ(target["instructions"].size(), 2u);
  EXPECT_EQ(target["arena_bytes"], target["arena_touched_bytes"]);
  EXPECT_LT(target["stack_bytes"], 1024);
}

TEST(Verify, ComparesEveryNode) {
  json verified = Ok({"verify", Sample(), "--runs", "2"});
  EXPECT_EQ(verified["equal"], true);
  EXPECT_EQ(verified["nodes_compared"], 37);
  EXPECT_EQ(verified["first_difference"], nullptr);
  EXPECT_EQ(verified["output_crc32"],
            Ok({"run", Sample(), "--runs", "2"})["output_crc32"]);
}

TEST(Lists, NameOperatorsTargetsAndTools) {
  EXPECT_GT(Ok({"ops"})["ops"].size(), 10u);
  EXPECT_GE(Ok({"targets"})["targets"].size(), 4u);
  EXPECT_EQ(Msfc({"ops", "--markdown"}).output.substr(0, 2), "| ");
  EXPECT_EQ(Msfc({"targets", "--markdown"}).output.substr(0, 2), "| ");
  json doctor = Ok({"doctor"});
  ExpectKeys(doctor["tools"][0],
             {"command", "kind", "path", "debian_package", "targets"});
}

TEST(Doctor, NamesThePackagesOfWhatIsMissing) {
  const ProcessResult result = Shell("PATH=/nowhere \"$MSFC\" doctor --json");
  EXPECT_EQ(result.exit_status, 0);
  json doctor = JsonOf(result);
  EXPECT_EQ(doctor["missing_packages"].size(), 4u);
  EXPECT_EQ(doctor["tools"][0]["path"], nullptr);
  EXPECT_NE(
      Shell("PATH=/nowhere \"$MSFC\" doctor").output.find("apt-get install"),
      std::string::npos);
}

}  // namespace
}  // namespace msf
