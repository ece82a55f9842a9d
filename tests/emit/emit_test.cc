// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <tuple>

#include "driver/compile.h"
#include "support/embedded.h"
#include "support/process.h"
#include "tests/emit/emitted_model.h"
#include "tests/emit/host_main.h"
#include "tests/patch_plan.h"

namespace msf {
namespace {

constexpr InputMode kModes[] = {InputMode::kStreamed, InputMode::kResident,
                                InputMode::kExternal};

TempDir NewDirectory() { return TempDir::Create().value(); }

// What every compiler is given.
std::vector<std::string> Command(const std::vector<std::string>& compiler,
                                 const std::vector<std::string>& more) {
  std::vector<std::string> command = compiler;
  for (const char* flag :
       {"-std=c++17", "-Wall", "-Wextra", "-Werror", "-fno-exceptions",
        "-fno-rtti", "-I.", "-Iruntime"}) {
    command.push_back(flag);
  }
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

const std::vector<std::string> kHost = {
    "g++", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"};
const std::vector<std::vector<std::string>> kCross = {
    {"arm-none-eabi-g++", "-mcpu=cortex-m0", "-mthumb", "-O1",
     "-ffreestanding"},
    {"riscv64-unknown-elf-g++", "-march=rv32imc", "-mabi=ilp32", "-O1",
     "-ffreestanding"}};

// The whole runtime, compiled once for the host.
const std::string& RuntimeLibrary() {
  static const TempDir directory = NewDirectory();
  static const std::string library = [] {
    std::vector<std::string> more = {"-c"};
    for (const std::string& name : EmbeddedFiles("runtime/")) {
      EXPECT_TRUE(directory.Write(name, *EmbeddedFile(name)).has_value());
      if (name.ends_with(".cpp")) more.push_back(name);
    }
    MustRun(directory, Command(kHost, more));
    MustRun(directory, {"sh", "-c", "ar rcs libruntime.a *.o"});
    return directory.path() + "/libruntime.a";
  }();
  return library;
}

std::string TextOf(const std::vector<EmittedFile>& files,
                   const std::string& path) {
  for (const EmittedFile& file : files) {
    if (file.path == path) return file.contents;
  }
  ADD_FAILURE() << path << " is not emitted";
  return {};
}

using Case = std::tuple<size_t, InputMode>;

class EmittedModel : public ::testing::TestWithParam<Case> {
 protected:
  const NamedGraph& named_ = TestGraphs()[std::get<0>(GetParam())];
  const InputMode mode_ = std::get<1>(GetParam());
};

std::string CaseName(const ::testing::TestParamInfo<Case>& test) {
  std::string name = TestGraphs()[std::get<0>(test.param)].name;
  return name + "_" + ToString(std::get<1>(test.param));
}

INSTANTIATE_TEST_SUITE_P(All, EmittedModel,
                         ::testing::Combine(::testing::Range<size_t>(0, 5),
                                            ::testing::ValuesIn(kModes)),
                         CaseName);

// Builds the files with a program that tries them, and runs it.
void RunOnTheHost(const std::vector<EmittedFile>& files, InputMode mode) {
  const TempDir directory = NewDirectory();
  Write(directory, files);
  Write(directory, {{"main.cpp", HostMain(mode)}});
  std::vector<std::string> more = {"-o", "program", "main.cpp"};
  for (const std::string& source : Sources(files, false)) {
    more.push_back(source);
  }
  more.push_back(RuntimeLibrary());
  MustRun(directory, Command(kHost, more));
  if (testing::Test::HasFailure()) return;
  MustRun(directory, {directory.path() + "/program"});
}

// Compiles the files for small cores, perhaps without their runtime.
void CompileForSmallCores(const std::vector<EmittedFile>& files,
                          bool with_runtime) {
  const TempDir directory = NewDirectory();
  Write(directory, files);
  for (const std::vector<std::string>& compiler : kCross) {
    if (!FindProgram(compiler[0])) {
      GTEST_SKIP() << compiler[0] << " is not installed";
    }
    std::vector<std::string> more = {"-c"};
    for (const std::string& source : Sources(files, with_runtime)) {
      more.push_back(source);
    }
    MustRun(directory, Command(compiler, more));
  }
}

TEST_P(EmittedModel, RunsOnTheHostThroughEveryPartOfItsFace) {
  RunOnTheHost(Emitted(named_.make(), mode_), mode_);
}

TEST_P(EmittedModel, CompilesWithoutAWarningForCortexM0AndRv32) {
  // Kernels of hand-made networks are among those of other tests.
  CompileForSmallCores(Emitted(named_.make(), mode_),
                       mode_ == InputMode::kStreamed);
}

TEST(EmittedPatch, RunsOnTheHostThroughEveryPartOfItsFace) {
  for (const InputMode mode : kModes) {
    RunOnTheHost(
        EmittedWithPlan(DigitsSample(), mode, PlanWithLongestPatch), mode);
  }
}

TEST(EmittedPatch, CompilesWithoutAWarningForCortexM0AndRv32) {
  CompileForSmallCores(EmittedWithPlan(DigitsSample(), InputMode::kStreamed,
                                        PlanWithLongestPatch),
                       true);
}

TEST(EmittedChannelTiles, RunOnTheHostThroughEveryPartOfTheFace) {
  for (const InputMode mode : kModes) {
    RunOnTheHost(
        EmittedWithPlan(DigitsSample(), mode, PlanWithChannelTiles), mode);
  }
}

TEST(EmittedChannelTiles, CompileWithoutAWarningForCortexM0AndRv32) {
  CompileForSmallCores(EmittedWithPlan(DigitsSample(), InputMode::kStreamed,
                                        PlanWithChannelTiles),
                       true);
}

TEST_P(EmittedModel, HasAHeaderThatIsC99) {
  const TempDir directory = NewDirectory();
  Write(directory, Emitted(named_.make(), mode_));
  Write(directory, {{"user.c",
                     "#include \"net.h\"\n"
                     "static net instance;\n"
                     "msf_status use(void *arena);\n"
                     "msf_status use(void *arena) {\n"
                     "  msf_status s = net_init(&instance, arena, "
                     "NET_ARENA_SIZE);\n"
                     "  return s == MSF_OK ? net_run(&instance) : s;\n"
                     "}\n"}});
  MustRun(directory, {"gcc", "-x", "c", "-std=c99", "-pedantic", "-Wall",
                      "-Wextra", "-Wstrict-prototypes", "-Werror",
                      "-fsyntax-only", "-I.", "-Iruntime", "user.c"});
}

TEST(Emit, WritesTheSameBytesEveryTime) {
  const Graph graph = DigitsSample();
  for (const InputMode mode : kModes) {
    const std::vector<EmittedFile> first = Emitted(graph, mode);
    const std::vector<EmittedFile> second = Emitted(graph, mode);
    ASSERT_EQ(first.size(), second.size());
    for (size_t i = 0; i < first.size(); ++i) {
      EXPECT_EQ(first[i].path, second[i].path);
      EXPECT_EQ(first[i].contents, second[i].contents) << first[i].path;
    }
  }
}

TEST(Emit, GivesACmakeLibraryThatBuildsByItself) {
  if (!FindProgram("cmake")) GTEST_SKIP() << "cmake is not installed";
  const TempDir directory = NewDirectory();
  Write(directory, Emitted(TwoInputsTwoOutputs(), InputMode::kStreamed));
  MustRun(directory, {"cmake", "-S", ".", "-B", "build",
                      "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror"});
  MustRun(directory, {"cmake", "--build", "build"});
}

TEST(Emit, StartsEverySourceWithVersionCommandAndPlan) {
  for (const EmittedFile& file : Emitted(NoNodes(), InputMode::kStreamed)) {
    if (file.path.find('/') != std::string::npos) continue;
    EXPECT_NE(file.contents.find("Generated by msfc "), std::string::npos)
        << file.path;
    if (file.path == "CMakeLists.txt") continue;
    EXPECT_NE(file.contents.find(" * Command: msfc a* /b _ #error / *\n"),
              std::string::npos)
        << file.contents.substr(0, 300);
    EXPECT_NE(file.contents.find(" * Plan: "), std::string::npos);
  }
}

TEST(Emit, ShipsOnlyTheKernelsThatAreUsed) {
  const std::vector<EmittedFile> files =
      Emitted(InputThatIsAlsoOutput(), InputMode::kStreamed);
  std::vector<std::string> kernels;
  for (const std::string& source : Sources(files, true)) {
    if (source.starts_with("runtime/kernels/")) kernels.push_back(source);
  }
  EXPECT_EQ(kernels,
            std::vector<std::string>{"runtime/kernels/msf_max_pool_s8.cpp"});
}

TEST(Emit, CountsTheWholeInputWhereItIsResident) {
  const std::string header =
      TextOf(Emitted(NoNodes(), InputMode::kResident), "net.h");
  EXPECT_NE(header.find("#define NET_ARENA_SIZE 72u"), std::string::npos)
      << header;
  EXPECT_NE(header.find("#define NET_INPUT_MODE \"resident\""),
            std::string::npos);
}

TEST(Names, ThatCOrTheRuntimeHasAreRefused) {
  for (const char* name : {"class",    "int",    "restrict",
                           "co_await", "stdint", "string",
                           "Math",     "size_t", "main",
                           "loop",     "msf",    "msf_run",
                           "MSF_DONE", "Fill",   "kOutput0",
                           "_x",       "a__b",   "1x",
                           "a-b",      "",       "\xc3\xa9t\xc3\xa9"}) {
    const auto checked = CheckName(name);
    ASSERT_FALSE(checked.has_value()) << name;
    EXPECT_EQ(checked.error().kind, ErrorKind::kUser);
    EXPECT_NE(checked.error().hint.find("--name "), std::string::npos);
  }
}

TEST(Names, AreMadeOfAnyText) {
  EXPECT_EQ(CIdentifier("person-detect 2"), "person_detect_2");
  EXPECT_EQ(CIdentifier("class"), "class_net");
  EXPECT_EQ(CIdentifier("MSF_x"), "my_msf_x");
  EXPECT_EQ(CIdentifier("96x96"), "m96x96");
  EXPECT_EQ(CIdentifier("a -- b.v2_"), "a_b_v2");
  EXPECT_EQ(CIdentifier("\xff\xfe"), "m");
  EXPECT_EQ(CIdentifier(""), "m");
  EXPECT_EQ(CIdentifier(std::string(500, 'a')).size(), 64u);
  for (const char* text : {"msf", "stdio", "__", "_Bool", "NULL", "kInputs"}) {
    EXPECT_TRUE(CheckName(CIdentifier(text)).has_value()) << text;
  }
}

TEST(Names, OfTheLibrariesAndTheirHeadersAreRefused) {
  for (const char* name :
       {"INT8_MAX", "UINT_FAST16_MAX", "PRIu8", "EOF", "ERANGE", "DBL_DIG",
        "int_least8_t", "atomic_uint16_t", "FILE", "va_list", "printf", "sinf",
        "atan2l", "memcpy", "tm", "errno", "read", "features", "Sched", "stdio",
        "thread_local", "time", "linux", "unix", "harness", "net_weights",
        "my_selftest"}) {
    EXPECT_FALSE(CheckName(name).has_value()) << name;
    EXPECT_TRUE(CheckName(CIdentifier(name)).has_value()) << name;
  }
  EXPECT_EQ(CIdentifier("features"), "features_net");
  for (const char* name :
       {"person_detect", "kws", "toy", "island", "stroke", "ECG", "PRIME",
        "INT8", "int8", "interior_t", "memory_net", "signals", "model"}) {
    EXPECT_TRUE(CheckName(name).has_value()) << name;
  }
}

TEST(Names, ThatAreAllowedCompile) {
  for (const char* name :
       {"m", "arena", "size", "done", "machine", "external", "input", "inputs",
        "output", "b0", "i", "row", "N_3", "kernel", "uint8", "rows"}) {
    for (const InputMode mode : {InputMode::kStreamed, InputMode::kExternal}) {
      const TempDir directory = NewDirectory();
      const std::vector<EmittedFile> files = Emitted(NoNodes(), mode, name);
      Write(directory, files);
      std::vector<std::string> more = {"-fsyntax-only"};
      for (const std::string& source : Sources(files, false)) {
        more.push_back(source);
      }
      MustRun(directory, Command({"g++"}, more));
    }
  }
}

}  // namespace
}  // namespace msf
