// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The sample model in examples/digits against TensorFlow's own numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "driver/network.h"
#include "driver/planner.h"
#include "exec/executor.h"
#include "tests/corpus/corpus.h"

namespace msf {
namespace {

class Digits : public testing::Test {
 protected:
  void SetUp() override {
    const char* source = std::getenv("MSF_SOURCE_DIR");
    if (source == nullptr) GTEST_SKIP() << "MSF_SOURCE_DIR is not set";
    folder_ = std::filesystem::path(source) / "examples" / "digits";
    std::ifstream file(folder_ / "accuracy.json");
    ASSERT_TRUE(file.good()) << folder_;
    accuracy_ = nlohmann::json::parse(file);
    Result<Network> network =
        LoadNetwork((folder_ / "digits96_int8.tflite").string());
    ASSERT_TRUE(network.has_value()) << ToString(network.error());
    graph_ = std::move(network->graph);
    ReadImages();
  }

  // The 100 images of test_images.npy: int8, behind a header that says so.
  void ReadImages() {
    std::ifstream file(folder_ / "test_images.npy", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    ASSERT_EQ(text.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
    const size_t header =
        static_cast<uint8_t>(text[8]) + 256u * static_cast<uint8_t>(text[9]);
    ASSERT_NE(text.find("(100, 96, 96, 1)"), std::string::npos);
    ASSERT_NE(text.find("'|i1'"), std::string::npos);
    constexpr size_t kImage = 96 * 96;
    ASSERT_EQ(text.size(), 10 + header + 100 * kImage);
    auto at = text.begin() + static_cast<std::ptrdiff_t>(10 + header);
    for (int i = 0; i < 100; ++i, at += kImage) {
      images_.emplace_back(at, at + kImage);
    }
  }

  uint32_t GoldenCrc(size_t image) const {
    const auto text =
        accuracy_.at("committed_output_crc32").at(image).get<std::string>();
    return static_cast<uint32_t>(std::stoul(text, nullptr, 16));
  }

  int GoldenDigit(size_t image) const {
    return accuracy_.at("committed_predictions").at(image).get<int>();
  }

  static int DigitOf(const Bytes& scores) {
    const auto* codes = reinterpret_cast<const int8_t*>(scores.data());
    return static_cast<int>(std::max_element(codes, codes + scores.size()) -
                            codes);
  }

  std::filesystem::path folder_;
  nlohmann::json accuracy_;
  Graph graph_;
  std::vector<Bytes> images_;
};

TEST_F(Digits, EveryImageGivesTheBytesOfTensorFlowsReferenceKernels) {
  const Result<PlannedModel> plan =
      MakePlan(graph_, {.input_mode = InputMode::kStreamed});
  ASSERT_TRUE(plan.has_value()) << ToString(plan.error());
  Executor executor(graph_, plan->schedule);
  for (size_t i = 0; i < images_.size(); ++i) {
    SCOPED_TRACE("image " + std::to_string(i));
    const auto outputs = executor.Run({images_[i]});
    ASSERT_EQ(outputs.size(), 1u);
    EXPECT_EQ(Crc32Of(outputs), GoldenCrc(i));
    EXPECT_EQ(DigitOf(outputs[0]), GoldenDigit(i));
  }
}

TEST_F(Digits, RunsInAFractionOfThePlainArena) {
  const Result<PlannedModel> plan =
      MakePlan(graph_, {.input_mode = InputMode::kStreamed});
  ASSERT_TRUE(plan.has_value()) << ToString(plan.error());
  const Result<int64_t> plain = PlainArenaBytes(graph_);
  ASSERT_TRUE(plain.has_value()) << ToString(plain.error());
  EXPECT_LT(plan->schedule.arena_bytes * 6, *plain);
}

}  // namespace
}  // namespace msf
