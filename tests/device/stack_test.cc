// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The stack that plans reserve is enough, for the kernels that take most.
#include <gtest/gtest.h>

#include "driver/run.h"
#include "plan/patch.h"
#include "schedule/schedule.h"
#include "support/process.h"
#include "target/emulate.h"
#include "target/target.h"
#include "tests/graph_maker.h"
#include "tests/patch_plan.h"

namespace msf {
namespace {

constexpr WindowChoice kThree = {.kernel_h = 3, .kernel_w = 3};

class Stack : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    target_ = FindTarget(GetParam()).value();
    if (!FindProgram(target_.toolchain.compiler) ||
        !FindProgram(target_.emulator.command)) {
      GTEST_SKIP() << "its tools are not installed";
    }
  }

  // A patch of the units [0, last), of which some may be made tap by tap.
  void ExpectEnoughFor(const Graph& graph, int32_t last, bool by_taps) {
    const UnitGraph units = BuildUnitGraph(graph, InputMode::kResident);
    StagePlan patch = {
        .first_unit = 0, .last_unit = last, .patch_rows = 3, .patch_cols = 4};
    patch.keeps_rows.assign(static_cast<size_t>(last) - 1, false);
    patch.by_taps = by_taps;
    ASSERT_TRUE(MakePatch(units, patch).has_value());
    const auto schedule =
        BuildSchedule(graph, units, PlanWithPatch(units, patch));
    ASSERT_TRUE(schedule.has_value()) << ToString(schedule.error());
    const auto report =
        RunOnTarget(graph, *schedule, target_, {});
    ASSERT_TRUE(report.has_value()) << ToString(report.error());
    EXPECT_TRUE(report->equal);
    EXPECT_LE(report->stack_bytes, kStackReserveBytes);
  }

 private:
  Target target_;
};

INSTANTIATE_TEST_SUITE_P(Emulated, Stack,
                         ::testing::Values("m4", "m55", "m0", "rv32imc"),
                         [](const auto& test) {
                           return std::string(test.param);
                         });

// With scales of channels and of whole tensors, short windows and long ones.
TEST_P(Stack, IsEnoughForPatchesOfConvolutions) {
  for (uint32_t seed = 0; seed < 6; ++seed) {
    GraphMaker make(seed);
    const WindowChoice second = {
        .kernel_h = 3, .kernel_w = 3, .dilation_w = seed % 3 == 0 ? 2 : 1};
    TensorId x = make.Input({1, 8, 9, seed % 2 == 0 ? 20 : 3});
    x = make.Conv2D(x, kThree, seed % 2 == 0 ? 24 : 21);
    make.Output(make.Conv2D(x, second, 6));
    ExpectEnoughFor(make.graph(), 2, false);
  }
}

TEST_P(Stack, IsEnoughForPatchesTapByTap) {
  GraphMaker make(9);
  TensorId x = make.Input({1, 12, 9, 1});
  x = make.Conv2D(x, {.kernel_h = 10, .kernel_w = 4}, 18);
  make.Output(make.DepthwiseConv2D(x, kThree));
  ExpectEnoughFor(make.graph(), 2, true);
  GraphMaker wide(10);
  x = wide.Input({1, 8, 8, 64});
  x = wide.Conv2D(x, {}, 20);
  wide.Output(wide.DepthwiseConv2D(x, kThree));
  ExpectEnoughFor(wide.graph(), 2, true);
}

}  // namespace
}  // namespace msf
