// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Ctrl-C while emulators and compilers run: one line, and nothing is left.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/msfc.h"

namespace msf {
namespace {

namespace fs = std::filesystem;

// Sends msfc a signal when a file of this kind lies in its temporary folder.
// Jobs of a shell ignore interrupts unless told otherwise.
ProcessResult InterruptAt(const std::string& file, const std::string& words,
                          const std::string& signal,
                          const TempDir& temporary) {
  return Shell("export TMPDIR=" + temporary.path() +
               "; env --default-signal=" + signal + " \"$MSFC\" " + words +
               " & job=$!; "
               "until ls $TMPDIR/msfc-*/" + file + " >/dev/null 2>&1 || "
               "! kill -0 $job; do sleep 0.02; done; "
               "kill -" + signal + " $job; wait $job");
}

void ExpectNothingIsLeft(const std::string& file, const std::string& words,
                         const std::string& signal = "INT",
                         int exit_status = 130) {
  const TempDir temporary = TempDir::Create().value();
  const ProcessResult result = InterruptAt(file, words, signal, temporary);
  EXPECT_EQ(result.exit_status, exit_status) << result.error;
  EXPECT_EQ(result.output, "");
  EXPECT_TRUE(result.error.starts_with("msfc: ")) << result.error;
  EXPECT_TRUE(result.error.ends_with(
      " was cancelled; nothing was written\n")) << result.error;
  EXPECT_TRUE(fs::is_empty(temporary.path()));
}

class Interrupt : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!FindProgram("arm-none-eabi-g++") || !FindProgram("qemu-system-arm")) {
      GTEST_SKIP() << "arm-none-eabi-g++ or qemu-system-arm is not installed";
    }
  }
};

TEST_F(Interrupt, WhileAnEmulatorRunsEndsIt) {
  ExpectNothingIsLeft("image.elf", "run \"$SAMPLE\" --on m4 --runs 100000");
}

TEST_F(Interrupt, ByTheEndThatIsAskedForIsTheSame) {
  const std::string words = "run \"$SAMPLE\" --on m4 --runs 100000";
  ExpectNothingIsLeft("image.elf", words, "TERM", 143);
  ExpectNothingIsLeft("image.elf", words, "HUP", 129);
}

TEST_F(Interrupt, WhileKernelsAreMeasuredEndsThat) {
  ExpectNothingIsLeft("image.elf", "bench --calibrate --target m4");
}

TEST_F(Interrupt, WhileACompilerRunsEndsIt) {
  const TempDir out = TempDir::Create().value();
  ExpectNothingIsLeft(
      "*.cpp", "compile \"$SAMPLE\" -o " + out.path() + "/new");
  EXPECT_TRUE(fs::is_empty(out.path()));
}

}  // namespace
}  // namespace msf
