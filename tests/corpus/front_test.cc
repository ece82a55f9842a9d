// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The fronts of real networks: every point makes the bytes of TFLite's
// reference kernels.
#include <gtest/gtest.h>

#include <set>

#include "driver/network.h"
#include "driver/planner.h"
#include "exec/executor.h"
#include "exec/verify.h"
#include "import/import.h"
#include "tests/corpus/corpus.h"

namespace msf {
namespace {

constexpr size_t kPoints = 12;  // that are run of each network's fronts

std::vector<std::string> SupportedModels() {
  std::vector<std::string> models;
  if (!SharedFolder()) return models;
  for (const std::string& model : ModelsWithGoldens()) {
    if (ReadGolden(model).runs.empty()) continue;
    const Result<ModelFile> file = ReadModel(PathOf(model));
    if (file && file->unsupported.empty()) models.push_back(model);
  }
  return models;
}

std::vector<Schedule> FrontOf(const Graph& graph, Method method,
                              InputMode mode) {
  const Result<ModelFront> front =
      MakeFront(graph, {.method = method, .input_mode = mode});
  EXPECT_TRUE(front.has_value()) << ToString(front.error());
  return front ? front->points : std::vector<Schedule>{};
}

// Both ends, and what lies evenly between them.
std::vector<Schedule> Sampled(const std::vector<Schedule>& points,
                              size_t most) {
  if (points.size() <= most) return points;
  if (most == 1) return {points.front()};
  std::vector<Schedule> sample;
  for (size_t i = 0; i < most; ++i) {
    sample.push_back(points[i * (points.size() - 1) / (most - 1)]);
  }
  return sample;
}

// The streamed front from end to end; where it has too few points, those of
// other input modes and methods follow.
std::vector<Schedule> PointsToRun(const Graph& graph) {
  std::vector<Schedule> points =
      Sampled(FrontOf(graph, Method::kFull, InputMode::kStreamed), kPoints);
  const std::pair<Method, InputMode> others[] = {
      {Method::kFull, InputMode::kResident},
      {Method::kMsfCnn, InputMode::kStreamed},
      {Method::kMcunetV2, InputMode::kStreamed},
      {Method::kStreamNet, InputMode::kStreamed}};
  for (const auto& [method, mode] : others) {
    if (points.size() == kPoints) break;
    const auto more =
        Sampled(FrontOf(graph, method, mode), kPoints - points.size());
    points.insert(points.end(), more.begin(), more.end());
  }
  return points;
}

class Fronts : public testing::Test {
 protected:
  void SetUp() override {
    if (!SharedFolder()) GTEST_SKIP() << kNoCorpus;
  }
};

// A network, what it is fed, and what must come of it.
struct Subject {
  Graph graph;
  std::vector<Bytes> inputs;
  std::vector<Bytes> reference;
  uint32_t output_crc32 = 0;
};

void CheckPoint(const Subject& subject, const Schedule& point) {
  SCOPED_TRACE(std::string(ToString(point.plan.input_mode)) + ", " +
               std::to_string(point.arena_bytes) + " bytes, " +
               std::to_string(point.macs) + " MACs");
  const VerifyReport report =
      VerifyRun(subject.graph, point, subject.inputs, subject.reference);
  ASSERT_TRUE(report.equal)
      << report.difference->tensor << " row " << report.difference->row << ": "
      << report.difference->reason;
  EXPECT_EQ(Crc32Of(report.outputs), subject.output_crc32);
  Executor executor(subject.graph, point);
  EXPECT_EQ(Crc32Of(executor.Run(subject.inputs)), subject.output_crc32);
  EXPECT_EQ(executor.touched_bytes(), point.arena_bytes);
}

void CheckModel(const std::string& model) {
  SCOPED_TRACE(model);
  Result<Network> network = LoadNetwork(PathOf(model));
  ASSERT_TRUE(network.has_value()) << ToString(network.error());
  const Golden golden = ReadGolden(model);
  Subject subject{.graph = std::move(network->graph),
                  .output_crc32 = golden.runs[0].output_crc32};
  subject.inputs = RandomRuns(subject.graph, 1)[0];
  subject.reference = RunReference(subject.graph, subject.inputs);
  const std::vector<Schedule> points = PointsToRun(subject.graph);
  for (const Schedule& point : points) CheckPoint(subject, point);
  testing::Test::RecordProperty(model, static_cast<int>(points.size()));
}

TEST_F(Fronts, PointsOfEverySupportedModelMakeTheBytesOfTflite) {
  const std::vector<std::string> models = SupportedModels();
  EXPECT_GE(models.size(), 11u);
  for (const std::string& model : models) CheckModel(model);
}

// Less RAM for more work, down to what no plan without recompute reaches.
TEST_F(Fronts, OfDeepNetworksReachFarBelowThePlanThatRecomputesNothing) {
  for (const char* model :
       {"mlperf_vww96_int8", "mlperf_ic_resnet8_int8", "omv_fomo_face",
        "mcunet_vww1_5fps_r80", "mcunet_in3_320kb_r176"}) {
    SCOPED_TRACE(model);
    const Result<Network> network = LoadNetwork(PathOf(model));
    ASSERT_TRUE(network.has_value()) << ToString(network.error());
    const auto front =
        FrontOf(network->graph, Method::kFull, InputMode::kStreamed);
    ASSERT_GE(front.size(), 4u);
    for (size_t i = 1; i < front.size(); ++i) {
      EXPECT_GT(front[i].arena_bytes, front[i - 1].arena_bytes);
      EXPECT_LT(front[i].macs, front[i - 1].macs);
    }
    EXPECT_LE(front.back().macs, front.back().plain_macs);
    EXPECT_LT(front.front().arena_bytes * 10, front.back().arena_bytes * 9);
  }
}

}  // namespace
}  // namespace msf
