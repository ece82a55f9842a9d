// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What goes wrong is said once, where it belongs, with the right exit code.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/cli/msfc.h"

namespace msf {
namespace {

std::string What(const nlohmann::json& json) {
  return json.at("error").at("what").get<std::string>();
}

TEST(CommandLine, WithoutAVerbIsAnError) {
  ExpectError(1, {});
  EXPECT_NE(Msfc({}).error.find("a verb is missing"), std::string::npos);
}

TEST(CommandLine, WithoutAModelIsAnError) {
  for (const char* verb : {"analyze", "front", "plan", "compile", "run",
                           "verify"}) {
    ExpectError(1, {verb});
  }
}

TEST(CommandLine, WithAnUnknownVerbNamesIt) {
  EXPECT_EQ(What(ExpectError(1, {"frobnicate", "x"})),
            "'frobnicate' is not a verb of msfc 0.1.0");
}

TEST(CommandLine, WithAVerbOfALaterVersionSaysSo) {
  for (const char* verb : {"eval", "fit", "report"}) {
    EXPECT_EQ(What(ExpectError(1, {verb, Sample()})),
              "'" + std::string(verb) + "' is not a verb of msfc 0.1.0 yet");
  }
}

TEST(CommandLine, WithUnknownOptionsOrTooManyWordsIsAnError) {
  for (const char* verb : {"analyze", "front", "plan", "run", "verify"}) {
    ExpectError(1, {verb, Sample(), "--bogus"});
    ExpectError(1, {verb, Sample(), "another"});
  }
  ExpectError(1, {"ops", "x"});
  ExpectError(1, {"doctor", "-z"});
}

TEST(CommandLine, HelpAndVersionAreNoErrors) {
  for (const Words& words : std::vector<Words>{{"--help"},
                                               {"--version"},
                                               {"front", "--help"},
                                               {"plan", "--help"},
                                               {"analyze", "--help"},
                                               {"compile", "-h"},
                                               {"run", "--help"},
                                               {"verify", "-h"},
                                               {"ops", "-h"},
                                               {"targets", "-h"},
                                               {"bench", "--help"},
                                               {"doctor", "-h"}}) {
    const ProcessResult result = Msfc(words);
    EXPECT_EQ(result.exit_status, 0) << words[0];
    EXPECT_NE(result.output, "");
    EXPECT_EQ(result.error, "");
  }
}

TEST(CommandLine, ALatencyThatIsNoneIsNamedWithTheRange) {
  for (const char* value : {"nan", "inf", "-3", "0"}) {
    nlohmann::json error =
        ExpectError(1, {"plan", Sample(), "--max-latency", value, "--target",
                        "nucleo-f446re"});
    EXPECT_EQ(error["error"]["where"], "--max-latency");
    EXPECT_EQ(error["error"]["hint"],
              "give a finite number above 0, for example 100");
  }
}

TEST(CommandLine, ValuesThatMakeNoSenseAreErrors) {
  for (const Words& options : std::vector<Words>{{"--ram-limit", "junk"},
                                                 {"--ram-limit", "-5"},
                                                 {"--ram-limit", "64Q"},
                                                 {"--ram-limit", "nan"},
                                                 {"--ram-limit", "inf"},
                                                 {"--ram-limit", "1e99"},
                                                 {"--ram-limit", ""},
                                                 {"--max-overhead", "0"},
                                                 {"--max-overhead", "junk"},
                                                 {"--max-overhead", "nan"},
                                                 {"--max-overhead", "0.5"},
                                                 {"--objective", "beauty"},
                                                 {"--input-mode", "mental"},
                                                 {"--method", "magic"}}) {
    for (const char* verb : {"plan", "front"}) {
      Words words = {verb, Sample()};
      words.insert(words.end(), options.begin(), options.end());
      ExpectError(1, words);
    }
  }
  for (const Words& options : std::vector<Words>{{"--runs", "0"},
                                                 {"--runs", "-1"},
                                                 {"--runs", "many"},
                                                 {"--runs", "1.5"},
                                                 {"--input", "random:0"},
                                                 {"--input", "/nowhere"},
                                                 {"--pixel-range", "-1,1"},
                                                 {"--pixel-range", "1"},
                                                 {"--on", "toaster"},
                                                 {"--output", "/nowhere/x"},
                                                 {"--output", "/"}}) {
    Words words = {"run", Sample()};
    words.insert(words.end(), options.begin(), options.end());
    ExpectError(1, words);
  }
}

TEST(CommandLine, AnOptionWithoutItsValueIsAnError) {
  EXPECT_EQ(Msfc({"plan", Sample(), "--json", "--ram-limit"}).exit_status, 1);
}

TEST(CommandLine, InputTakesOneWordSoThatTheModelMayFollow) {
  const ProcessResult result =
      Msfc({"run", "--input", "random:1", Sample(), "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.output;
}

class Model : public ::testing::Test {
 protected:
  std::string File(const std::string& name, const std::string& contents) {
    EXPECT_TRUE(directory_.Write(name, contents).has_value());
    return directory_.path() + "/" + name;
  }
  TempDir directory_ = TempDir::Create().value();
};

TEST_F(Model, ThatCannotBeReadIsAnErrorOfEveryVerb) {
  std::ifstream sample(Sample(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(sample), {}};
  const std::string cut = File("cut.tflite", bytes.substr(0, 1000));
  for (const Words& words : std::vector<Words>{{"analyze"},
                                               {"front"},
                                               {"plan"},
                                               {"run"},
                                               {"verify"},
                                               {"compile", "-o", "/x"}}) {
    for (const std::string& model :
         {std::string("/nowhere.tflite"), directory_.path(),
          std::string("/dev/zero"), File("empty.tflite", ""),
          File("text.tflite", "This is not a network.\n"), cut}) {
      Words more = words;
      more.push_back(model);
      const auto json = ExpectError(1, more);
      EXPECT_NE(json.at("error").at("where").get<std::string>().find(model),
                std::string::npos)
          << json;
    }
  }
}

TEST_F(Model, WithANameThatIsNotUtf8IsNoTrouble) {
  const std::string name = "caf\xe9.tflite";
  ExpectError(1, {"plan", directory_.path() + "/" + name});
  std::filesystem::copy_file(Sample(), directory_.path() + "/" + name);
  for (const char* verb : {"analyze", "plan", "run"}) {
    const ProcessResult result =
        Msfc({verb, directory_.path() + "/" + name, "--json"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    JsonOf(result);
  }
  const ProcessResult compiled =
      Msfc({"compile", name, "-o", "out\xff", "--json"}, directory_.path());
  EXPECT_EQ(compiled.exit_status, 0) << compiled.output;
  JsonOf(compiled);
  EXPECT_TRUE(std::filesystem::exists(directory_.path() + "/out\xff/caf.h"));
}

TEST(Infeasible, ARamLimitTooSmallSaysTheTightest) {
  for (const Words& words :
       std::vector<Words>{{"front"},
                          {"plan"},
                          {"run"},
                          {"verify"},
                          {"compile", "-o", "/nowhere"}}) {
    Words more = words;
    more.insert(more.end(), {Sample(), "--ram-limit", "0"});
    const auto json = ExpectError(2, more);
    const auto tightest = json.at("tightest").at("ram_bytes").get<int64_t>();
    EXPECT_GT(tightest, 1000);
    // And that is feasible, one byte less is not.
    const std::string limit = std::to_string(tightest);
    EXPECT_EQ(Msfc({"plan", Sample(), "--ram-limit", limit}).exit_status, 0);
    ExpectError(
        2, {"plan", Sample(), "--ram-limit", std::to_string(tightest - 1)});
  }
}

TEST(Infeasible, ATargetTooSmallSaysTheShortfall) {
  if (!FindProgram("arm-none-eabi-g++") || !FindProgram("qemu-system-arm")) {
    GTEST_SKIP() << "arm-none-eabi-g++ or qemu-system-arm is not installed";
  }
  const TempDir directory = TempDir::Create().value();
  for (const Words& words :
       std::vector<Words>{{"run", Sample(), "--on", "m0", "--method", "plain"},
                          {"compile", Sample(), "--target", "m0", "--method",
                           "plain", "-o", directory.path()}}) {
    const auto json = ExpectError(2, words);
    EXPECT_NE(What(json).find("m0 has 16,384: short by "), std::string::npos)
        << What(json);
    EXPECT_LT(json.at("tightest").at("ram_bytes").get<int64_t>(), 16384);
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(Output, ThatCannotBeWrittenIsNotSilent) {
  for (const char* line :
       {"$MSFC plan \"$SAMPLE\" > /dev/full", "$MSFC ops --json > /dev/full",
        "$MSFC --help > /dev/full", "$MSFC plan /nowhere --json > /dev/full",
        "$MSFC analyze \"$SAMPLE\" >&-",
        "{ trap '' PIPE; sleep 0.3; $MSFC plan \"$SAMPLE\" -v; echo $? >&3; } "
        "3>&2 | true; exit 1"}) {
    const ProcessResult result = Shell(line);
    EXPECT_EQ(result.exit_status, 1) << line;
    EXPECT_NE(result.error.find("msfc: stdout: cannot be written: "),
              std::string::npos)
        << line << "\n"
        << result.error;
  }
}

TEST(Output, AStderrThatFailsChangesNothing) {
  EXPECT_EQ(Shell("$MSFC plan /nowhere 2> /dev/full").exit_status, 1);
  EXPECT_EQ(Shell("$MSFC plan /nowhere 2>&-").exit_status, 1);
  EXPECT_EQ(Shell("$MSFC plan \"$SAMPLE\" 2>&-").exit_status, 0);
}

TEST(Output, ProgressIsForTerminalsAndClearedAtTheEnd) {
  EXPECT_EQ(Msfc({"verify", Sample(), "--runs", "3"}).error, "");
  if (!FindProgram("script")) GTEST_SKIP() << "script is not installed";
  // A terminal for stdout and stderr.
  const auto on_terminal = [](const std::string& options) {
    return Shell("script -qec \"$MSFC verify $SAMPLE " + options +
                 "\" /dev/null < /dev/null")
        .output;
  };
  const std::string shown = on_terminal("--runs 12");
  const size_t progress = shown.rfind('%');
  ASSERT_NE(progress, std::string::npos) << shown;
  const size_t cleared = shown.find("\r\x1b[K", progress);
  EXPECT_EQ(cleared, progress + 1) << shown;
  EXPECT_EQ(shown.find("equal: "), cleared + 4) << shown;
  EXPECT_EQ(on_terminal("--runs 12 -q").find('%'), std::string::npos);
}

TEST(NoPlanFits, NamesTheSmallestOfAllAndAHintThatHelps) {
  const nlohmann::json error =
      ExpectError(2, {"plan", Sample(), "--target", "hifive1", "--method",
                      "line-buffer"});
  const std::string hint = error["error"]["hint"];
  EXPECT_EQ(hint,
            "leave --method out, use a target with more RAM, or a smaller "
            "model");
}

TEST(Run, RefusesABoardBeforeItPlans) {
  const nlohmann::json error = ExpectError(
      1, {"run", Sample(), "--on", "esp32c3", "--ram-limit", "1"});
  EXPECT_EQ(What(error), "is a board: nothing here can run it");
}

TEST(CompileName, IsRefusedBeforeAnyPlan) {
  const TempDir out = TempDir::Create().value();
  const nlohmann::json error =
      ExpectError(1, {"compile", Sample(), "-o", out.path(), "--name",
                      "my digits", "--ram-limit", "1"});
  EXPECT_EQ(error["error"]["where"], "--name");
}

}  // namespace
}  // namespace msf
