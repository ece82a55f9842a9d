// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/run.h"

#include <gtest/gtest.h>

#include "driver/compile.h"
#include "driver/planner.h"
#include "tests/graph_maker.h"

namespace msf {
namespace {

class CancelledRun : public ::testing::Test {
 protected:
  CancelledRun() {
    const TensorId in = make_.Input({1, 6, 6, 2});
    make_.Output(make_.Conv2D(in, {.kernel_h = 3, .kernel_w = 3}, 2));
    planned_ = MakePlan(make_.graph(), {}).value();
    request_.watch.is_cancelled = [this] { return ++asked_ > 3; };
    request_.watch.begin = [this](const std::string& what) { begun_ = what; };
  }
  void ExpectCancelled(const Result<RunReport>& report,
                       const std::string& work) {
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().kind, ErrorKind::kCancelled);
    EXPECT_EQ(report.error().what, "the run was cancelled; nothing was written");
    EXPECT_EQ(begun_, work);
    EXPECT_EQ(asked_, 4);
  }

  GraphMaker make_{1};
  PlannedModel planned_;
  RunRequest request_{.runs = 1000000};
  int asked_ = 0;
  std::string begun_;
};

TEST_F(CancelledRun, OnTheHostEndsBetweenTwoRuns) {
  ExpectCancelled(RunOnHost(make_.graph(), planned_.schedule, request_),
                  "running");
}

TEST_F(CancelledRun, OfTheVerifierEndsBetweenTwoRuns) {
  ExpectCancelled(VerifyOnHost(make_.graph(), planned_.schedule, request_),
                  "verifying");
}

TEST_F(CancelledRun, LeavesNothingCompiled) {
  asked_ = 3;
  const auto model = CompileModel(make_.graph(), planned_.schedule,
                                  {.name = "net", .watch = request_.watch});
  ASSERT_FALSE(model.has_value());
  EXPECT_EQ(model.error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace msf
