// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The built paper_table, run as a user runs it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/file.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace msf {
namespace {

namespace fs = std::filesystem;

fs::path Variable(const char* name) {
  const char* value = std::getenv(name);
  EXPECT_NE(value, nullptr) << name << " is not set; run ctest";
  return value != nullptr ? value : "";
}

std::string Example() {
  return Variable("MSF_SOURCE_DIR") / "bench" / "paper" / "example.json";
}

// It is built beside msfc.
ProcessResult PaperTable(const std::vector<std::string>& arguments) {
  ProcessRequest request{
      .arguments = {Variable("MSF_PROGRAM").parent_path() / "paper_table"},
      .timeout_seconds = 120};
  request.arguments.insert(request.arguments.end(), arguments.begin(),
                           arguments.end());
  const auto result = RunProcess(request);
  EXPECT_TRUE(result.has_value()) << ToString(result.error());
  return result ? *result : ProcessResult{.exit_status = -1};
}

bool Holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(PaperTableProgram, HelpsWithAnExample) {
  const ProcessResult help = PaperTable({"--help"});
  EXPECT_EQ(help.exit_status, 0);
  for (const char* part :
       {"FACTS.json", "--json", "--check", "--svg", "Example:"}) {
    EXPECT_TRUE(Holds(help.output, part)) << part;
  }
}

TEST(PaperTableProgram, PrintsALineForEachPublishedPlan) {
  const ProcessResult table = PaperTable({Example()});
  EXPECT_EQ(table.exit_status, 0) << table.error;
  for (const char* part :
       {"Small: 3 layers", "\nF Inf ", "\nF 1.05 ", "\n0.2 K "}) {
    EXPECT_TRUE(Holds(table.output, part)) << table.output;
  }
}

TEST(PaperTableProgram, PrintsJsonWithBothSides) {
  const ProcessResult result = PaperTable({Example(), "--json"});
  const auto json = nlohmann::json::parse(result.output, nullptr, false);
  ASSERT_TRUE(json.is_object()) << result.output << result.error;
  const auto& small = json.at("small");
  ASSERT_EQ(small.at("paper").size(), 3u);
  EXPECT_EQ(small.at("paper")[1].at("limit"), "F 1.05");
  EXPECT_EQ(small.at("paper")[1].at("ram_bytes"), 296);
  EXPECT_EQ(small.at("paper")[1].at("overhead_factor"), 1.0);
  ASSERT_FALSE(small.at("ours").empty());
  EXPECT_GT(small.at("ours")[0].at("ram_bytes"), 0);
  EXPECT_GE(small.at("ours")[0].at("overhead_factor"), 1.0);
}

TEST(PaperTableProgram, ChecksWhatWasPublished) {
  const ProcessResult good = PaperTable({Example(), "--check"});
  EXPECT_EQ(good.exit_status, 0) << good.error;
  EXPECT_TRUE(Holds(good.output, "3 published plans reproduced"));

  const auto folder = TempDir::Create();
  ASSERT_TRUE(folder.has_value());
  auto bytes = ReadFile(Example());
  ASSERT_TRUE(bytes.has_value());
  std::string text(bytes->begin(), bytes->end());
  const std::string figure = "\"ram_analytic\": 130";
  text.replace(text.find(figure), figure.size(), "\"ram_analytic\": 131");
  ASSERT_TRUE(folder->Write("facts.json", text).has_value());
  const ProcessResult bad =
      PaperTable({folder->path() + "/facts.json", "--check"});
  EXPECT_EQ(bad.exit_status, 1);
  EXPECT_TRUE(Holds(bad.error, "small, 0.2 K: its blocks cost: 130 bytes"))
      << bad.error;
}

TEST(PaperTableProgram, WritesAPlot) {
  const auto folder = TempDir::Create();
  ASSERT_TRUE(folder.has_value());
  const std::string path = folder->path() + "/plot.svg";
  EXPECT_EQ(PaperTable({Example(), "--svg", path}).exit_status, 0);
  const auto bytes = ReadFile(path);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_TRUE(std::string(bytes->begin(), bytes->end()).starts_with("<svg "));
}

TEST(PaperTableProgram, RefusesABadFactsFileByNameAndReason) {
  const ProcessResult missing = PaperTable({"no/such.json"});
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_EQ(missing.output, "");
  EXPECT_TRUE(missing.error.starts_with("paper_table: no/such.json"))
      << missing.error;

  const auto folder = TempDir::Create();
  ASSERT_TRUE(folder.has_value());
  ASSERT_TRUE(folder->Write("facts.json", R"({"models": 3})").has_value());
  const ProcessResult bad = PaperTable({folder->path() + "/facts.json"});
  EXPECT_EQ(bad.exit_status, 1);
  EXPECT_TRUE(Holds(bad.error, "facts.json: models is no object")) << bad.error;
}

TEST(PaperTableProgram, RefusesWhatItDoesNotKnow) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {Example(), "--frobnicate"},
                                                    {Example(), Example()}}) {
    const ProcessResult result = PaperTable(arguments);
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_EQ(result.output, "");
    EXPECT_NE(result.error, "");
  }
}

}  // namespace
}  // namespace msf
