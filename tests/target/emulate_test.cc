// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "target/emulate.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>

#include "support/process.h"
#include "support/random_bytes.h"
#include "tests/target/mini_model.h"

namespace msf {
namespace {

// The package that a target lacks here, or "".
std::string MissingPackage(const Target& target) {
  if (!FindProgram(target.toolchain.compiler)) {
    return target.toolchain.debian_package;
  }
  if (!FindProgram(target.emulator.command)) {
    return target.emulator.debian_package;
  }
  return "";
}

#define MSF_SKIP_WITHOUT_TOOLS(target)                                      \
  if (const std::string missing = MissingPackage(target); !missing.empty()) \
  GTEST_SKIP() << "Debian package " << missing << " is not installed"

class OnTarget : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { MSF_SKIP_WITHOUT_TOOLS(target_); }

  EmulationResult Run(const EmulationRequest& request) {
    auto result = Emulate(target_, request);
    if (!result) {
      ADD_FAILURE() << ToString(result.error());
      return {};
    }
    return *result;
  }

  const Target target_ = FindTarget(GetParam()).value();
};

INSTANTIATE_TEST_SUITE_P(Emulated, OnTarget,
                         ::testing::Values("m4", "m55", "m0", "rv32imc",
                                           "hifive1"),
                         [](const auto& test) { return test.param; });

TEST_P(OnTarget, StreamedRowsGiveTheExpectedBytesInEveryRun) {
  const MiniModel model;
  const EmulationResult result = Run(MiniRequest(model, 3));
  EXPECT_EQ(result.outputs, MiniOutputs(model, 3));
  EXPECT_EQ(result.arena_bytes, model.ArenaBytes());
  EXPECT_EQ(result.arena_linked_bytes, model.ArenaBytes());
  EXPECT_EQ(result.arena_touched_bytes, model.ArenaBytes());
  EXPECT_GE(result.instance_bytes, 8);
  EXPECT_GT(result.text_bytes, 200);
  EXPECT_LT(result.text_bytes, 4000);
  EXPECT_GT(result.rodata_bytes, 50);
  EXPECT_EQ(result.data_bytes, 0);
  EXPECT_GE(result.bss_bytes, result.arena_bytes + result.instance_bytes);
  EXPECT_GT(result.stack_bytes, 40);
  EXPECT_LT(result.stack_bytes, 600);
  EXPECT_LT(result.callback_stack_bytes, result.stack_bytes);
}

TEST_P(OnTarget, ResidentAndExternalInputsGiveTheSameBytes) {
  for (const HarnessInputMode mode :
       {HarnessInputMode::kResident, HarnessInputMode::kExternal}) {
    const MiniModel model{.mode = mode};
    const EmulationResult result = Run(MiniRequest(model, 2));
    EXPECT_EQ(result.outputs, MiniOutputs(model, 2));
    EXPECT_EQ(result.arena_touched_bytes, model.ArenaBytes());
    EXPECT_EQ(result.callback_stack_bytes, 0);
  }
}

TEST_P(OnTarget, InstructionsAreTheSameInEveryInvocation) {
  const EmulationResult first = Run(MiniRequest({}, 2));
  const EmulationResult second = Run(MiniRequest({}, 2));
  ASSERT_EQ(first.instructions.size(), 2u);
  EXPECT_GT(first.instructions[0], 8 * 16);
  EXPECT_EQ(first.instructions, second.instructions);
  EXPECT_EQ(first.stack_bytes, second.stack_bytes);
}

// The counter against a kernel of known length: two instructions a turn.
TEST_P(OnTarget, InstructionsAreExactToOneInTenThousand) {
  const auto kernel = [](int turns) {
    const std::string n = std::to_string(turns);
#define LOOP "%0, %0, #1\\n bne 1b"
    return "{ uint32_t turns = " + n +
           ";\n#if defined(__riscv)\n"
           "__asm__ volatile(\"1: addi %0, %0, -1\\n bnez %0, 1b\""
           " : \"+r\"(turns));\n#else\n"
           "__asm__ volatile(\".syntax unified\\n1: subs " LOOP
           "\" : \"+l\"(turns) : : \"cc\");\n#endif\n}";
#undef LOOP
  };
  // 2 output rows; the difference leaves the loop alone. 30 M instructions
  // are longer than a turn of SysTick.
  const EmulationResult few =
      Run(MiniRequest({.rows = 4, .kernel = kernel(1'000'001)}));
  const EmulationResult many =
      Run(MiniRequest({.rows = 4, .kernel = kernel(8'500'001)}));
  ASSERT_EQ(few.instructions.size(), 1u);
  ASSERT_EQ(many.instructions.size(), 1u);
  EXPECT_NEAR(static_cast<double>(many.instructions[0] - few.instructions[0]),
              30e6, 300);
}

TEST_P(OnTarget, TheInputCallbackIsNotCounted) {
  // The same work for the model; 400 times less work than the callback's
  // xorshift steps would be for baked bytes.
  EmulationRequest request = MiniRequest({.row_bytes = 2000 / 4});
  const EmulationResult random = Run(request);
  request.inputs[0].data.assign(8 * 2000 / 4, 7);
  const EmulationResult baked = Run(request);
  ASSERT_EQ(random.instructions.size(), 1u);
  ASSERT_EQ(baked.instructions.size(), 1u);
  EXPECT_NEAR(static_cast<double>(random.instructions[0]),
              static_cast<double>(baked.instructions[0]), 16);
  EXPECT_EQ(baked.outputs[0], std::vector<uint8_t>(4 * 2000 / 4, 14));
}

TEST_P(OnTarget, FloatInputTakesOneDrawAnElement) {
  // Row r of the output gets bytes of row 2r alone.
  MiniModel model{.kernel =
                      "for (int i = 0; i < call->out.row_bytes; ++i) {"
                      " msf_row(&call->in[0], 2 * call->step + 1)[i] = 0; }"};
  EmulationRequest request = MiniRequest(model);
  request.inputs[0].is_float = true;
  const EmulationResult result = Run(request);
  RandomBytes stream(1);
  std::vector<uint8_t> expected;
  for (int r = 0; r < model.rows; ++r) {
    for (int i = 0; i < model.row_bytes / 4; ++i) {
      const auto value = static_cast<int8_t>(stream.Next());
      const auto bits = std::bit_cast<std::array<uint8_t, 4>>(
          static_cast<float>(value) / 128.0f);
      if (r % 2 == 0) expected.insert(expected.end(), bits.begin(), bits.end());
    }
  }
  ASSERT_EQ(result.outputs.size(), 1u);
  EXPECT_EQ(result.outputs[0], expected);
}

TEST_P(OnTarget, CodeSizesNeedNeitherInputsNorRuns) {
  EmulationRequest request = MiniRequest({});
  const EmulationResult result = Run(request);
  request.inputs.clear();
  const auto sizes = BuildForTarget(target_, request);
  ASSERT_TRUE(sizes.has_value()) << ToString(sizes.error());
  EXPECT_EQ(sizes->text_bytes, result.text_bytes);
  EXPECT_EQ(sizes->rodata_bytes, result.rodata_bytes);
  EXPECT_EQ(sizes->arena_bytes, result.arena_linked_bytes);
}

TEST_P(OnTarget, AReadOfStaleMemoryIsNoticed) {
  const MiniModel model{
      .kernel = "msf_row(&call->in[0], 0)[0] ^= *(uint8_t *)call->scratch;",
      .extra_arena = 16};
  const auto result = Emulate(target_, MiniRequest(model));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kInternal);
  EXPECT_NE(result.error().what.find("stale memory"), std::string::npos)
      << ToString(result.error());
}

TEST_P(OnTarget, AWriteBehindTheArenaIsNoticed) {
  const MiniModel model{.kernel =
                            "((volatile uint8_t *)call->scratch)[0] = 1;"};
  const auto result = Emulate(target_, MiniRequest(model));
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().what.find("behind the end"), std::string::npos)
      << ToString(result.error());
}

TEST_P(OnTarget, BytesThatAPlanNeverTouchesShow) {
  const MiniModel model{.extra_arena = 32};
  const EmulationResult result = Run(MiniRequest(model));
  EXPECT_EQ(result.arena_bytes, model.ArenaBytes());
  EXPECT_EQ(result.arena_touched_bytes, model.ArenaBytes() - 32);
}

TEST_P(OnTarget, AHangEndsAtTheTimeOut) {
  EmulationRequest request = MiniRequest({.kernel = "for (;;) {}"});
  request.timeout_seconds = 0.5;
  const auto result = Emulate(target_, request);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kUser);
  EXPECT_NE(result.error().what.find("0.5 seconds"), std::string::npos);
}

TEST_P(OnTarget, AJumpToNowhereIsAFault) {
  const auto result = Emulate(
      target_,
      MiniRequest({.kernel = "((void (*)())(uintptr_t)0xC0000001u)();"}));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kInternal);
  EXPECT_NE(result.error().what.find("fault"), std::string::npos)
      << ToString(result.error());
}

TEST(Emulate, AnUnalignedLoadFaultsOnM0) {
  const Target target = FindTarget("m0").value();
  MSF_SKIP_WITHOUT_TOOLS(target);
  const MiniModel model{
      .kernel = "(void)*(volatile uint32_t *)(call->in[0].base + 1);"};
  const auto result = Emulate(target, MiniRequest(model));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kInternal);
  EXPECT_NE(result.error().what.find("faulted at 0x"), std::string::npos)
      << ToString(result.error());
  EXPECT_NE(result.error().what.find("in mini_sum"), std::string::npos)
      << ToString(result.error());
}

TEST(Emulate, AStackThatLeavesM0sRamIsAFault) {
  const Target target = FindTarget("m0").value();
  MSF_SKIP_WITHOUT_TOOLS(target);
  const MiniModel model{
      .kernel =
          "volatile uint8_t big[20000];"
          "for (unsigned i = 0; i < sizeof big; ++i) big[i] = 1;"};
  const auto result = Emulate(target, MiniRequest(model));
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().what.find("fault"), std::string::npos)
      << ToString(result.error());
}

TEST(Emulate, AModelTooLargeForM0IsRefusedWithTheShortfall) {
  const Target target = FindTarget("m0").value();
  MSF_SKIP_WITHOUT_TOOLS(target);
  const MiniModel model{.extra_arena = 21904};
  ASSERT_EQ(model.ArenaBytes(), 22000);
  const EmulationRequest request = MiniRequest(model);
  const auto result = Emulate(target, request);
  ASSERT_FALSE(result.has_value());
  const Diagnostic& error = result.error();
  EXPECT_EQ(error.kind, ErrorKind::kInfeasible);
  const BuildSizes sizes = BuildForTarget(target, request).value();
  const int64_t shortfall =
      sizes.ram_bytes + kStackReserveBytes - target.memories[1].bytes;
  EXPECT_GE(shortfall, 22000 + 1024 - 16384);
  EXPECT_LE(shortfall, 22000 + 1024 - 16384 + 400);
  EXPECT_EQ(error.tightest_ram_bytes, 22000 - shortfall);
  const std::string digits = std::to_string(shortfall % 1000 + 1000).substr(1);
  EXPECT_NE(error.what.find("m0 has 16,384: short by " +
                            std::to_string(shortfall / 1000) + "," + digits),
            std::string::npos)
      << error.what;
  // And what it calls tightest does fit.
  const MiniModel tightest{
      .extra_arena = static_cast<int>(*error.tightest_ram_bytes) - 96};
  EXPECT_TRUE(Emulate(target, MiniRequest(tightest)).has_value());
}

TEST(Emulate, FlashThatIsTooSmallIsToldApart) {
  BuildSizes sizes;
  sizes.text_bytes = 1000;
  sizes.rodata_bytes = 300000;
  sizes.flash_bytes = 301000;
  const auto error = CheckFit(FindTarget("m0").value(), sizes);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->what,
            "needs 301,000 bytes of flash: code 1,000 + constants 300,000 + "
            "variables and padding 0 + test harness 0 + its inputs 0; m0 has "
            "262,144: "
            "short by 38,856");
}

TEST(Emulate, TheMessageOfAShortfallAddsUp) {
  BuildSizes sizes;
  sizes.arena_bytes = 22000;
  sizes.instance_bytes = 100;
  sizes.harness_ram_bytes = 84;
  sizes.ram_bytes = 22000 + 100 + 84 + 16;
  const auto error = CheckFit(FindTarget("m0").value(), sizes);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->what,
            "needs 23,224 bytes of RAM: arena 22,000 + instance 100 + "
            "variables and padding 16 + test harness 84 + stack reserve "
            "1,024; m0 has 16,384: short by 6,840");
  EXPECT_EQ(error->tightest_ram_bytes, 22000 - 6840);
  EXPECT_NE(error->hint.find("--ram-limit 15160"), std::string::npos);
}

TEST(Emulate, AMissingToolIsNamedWithItsPackage) {
  Target target = FindTarget("m0").value();
  target.emulator.command = "no-such-emulator";
  auto result = Emulate(target, MiniRequest({}));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kUser);
  EXPECT_EQ(result.error().what, "no-such-emulator is not installed");
  EXPECT_NE(result.error().hint.find("qemu-system-arm"), std::string::npos);
  target.toolchain.compiler = "no-such-compiler";
  const auto build = BuildForTarget(target, MiniRequest({}));
  ASSERT_FALSE(build.has_value());
  EXPECT_NE(build.error().hint.find("gcc-arm-none-eabi"), std::string::npos);
}

TEST(Emulate, InputOfTheWrongSizeIsAUserError) {
  EmulationRequest request = MiniRequest({});
  request.inputs[0].data = {1, 2, 3};
  const auto result = Emulate(FindTarget("m0").value(), request);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().what, "input 0 takes 128 bytes, not 3");
}

}  // namespace
}  // namespace msf
