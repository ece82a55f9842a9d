// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The verifier is only worth what it catches: each test breaks a good schedule
// in one place and expects to be told where, and why.
#include "exec/shadow.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "exec/verify.h"
#include "ops/op_def.h"
#include "plan/stage.h"
#include "support/random_bytes.h"
#include "tests/graph_maker.h"

namespace msf {
namespace {

// A network whose tensors are named a, b, c, ..., all units in one block.
class Mutation : public testing::Test {
 protected:
  void Prepare(GraphMaker& make, InputMode mode = InputMode::kStreamed,
               bool accumulate = false) {
    graph_ = std::move(make.graph());
    RandomBytes stream(7);
    inputs_ = RandomInputs(graph_, stream);
    reference_ = RunReference(graph_, inputs_);
    units_ = BuildUnitGraph(graph_, mode);
    std::vector<int32_t> forms;
    for (const Unit& unit : units_.units) {
      const size_t last = accumulate ? unit.forms.size() - 1 : 0;
      forms.push_back(static_cast<int32_t>(last));
    }
    const auto count = static_cast<int32_t>(units_.units.size());
    const BlockPlan block = SingleStages(0, count, forms);
    Build({.input_mode = mode, .blocks = {block}});
  }

  void Build(const Plan& plan) {
    Result<Schedule> schedule = BuildSchedule(graph_, units_, plan);
    ASSERT_TRUE(schedule.has_value()) << ToString(schedule.error());
    schedule_ = std::move(*schedule);
    const VerifyReport packed = Verify();
    ASSERT_TRUE(packed.equal) << packed.difference->reason;
    SpreadOut();
    const VerifyReport spread = Verify();
    ASSERT_TRUE(spread.equal) << spread.difference->reason;
  }

  // Gives everything bytes of its own, so that a test which moves one thing
  // onto another knows what else lies there: nothing.
  void SpreadOut() {
    int64_t end = 0;
    const auto place = [&](int64_t bytes) {
      const int64_t offset = end;
      end += (bytes + 15) / 16 * 16;
      return offset;
    };
    for (ScheduleTensor& tensor : schedule_.tensors) {
      tensor.offset = place(tensor.rows * tensor.row_bytes);
    }
    for (ScheduleBlock& block : schedule_.blocks) {
      for (ScheduleStage& stage : block.stages) {
        stage.state_offset = place(stage.form.state_bytes);
        stage.scratch_offset = place(stage.form.scratch_bytes);
      }
    }
    schedule_.arena_bytes = end;
  }

  VerifyReport Verify() const {
    return VerifyRun(graph_, schedule_, inputs_, reference_);
  }

  int32_t IndexOf(TensorId id) const {
    for (size_t i = 0; i < schedule_.tensors.size(); ++i) {
      if (schedule_.tensors[i].tensor == id) return static_cast<int32_t>(i);
    }
    return -1;
  }
  ScheduleTensor& TensorOf(TensorId id) {
    return schedule_.tensors[static_cast<size_t>(IndexOf(id))];
  }
  ScheduleStage& StageThatWrites(TensorId id) {
    for (ScheduleBlock& block : schedule_.blocks) {
      for (ScheduleStage& stage : block.stages) {
        if (stage.output == IndexOf(id)) return stage;
      }
    }
    throw std::runtime_error("no such stage");
  }

  // Expects the first difference at a row of the node that writes `id`.
  Difference ExpectCaught(TensorId id, int32_t row, const std::string& reason) {
    const VerifyReport report = Verify();
    EXPECT_FALSE(report.equal) << "not caught: " << reason;
    if (!report.difference) return {};
    const Difference& difference = *report.difference;
    EXPECT_EQ(difference.tensor, graph_.tensor(id).name) << difference.reason;
    EXPECT_EQ(difference.row, row) << difference.reason;
    EXPECT_NE(difference.reason.find(reason), std::string::npos)
        << "wanted: " << reason << "\ngot: " << difference.reason;
    return difference;
  }

  Graph graph_;
  std::vector<Bytes> inputs_;
  std::vector<Bytes> reference_;
  UnitGraph units_;
  Schedule schedule_;
};

constexpr WindowChoice kThree = {.kernel_h = 3, .kernel_w = 3};

class ChainMutation : public Mutation {
 protected:
  void SetUp() override {
    GraphMaker make(3);
    in_ = make.Input({1, 10, 6, 2});
    a_ = make.Conv2D(in_, kThree, 3);
    b_ = make.Conv2D(a_, kThree, 3);
    c_ = make.Conv2D(b_, kThree, 2);
    make.Output(c_);
    Prepare(make);
  }
  TensorId in_, a_, b_, c_;
};

TEST_F(ChainMutation, LineBufferWithOneRowTooFewLosesItsOldestRow) {
  ASSERT_EQ(TensorOf(a_).capacity, 3);
  TensorOf(a_).capacity = 2;
  // Row 1 of b is the first that reads rows 0, 1 and 2 of a; row 2 of a has
  // taken the place of row 0.
  const Difference difference =
      ExpectCaught(b_, 1, "reads row 0 of '" + graph_.tensor(a_).name + "'");
  EXPECT_NE(
      difference.reason.find("holds row 2 of '" + graph_.tensor(a_).name + "'"),
      std::string::npos)
      << difference.reason;
  EXPECT_EQ(difference.op, "CONV_2D");
  EXPECT_EQ(difference.node, 1);
}

TEST_F(ChainMutation, FeedWithOneRowTooFewIsCaughtAtItsReader) {
  ASSERT_EQ(TensorOf(in_).capacity, 3);
  TensorOf(in_).capacity = 2;
  ExpectCaught(a_, 1, "reads row 0 of '" + graph_.tensor(in_).name + "'");
}

TEST_F(ChainMutation, OverlappingBuffersAreCaughtWhereTheLostRowIsRead) {
  // Row 5 of c takes the place of row 6 of a, which row 7 of b still reads.
  TensorOf(a_).offset = TensorOf(c_).offset + 5 * TensorOf(c_).row_bytes;
  const Difference difference =
      ExpectCaught(b_, 7, "reads row 6 of '" + graph_.tensor(a_).name + "'");
  EXPECT_NE(
      difference.reason.find("holds row 5 of '" + graph_.tensor(c_).name + "'"),
      std::string::npos)
      << difference.reason;
}

TEST_F(ChainMutation, CorruptedWeightIsCaughtAtTheFirstRowThatItTouches) {
  KernelCall& call = StageThatWrites(b_).call;
  const auto weights =
      std::find_if(call.fields.begin(), call.fields.end(),
                   [](const ParamField& f) { return f.name == "weights"; });
  ASSERT_NE(weights, call.fields.end());
  // The centre tap of filter 0, channel 0: every row reads it.
  uint8_t& tap = weights->array->bytes[4 * 3];
  tap = static_cast<uint8_t>(tap + 100);
  const Difference difference =
      ExpectCaught(b_, 0, "differs from the reference");
  EXPECT_GE(difference.byte, 0);
  EXPECT_NE(difference.expected, difference.got);
}

TEST_F(ChainMutation, CorruptedNumberIsCaught) {
  KernelCall& call = StageThatWrites(c_).call;
  const auto field = std::find_if(
      call.fields.begin(), call.fields.end(),
      [](const ParamField& f) { return f.name == "output_zero_point"; });
  ASSERT_NE(field, call.fields.end());
  ++field->value;
  const Difference difference =
      ExpectCaught(c_, 0, "differs from the reference");
  EXPECT_EQ(difference.got, difference.expected + 1);
}

TEST_F(ChainMutation, NeedThatIsTooSmallRunsBeforeItsRowsAreThere) {
  // Row 0 reads rows 0 and 1 but asks for row 0 alone.
  ScheduleRead& read = StageThatWrites(b_).reads[0];
  ASSERT_EQ(read.need, (RowNeed{.stride = 1, .offset = -1, .extent = 3}));
  read.need.extent = 2;
  ExpectCaught(b_, 0, "differs from the reference");
}

TEST_F(ChainMutation, NeedThatBeginsTooLateLetsItsRowsDie) {
  ScheduleRead& read = StageThatWrites(b_).reads[0];
  read.need = {.stride = 1, .offset = 0, .extent = 2};
  // Row 0 of a is poisoned after row 0 of b; row 1 reads it all the same.
  ExpectCaught(b_, 1, "differs from the reference");
}

TEST_F(ChainMutation, NeedThatIsTooLargeReadsARowThatIsGone) {
  ScheduleRead& read = StageThatWrites(c_).reads[0];
  read.need = {.stride = 1, .offset = -2, .extent = 4};
  ExpectCaught(c_, 2, "reads row 0 of '" + graph_.tensor(b_).name + "'");
}

TEST_F(ChainMutation, WriteOutsideOfTheOutputRowIsCaught) {
  // The kernel believes that rows of b are one pixel longer than they are.
  KernelCall& call = StageThatWrites(b_).call;
  const auto field =
      std::find_if(call.fields.begin(), call.fields.end(),
                   [](const ParamField& f) { return f.name == "out_w"; });
  ASSERT_NE(field, call.fields.end());
  ++field->value;
  ExpectCaught(b_, 0, "outside its output row");
}

TEST_F(ChainMutation, OutputThatIsOverwrittenIsCaught) {
  // A line buffer inside of the output's rows: the next row of it is what
  // the block writes last but one.
  TensorOf(b_).offset = TensorOf(c_).offset;
  const VerifyReport report = Verify();
  ASSERT_FALSE(report.equal);
  EXPECT_FALSE(report.difference->reason.empty());
}

TEST_F(Mutation, WholeTensorThatDiesBeforeTheNextBlockIsCaught) {
  GraphMaker make(5);
  const TensorId in = make.Input({1, 6, 5, 2});
  const TensorId a = make.Conv2D(in, kThree, 2);
  const TensorId b = make.Conv2D(a, kThree, 4);
  const TensorId c = make.Add(b, b);
  const TensorId d = make.Conv2D(a, {}, 4);
  const TensorId e = make.Add(c, d);
  make.Output(e);
  Prepare(make);
  Plan plain{.input_mode = InputMode::kStreamed, .blocks = {}};
  for (int32_t u = 0; u < 6; ++u) plain.blocks.push_back(SingleStages(u, u + 1));
  Build(plain);
  // c lies over a, which d reads later.
  TensorOf(c).offset = TensorOf(a).offset;
  ExpectCaught(
      d, 0, "reads row 0 of '" + graph_.tensor(a).name + "', but arena byte");
}

TEST_F(Mutation, ResidualThatKeepsOneSkipRowTooFewIsCaught) {
  GraphMaker make(9);
  const TensorId in = make.Input({1, 9, 4, 3});
  const TensorId a = make.DepthwiseConv2D(in, kThree);
  const TensorId sum = make.Add(in, a);
  make.Output(sum);
  Prepare(make);
  ASSERT_EQ(TensorOf(in).capacity, 3);
  TensorOf(in).capacity = 2;
  ExpectCaught(a, 1, "reads row 0 of '" + graph_.tensor(in).name + "'");
}

TEST_F(Mutation, ClobberedStateIsCaughtAtTheNextStep) {
  GraphMaker make(11);
  const TensorId in = make.Input({1, 8, 6, 4});
  const TensorId a = make.Conv2D(in, kThree, 4);
  const TensorId mean = make.Mean(a, {1, 2}, {1, 4});
  make.Output(mean);
  Prepare(make, InputMode::kStreamed, true);
  ScheduleStage& stage = StageThatWrites(mean);
  ASSERT_EQ(stage.form.kind, StageKind::kAccumulate);
  ASSERT_EQ(stage.form.state_bytes, 16);
  stage.state_offset = TensorOf(a).offset;  // a's next row goes there too
  const Difference difference = ExpectCaught(mean, 1, "lost its state");
  EXPECT_NE(difference.reason.find("row 1 of '" + graph_.tensor(a).name),
            std::string::npos)
      << difference.reason;
}

TEST_F(Mutation, WrongKernelFormIsCaught) {
  GraphMaker make(13);
  const TensorId in = make.Input({1, 5, 4, 3});
  const TensorId a = make.MaxPool2D(
      in, {.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2});
  make.Output(a);
  Prepare(make);
  StageThatWrites(a).call.kernel = "msf_average_pool_s8";
  ExpectCaught(a, 0, "differs from the reference");
}

TEST_F(Mutation, ResidentInputThatIsOverwrittenBeforeItsReaderIsCaught) {
  GraphMaker make(15);
  const TensorId in = make.Input({1, 6, 4, 2});
  const TensorId late = make.Input({1, 6, 4, 2});
  const TensorId a = make.Conv2D(in, kThree, 2);
  const TensorId sum = make.Add(a, late);
  make.Output(sum);
  Prepare(make, InputMode::kResident);
  TensorOf(a).offset = TensorOf(late).offset;
  ExpectCaught(
      sum, 0,
      "reads row 0 of '" + graph_.tensor(late).name + "', but arena byte");
}

TEST(ShadowMemory, KnowsWhichRowEachByteHolds) {
  ShadowMemory shadow(10);
  const ShadowMemory::Tag row_0 = {.tensor = 4, .row = 0};
  const ShadowMemory::Tag row_1 = {.tensor = 4, .row = 1};
  EXPECT_EQ(shadow.FirstOther(0, 10, {}), -1);
  shadow.Write(2, 3, row_0);
  shadow.Write(5, 3, row_1);
  EXPECT_EQ(shadow.FirstOther(2, 3, row_0), -1);
  EXPECT_EQ(shadow.FirstOther(2, 4, row_0), 5);
  EXPECT_EQ(shadow.FirstOther(1, 3, row_0), 1);
  shadow.Write(4, 1, ShadowMemory::StateOf(3));
  EXPECT_EQ(shadow.FirstOther(2, 3, row_0), 4);
  EXPECT_EQ(shadow.at(4), ShadowMemory::StateOf(3));
  EXPECT_NE(ShadowMemory::StateOf(3), ShadowMemory::StateOf(4));
  EXPECT_NE(ShadowMemory::StateOf(0), ShadowMemory::Tag{});
}

}  // namespace
}  // namespace msf
