// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What this room leans on: child processes, temporary directories, embedded
// files, the cache of objects.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "support/embedded.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "target/harness_report.h"
#include "target/object_cache.h"

namespace msf {
namespace {

Result<ProcessResult> Shell(const std::string& script, double timeout = 20) {
  return RunProcess(
      {.arguments = {"sh", "-c", script}, .timeout_seconds = timeout});
}

TEST(Process, BothStreamsAndTheStatusComeBack) {
  const auto result = Shell("echo out; echo err >&2; exit 7");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->error, "err\n");
  EXPECT_EQ(result->exit_status, 7);
  EXPECT_EQ(result->signal, 0);
  EXPECT_FALSE(result->timed_out);
}

TEST(Process, OutputLargerThanAPipeDoesNotBlock) {
  const auto result =
      Shell("head -c 3000000 /dev/zero; head -c 2000000 /dev/zero >&2");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->output.size(), 3000000u);
  EXPECT_EQ(result->error.size(), 2000000u);
}

TEST(Process, ArgumentsAreNotReadByAShell) {
  const auto result =
      RunProcess({.arguments = {"printf", "%s|%s", "a b", "$HOME;ls"}});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->output, "a b|$HOME;ls");
}

TEST(Process, NothingIsOnStandardInput) {
  EXPECT_EQ(RunProcess({.arguments = {"cat"}})->output, "");
}

TEST(Process, ItRunsInTheDirectoryAsked) {
  const auto result = RunProcess({.arguments = {"pwd"}, .directory = "/"});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->output, "/\n");
}

TEST(Process, AHangEndsAtTheTimeOut) {
  const auto result =
      RunProcess({.arguments = {"sleep", "100"}, .timeout_seconds = 0.2});
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->signal, 9);
}

TEST(Process, AProgramThatClosedItsStreamsIsStillTimedOut) {
  const auto result = Shell("exec >&- 2>&-; exec sleep 100", 0.2);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->timed_out);
}

// The process whose number a file holds; 0 until it does.
int NumberIn(const std::string& path) {
  int number = 0;
  std::ifstream(path) >> number;
  return number;
}

// What the system says of a process. Empty: it is gone; or it may be dead and
// not yet taken note of by its new parent.
std::string StatusOf(int number) {
  std::string status;
  std::ifstream file("/proc/" + std::to_string(number) + "/stat");
  std::getline(file, status);
  return status.find(") Z ") == std::string::npos ? status : "";
}

TEST(Process, WhatIsCancelledEndsWithAllThatItStarted) {
  const TempDir directory = TempDir::Create().value();
  const std::string path = directory.path() + "/number";
  // Cancelled as soon as the grandchild has said who it is.
  const auto result = RunProcess(
      {.arguments = {"sh", "-c", "sh -c 'echo $$ > number; exec sleep 100'"},
       .directory = directory.path(),
       .timeout_seconds = 60,
       .is_cancelled = [&] { return NumberIn(path) != 0; }});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
  // Killed: a busy machine may take its time until it dies, for ten
  // seconds at most.
  const int number = NumberIn(path);
  for (int tries = 0; tries < 1000 && !StatusOf(number).empty(); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(StatusOf(number), "");
}

TEST(Process, OfWhatIsCancelledTheGentleMayCleanUp) {
  const TempDir directory = TempDir::Create().value();
  const std::string path = directory.path() + "/file";
  const auto result = RunProcess(
      {.arguments = {"sh", "-c",
                     "trap 'rm file; exit' TERM; touch file; "
                     "while :; do sleep 0.01; done"},
       .directory = directory.path(),
       .timeout_seconds = 60,
       .is_cancelled = [&] { return std::filesystem::exists(path); }});
  EXPECT_FALSE(result.has_value());
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Process, WholeLinesAreToldAsTheyCome) {
  std::vector<std::string> lines;
  const auto result = RunProcess(
      {.arguments = {"printf", "one\\ntwo\\n\\nhalf"},
       .on_line = [&](std::string_view line) { lines.emplace_back(line); }});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", ""}));
}

TEST(Process, ASignalIsTold) {
  const auto result = Shell("kill -ABRT $$");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->signal, 6);
  EXPECT_EQ(result->exit_status, 134);
}

TEST(Process, AMissingProgramIsAUserError) {
  const auto result = RunProcess({.arguments = {"no-such-program", "x"}});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kUser);
  EXPECT_EQ(result.error().where, "no-such-program");
  EXPECT_NE(result.error().what.find("No such file"), std::string::npos);
}

TEST(Process, ProgramsAreFoundOnPath) {
  ASSERT_TRUE(FindProgram("sh").has_value());
  EXPECT_EQ(FindProgram("sh")->substr(FindProgram("sh")->size() - 3), "/sh");
  EXPECT_EQ(FindProgram("/bin/sh"), "/bin/sh");
  EXPECT_FALSE(FindProgram("no-such-program").has_value());
  EXPECT_FALSE(FindProgram("").has_value());
  EXPECT_FALSE(FindProgram("/bin").has_value());
}

TEST(TempDir, IsGoneWithItsObject) {
  std::string path;
  {
    const auto directory = TempDir::Create();
    ASSERT_TRUE(directory.has_value());
    path = directory->path();
    ASSERT_TRUE(directory->Write("a/b/c.txt", "text").has_value());
    std::ifstream file(path + "/a/b/c.txt");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "text");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Embedded, FilesAreThoseOfTheSourceTree) {
  const char* root = std::getenv("MSF_SOURCE_DIR");
  if (root == nullptr) GTEST_SKIP() << "MSF_SOURCE_DIR is not set";
  for (const std::string& name : EmbeddedFiles("")) {
    std::ifstream file(std::string(root) + "/" + name, std::ios::binary);
    ASSERT_TRUE(file.good()) << name;
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_TRUE(text == *EmbeddedFile(name)) << name;
  }
}

TEST(Embedded, PrefixesSelectSortedNames) {
  const auto names = EmbeddedFiles("runtime/");
  EXPECT_TRUE(std::ranges::is_sorted(names));
  EXPECT_TRUE(std::ranges::count(names, "runtime/msf_runtime.h") == 1);
  EXPECT_TRUE(std::ranges::count(names, "runtime/msf_machine.cpp") == 1);
  EXPECT_TRUE(EmbeddedFiles("no/such/").empty());
  EXPECT_FALSE(EmbeddedFile("runtime/").has_value());
}

TEST(ObjectCache, AClosureHoldsWhatIsIncludedDirectlyOrNot) {
  const std::map<std::string, std::string> files = {
      {"a.cpp", "#include \"b.h\"\n#  include \"sub/c.h\"\n#include <d.h>\n"},
      {"b.h", "#include \"a.cpp\"\n// no end"},
      {"sub/c.h", "#include \"d.h\"\n#include \"../e.h\"\n#include \"gone.h\""},
      {"sub/d.h", ""},
      {"d.h", ""},
      {"e.h", ""},
      {"other.h", ""}};
  std::vector<std::string> names;
  for (const auto& [name, text] : IncludeClosure(files, "a.cpp")) {
    names.push_back(name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"a.cpp", "b.h", "e.h", "sub/c.h",
                                             "sub/d.h"}));
}

TEST(ObjectCache, BordersOfPartsCount) {
  EXPECT_NE(KeyBuilder().Add("ab").Add("c").Key(),
            KeyBuilder().Add("a").Add("bc").Key());
  EXPECT_EQ(KeyBuilder().Add("ab").Key(), KeyBuilder().Add("ab").Key());
  EXPECT_EQ(KeyBuilder().Key(), "6c62272e07bb014262b821756295c58d");
}

TEST(ObjectCache, WhatWasStoredIsFetched) {
  const auto directory = TempDir::Create();
  ASSERT_TRUE(directory.has_value());
  const std::string root = directory->path();
  const char* was = std::getenv("XDG_CACHE_HOME");
  const std::string before = was != nullptr ? was : "";
  setenv("XDG_CACHE_HOME", root.c_str(), 1);
  const ObjectCache cache;
  ASSERT_TRUE(directory->Write("object", "bytes").has_value());
  EXPECT_FALSE(cache.Fetch("key", root + "/copy"));
  cache.Store("key", root + "/object");
  EXPECT_TRUE(cache.Fetch("key", root + "/copy"));
  EXPECT_TRUE(std::filesystem::exists(root + "/msfc/key.o"));
  EXPECT_EQ(std::filesystem::file_size(root + "/copy"), 5u);
  if (was != nullptr) {
    setenv("XDG_CACHE_HOME", before.c_str(), 1);
  } else {
    unsetenv("XDG_CACHE_HOME");
  }
}

TEST(HarnessReport, LinesOfTheHarnessAreRead) {
  const HarnessReport report = ParseHarnessReport(
      "qemu: warning: something\n"
      "msf model 60 30\r\n"
      "msf calibration 400000 640000 a\n"
      "msf pull 10 a0\n"
      "msf run 0 1b 2 1\n"
      "msf output 0 0 0102\nmsf output 0 0 ff\nmsf output 1 0 0102ff\n"
      "msf stack 80 20\nmsf touched 5f\nmsf end\n");
  EXPECT_TRUE(report.ended);
  EXPECT_EQ(report.arena_bytes, 0x60);
  EXPECT_EQ(report.instance_bytes, 0x30);
  EXPECT_EQ(report.stack_bytes, 0x80);
  EXPECT_EQ(report.touched_bytes, 0x5f);
  ASSERT_EQ(report.runs.size(), 1u);
  const HarnessRun& run = report.runs.at(0);
  EXPECT_EQ(run.outputs[0], (std::vector<uint8_t>{1, 2, 255}));
  EXPECT_EQ(run.outputs[0], run.outputs[1]);
  // (27 - 10 - 2 - 1 * 160 / 16) * 4 / 6.25
  EXPECT_EQ(Instructions(report, run), 3);
  EXPECT_TRUE(report.failure.empty());
}

TEST(HarnessReport, TheFirstFailureIsKept) {
  const HarnessReport report =
      ParseHarnessReport("msf fault 1f2 3 0\nmsf status 4\ngarbage\nmsf");
  EXPECT_FALSE(report.ended);
  EXPECT_EQ(report.failure, "fault");
  EXPECT_EQ(report.failure_numbers, (std::vector<uint64_t>{0x1f2, 3, 0}));
}

}  // namespace
}  // namespace msf
