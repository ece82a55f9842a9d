// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "msf/model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace msf {
namespace {

std::string Sample() {
  const char* root = std::getenv("MSF_SOURCE_DIR");
  return std::string(root ? root : ".") + "/examples/digits/digits96_int8.tflite";
}

TEST(Model, SampleIsPlannedVerifiedAndEmitted) {
  const Outcome<Model> model = Model::Load(Sample());
  ASSERT_TRUE(model) << ToString(model.error());
  const Outcome<ModelPlan> plan = model->Plan();
  ASSERT_TRUE(plan) << ToString(plan.error());
  EXPECT_DOUBLE_EQ(plan->overhead_factor(), 1.0);
  EXPECT_LE(plan->lower_bound_bytes(), plan->arena_bytes());
  const Outcome<bool> verified = plan->Verify();
  ASSERT_TRUE(verified) << ToString(verified.error());
  const auto files = plan->Emit("digits");
  ASSERT_TRUE(files) << ToString(files.error());
  const auto has = [&](const char* path) {
    return std::any_of(files->begin(), files->end(),
                       [&](const SourceFile& f) { return f.path == path; });
  };
  EXPECT_TRUE(has("digits.h"));
  EXPECT_TRUE(has("plan.json"));
  EXPECT_TRUE(has("runtime/msf_machine.cpp"));
}

TEST(Model, PlainPlanNeedsSeveralTimesTheRamOfTheFusedOne) {
  const Outcome<Model> model = Model::Load(Sample());
  ASSERT_TRUE(model) << ToString(model.error());
  const auto fused = model->Plan();
  const auto plain = model->Plan({.method = "plain"});
  ASSERT_TRUE(fused && plain);
  EXPECT_GT(plain->arena_bytes(), 3 * fused->arena_bytes());
}

TEST(Model, LimitThatNoPlanMeetsNamesTheTightest) {
  const Outcome<Model> model = Model::Load(Sample());
  ASSERT_TRUE(model) << ToString(model.error());
  const auto smallest = model->Plan({.max_overhead = 100.0});
  ASSERT_TRUE(smallest) << ToString(smallest.error());
  const auto plan = model->Plan({.ram_limit_bytes = 1000});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::kInfeasible);
  EXPECT_EQ(plan.error().tightest_ram_bytes, smallest->arena_bytes());
}

TEST(Model, PlanStopsWhenTheCallerHasEnough) {
  const Outcome<Model> model = Model::Load(Sample());
  ASSERT_TRUE(model) << ToString(model.error());
  int asked = 0;
  const auto plan =
      model->Plan({.is_cancelled = [&] { return ++asked > 20; }});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::kCancelled);
  EXPECT_NE(plan.error().what.find("cancelled"), std::string::npos);
  EXPECT_LT(asked, 100) << "went on";
}

TEST(Model, MissingFileAndUnknownOptionsAreUserErrors) {
  const Outcome<Model> missing = Model::Load("/nonexistent/model.tflite");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kUser);
  const Outcome<Model> model = Model::Load(Sample());
  ASSERT_TRUE(model) << ToString(model.error());
  const auto plan = model->Plan({.input_mode = "flooded"});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().where, "input_mode");
}

}  // namespace
}  // namespace msf
