// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Real networks: the bytes of TFLite's reference kernels, for every node and
// under every kind of plan, and the RAM that msfc promises for them.
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

constexpr int64_t kKilobyte = 1024;

const std::vector<std::string> kModels = {
    "mlperf_vww96_int8",     "mlperf_ic_resnet8_int8", "mlperf_kws_dscnn_int8",
    "mlperf_ad01_int8",      "mlperf_sww_int8",        "micronet_ad_medium",
    "mcunet_in3_320kb_r176", "mcunet_vww1_5fps_r80",   "omv_fomo_face",
    "tflm_hello_world_int8", "tflm_simple_add"};

Network Load(const std::string& model) {
  Result<Network> network = LoadNetwork(PathOf(model));
  EXPECT_TRUE(network.has_value()) << ToString(network.error());
  return network ? std::move(*network) : Network{};
}

// Every node's output that the golden knows. Returns how many.
int CheckNodes(const Graph& graph, const std::vector<Bytes>& tensors,
               const Golden& golden) {
  int nodes = 0;
  for (const Node& node : graph.nodes) {
    const Tensor& tensor = graph.tensor(node.outputs[0]);
    const auto found = golden.tensors.find(tensor.source_index);
    if (found == golden.tensors.end()) continue;
    ++nodes;
    EXPECT_EQ(Crc32Of({tensors[static_cast<size_t>(node.outputs[0])]}),
              found->second)
        << "node " << node.source_index << " writes tensor "
        << tensor.source_index << " '" << tensor.name << "'";
  }
  return nodes;
}

// RunReference of the file's graph and of the one that msfc runs.
void CheckReference(const std::string& model) {
  SCOPED_TRACE(model);
  const Golden golden = ReadGolden(model);
  const Network network = Load(model);
  if (testing::Test::HasFailure()) return;
  const auto runs = RandomRuns(network.graph, golden.runs.size());
  Bytes outputs;
  for (size_t run = 0; run < runs.size(); ++run) {
    SCOPED_TRACE("run " + std::to_string(run));
    EXPECT_EQ(Crc32Of(runs[run]), golden.runs[run].input_crc32);
    const auto tensors = RunReference(network.graph, runs[run]);
    const auto got = OutputsOf(network.graph, tensors);
    EXPECT_EQ(Crc32Of(got), golden.runs[run].output_crc32);
    for (const Bytes& bytes : got) {
      outputs.insert(outputs.end(), bytes.begin(), bytes.end());
    }
    if (run > 0) continue;
    EXPECT_GT(CheckNodes(network.graph, tensors, golden), 0);
    const auto of_file = RunReference(network.file, runs[run]);
    EXPECT_EQ(CheckNodes(network.file, of_file, golden),
              static_cast<int>(golden.tensors.size()));
  }
  EXPECT_EQ(outputs, golden.outputs);
}

// VerifyRun proves that every row of every node is the reference's, whose CRCs
// CheckReference compares with the golden's. Outputs are compared once more.
void CheckPlan(const std::string& model, Method method, InputMode mode) {
  SCOPED_TRACE(model + " " + ToString(method) + " " + ToString(mode));
  const Golden golden = ReadGolden(model);
  const Network network = Load(model);
  if (testing::Test::HasFailure()) return;
  const Graph& graph = network.graph;
  const Result<PlannedModel> plan =
      MakePlan(graph, {.method = method, .input_mode = mode});
  ASSERT_TRUE(plan.has_value()) << ToString(plan.error());
  const auto runs = RandomRuns(graph, golden.runs.size());
  const auto reference = RunReference(graph, runs[0]);
  const VerifyReport report =
      VerifyRun(graph, plan->schedule, runs[0], reference);
  ASSERT_TRUE(report.equal)
      << report.difference->tensor << " row " << report.difference->row << ": "
      << report.difference->reason;
  EXPECT_EQ(report.nodes_compared, static_cast<int32_t>(graph.nodes.size()));
  EXPECT_EQ(Crc32Of(report.outputs), golden.runs[0].output_crc32);
  Executor executor(graph, plan->schedule);
  for (size_t run = 0; run < runs.size(); ++run) {
    EXPECT_EQ(Crc32Of(executor.Run(runs[run])), golden.runs[run].output_crc32);
  }
  EXPECT_EQ(executor.touched_bytes(), plan->schedule.arena_bytes);
  EXPECT_GE(plan->schedule.arena_bytes, plan->lower_bound_bytes);
  EXPECT_EQ(plan->schedule.macs, plan->schedule.plain_macs);
}

class Goldens : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!SharedFolder()) GTEST_SKIP() << kNoCorpus;
  }
};

TEST_P(Goldens, ReferenceMakesTheBytesOfTfliteAtEveryNode) {
  CheckReference(GetParam());
}

TEST_P(Goldens, PlainPlanMakesTheBytesOfTflite) {
  CheckPlan(GetParam(), Method::kPlain, InputMode::kResident);
}

TEST_P(Goldens, LineBufferedPlanMakesTheBytesOfTflite) {
  CheckPlan(GetParam(), Method::kFull, InputMode::kStreamed);
}

INSTANTIATE_TEST_SUITE_P(Corpus, Goldens, testing::ValuesIn(kModels),
                         [](const auto& param) { return param.param; });

TEST(Corpus, EveryOtherSupportedModelMatchesItsGolden) {
  if (!SharedFolder()) GTEST_SKIP() << kNoCorpus;
  const std::set<std::string> done(kModels.begin(), kModels.end());
  for (const std::string& model : ModelsWithGoldens()) {
    if (done.count(model) > 0 || ReadGolden(model).runs.empty()) continue;
    const Result<ModelFile> file = ReadModel(PathOf(model));
    if (!file || !file->unsupported.empty()) continue;
    RecordProperty(model, "supported");
    CheckReference(model);
    CheckPlan(model, Method::kFull, InputMode::kStreamed);
  }
}

struct Bar {
  const char* model;
  int64_t arena_bytes;
};

class ArenaBars : public testing::TestWithParam<Bar> {};

// Nothing recomputed (F = 1.00), input streamed.
TEST_P(ArenaBars, StreamedNetworkFits) {
  if (!SharedFolder()) GTEST_SKIP() << kNoCorpus;
  const Network network = Load(GetParam().model);
  const Result<PlannedModel> plan =
      MakePlan(network.graph, {.input_mode = InputMode::kStreamed});
  ASSERT_TRUE(plan.has_value()) << ToString(plan.error());
  EXPECT_LE(plan->schedule.arena_bytes, GetParam().arena_bytes);
  EXPECT_EQ(plan->schedule.overhead_factor(), 1.0);
  RecordProperty("arena_bytes", std::to_string(plan->schedule.arena_bytes));
}

INSTANTIATE_TEST_SUITE_P(
    Corpus, ArenaBars,
    testing::Values(Bar{"mlperf_vww96_int8", 16 * kKilobyte},
                    Bar{"mlperf_kws_dscnn_int8", 13 * kKilobyte / 2},
                    Bar{"mlperf_ic_resnet8_int8", 16 * kKilobyte},
                    Bar{"mcunet_vww1_5fps_r80", 18 * kKilobyte},
                    Bar{"mcunet_in3_320kb_r176", 92 * kKilobyte},
                    Bar{"omv_fomo_face", 18 * kKilobyte},
                    Bar{"micronet_ad_medium", 84 * kKilobyte}),
    [](const auto& param) { return std::string(param.param.model); });

}  // namespace
}  // namespace msf
