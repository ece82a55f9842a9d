// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Streamed inputs whose first node takes them piece by piece.
#include <gtest/gtest.h>

#include <cstring>

#include "exec/executor.h"
#include "exec/host_network.h"
#include "exec/verify.h"
#include "plan/solver.h"
#include "plan/stage.h"
#include "support/random_bytes.h"
#include "tests/graph_maker.h"

namespace msf {
namespace {

constexpr int32_t kRows = 6;
constexpr int32_t kColumns = 30;
constexpr int32_t kRowBytes = kColumns * 3 * 4;

// A float picture, quantised, and a convolution of it.
Graph FloatPicture() {
  GraphMaker make(3);
  const TensorId x =
      make.Input(Shape{1, kRows, kColumns, 3}, DType::kFloat32);
  make.Output(make.Conv2D(make.Quantize(x), {.kernel_h = 3, .kernel_w = 3}, 4));
  return make.graph();
}

Plan OneBlock(const UnitGraph& units) {
  return {.input_mode = units.input_mode,
          .blocks = {SingleStages(
              0, static_cast<int32_t>(units.units.size()), {})}};
}

Schedule ScheduleOf(const Graph& graph, InputMode mode) {
  const UnitGraph units = BuildUnitGraph(graph, mode);
  return BuildSchedule(graph, units, OneBlock(units)).value();
}

int32_t UnitsOf(const Graph& graph, InputMode mode) {
  return static_cast<int32_t>(BuildUnitGraph(graph, mode).units.size());
}

// Says "not yet" to every call but each third one.
struct SlowSource {
  const Bytes* bytes = nullptr;
  size_t next = 0;
  int32_t calls = 0;
  int32_t most = 0;

  static int Pull(void* context, int32_t, int32_t r, int32_t first,
                  int32_t count, void* to) {
    auto* self = static_cast<SlowSource*>(context);
    EXPECT_EQ(static_cast<size_t>(r * kRowBytes + first), self->next);
    if (++self->calls % 3 != 0) return 1;
    std::memcpy(to, self->bytes->data() + self->next,
                static_cast<size_t>(count));
    self->next += static_cast<size_t>(count);
    self->most = std::max(self->most, count);
    return 0;
  }
};

TEST(Feed, KeepsAPieceOfAFloatRowInTheArenaAndNoMore) {
  const Graph graph = FloatPicture();
  const Schedule schedule = ScheduleOf(graph, InputMode::kStreamed);
  // Three rows of codes for the window, and the output: the piece lies where
  // output rows will be that are made after the last input row has come.
  EXPECT_EQ(schedule.arena_bytes, 3 * kColumns * 3 + kRows * kColumns * 4);
  EXPECT_EQ(schedule.input_bytes, 3 * kColumns * 3);
  const ScheduleStage& feed = schedule.blocks[0].stages[0];
  EXPECT_TRUE(feed.IsFeed());
  EXPECT_EQ(feed.call.kernel, "msf_quantize_f32_s8");
  EXPECT_EQ(feed.piece_cols * feed.pixel_bytes, 120);
}

TEST(Feed, AsksAgainForTheBytesThatWereNotThereYet) {
  const Graph graph = FloatPicture();
  const Schedule schedule = ScheduleOf(graph, InputMode::kStreamed);
  RandomBytes random(5);
  const std::vector<Bytes> inputs = RandomInputs(graph, random);
  const std::vector<Bytes> reference = RunReference(graph, inputs);

  const HostNetwork network(schedule);
  std::vector<uint8_t> arena(static_cast<size_t>(schedule.arena_bytes));
  std::vector<int32_t> done(network.network()->max_stages);
  msf_machine machine;
  ASSERT_EQ(msf_init(&machine, network.network(), arena.data(), arena.size(),
                     done.data()),
            MSF_OK);
  SlowSource source{.bytes = &inputs[0]};
  machine.pull = &SlowSource::Pull;
  machine.pull_context = &source;
  msf_status status = MSF_NEED_INPUT;
  for (int32_t i = 0; i < 1000 && status == MSF_NEED_INPUT; ++i) {
    status = msf_run(&machine);
  }
  ASSERT_EQ(status, MSF_DONE);
  EXPECT_EQ(source.next, inputs[0].size());
  EXPECT_EQ(source.most, 120);
  const uint8_t* output =
      msf_tensor_data(&machine, network.network()->outputs[0]);
  const Bytes expected = OutputsOf(graph, reference)[0];
  EXPECT_EQ(Bytes(output, output + expected.size()), expected);
}

TEST(Feed, BelongsToAnInputThatOneNodeReads) {
  const Graph graph = FloatPicture();
  EXPECT_EQ(UnitsOf(graph, InputMode::kStreamed), 2);
  EXPECT_EQ(UnitsOf(graph, InputMode::kResident), 2);
  EXPECT_FALSE(
      BuildUnitGraph(graph, InputMode::kResident).units[0].IsFeed());

  GraphMaker twice(4);
  const TensorId x = twice.Input(Shape{1, 4, 4, 2}, DType::kFloat32);
  twice.Output(twice.Quantize(x));
  twice.Output(twice.Quantize(x));
  EXPECT_EQ(UnitsOf(twice.graph(), InputMode::kStreamed), 3);

  GraphMaker kept(5);
  const TensorId y = kept.Input(Shape{1, 4, 4, 2}, DType::kFloat32);
  kept.Output(kept.Quantize(y));
  kept.Output(y);
  EXPECT_EQ(UnitsOf(kept.graph(), InputMode::kStreamed), 2);
}

TEST(Feed, MakesTheBytesOfTheReferenceOverShadowMemory) {
  const Graph graph = FloatPicture();
  RandomBytes random(6);
  const std::vector<Bytes> inputs = RandomInputs(graph, random);
  const std::vector<Bytes> reference = RunReference(graph, inputs);
  const VerifyReport report = VerifyRun(
      graph, ScheduleOf(graph, InputMode::kStreamed), inputs, reference);
  EXPECT_TRUE(report.equal);
  EXPECT_EQ(report.nodes_compared, 2);
}

TEST(ResidentInputs, LieApartWhereNoNodeReadsThem) {
  for (const int32_t used : {0, 1}) {
    GraphMaker make(25);
    const TensorId inputs[] = {make.Input({1, 1, 1, 2000}),
                               make.Input({1, 1, 1, 5})};
    make.Output(inputs[used]);
    const Graph graph = make.graph();
    const UnitGraph units = BuildUnitGraph(graph, InputMode::kResident);
    const auto schedule = BuildSchedule(
        graph, units, SolveMinRam(units, {.method = Method::kFull}).plan);
    ASSERT_TRUE(schedule.has_value());
    EXPECT_GE(schedule->arena_bytes, 2005);
    RandomBytes stream(3);
    const std::vector<Bytes> data = RandomInputs(graph, stream);
    Executor executor(graph, *schedule);
    EXPECT_EQ(executor.Run(data)[0], data[static_cast<size_t>(used)]);
  }
}

}  // namespace
}  // namespace msf
