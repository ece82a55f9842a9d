// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// All plans worth having, on the sample network and on a small one.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/cli/msfc.h"
#include "tests/graph_maker.h"
#include "tests/import/model_builder.h"

namespace msf {
namespace {

using nlohmann::json;

json Front(const Words& options, const std::string& model = Sample()) {
  Words words = {"front", model, "--json"};
  words.insert(words.end(), options.begin(), options.end());
  const ProcessResult result = Msfc(words);
  EXPECT_EQ(result.exit_status, 0) << result.output;
  EXPECT_EQ(result.error, "");
  return JsonOf(result);
}

json Plan(const Words& options, const std::string& model = Sample()) {
  Words words = {"plan", model, "--json"};
  words.insert(words.end(), options.begin(), options.end());
  return JsonOf(Msfc(words));
}

TEST(Front, HasThePointsFromTheLeastRamOnAndWorkFalls) {
  json points = Front({}).at("points");
  ASSERT_GT(points.size(), 3u);
  for (size_t p = 1; p < points.size(); ++p) {
    EXPECT_GT(points[p]["arena_bytes"], points[p - 1]["arena_bytes"]);
    EXPECT_LT(points[p]["macs"], points[p - 1]["macs"]);
  }
  for (const json& point : points) {
    EXPECT_LE(point["lower_bound_bytes"], point["arena_bytes"]);
    EXPECT_EQ(point["plain_macs"], 5692512);
  }
  EXPECT_EQ(points.back()["overhead_factor"], 1.0);
}

TEST(Front, HasInEachPointTheKeysOfAPlan) {
  const json plan = Plan({});
  const json front = Front({});
  EXPECT_EQ(front.at("model"), plan.at("model"));
  EXPECT_EQ(front.at("method"), "full");
  for (const json& point : front.at("points")) {
    for (const auto& [key, value] : plan.items()) {
      EXPECT_TRUE(point.contains(key)) << key;
    }
    EXPECT_EQ(point.size(), plan.size());
  }
}

TEST(Front, NearEnoughIsShorterAndSaysSo) {
  const json front = Front({});
  const json near = Front({"--epsilon", "0.2"});
  EXPECT_EQ(front.at("epsilon"), 0);
  EXPECT_EQ(near.at("epsilon"), 0.2);
  EXPECT_LT(near.at("points").size(), front.at("points").size());
  EXPECT_LE(near.at("points").front()["arena_bytes"].get<double>(),
            1.2 * front.at("points").front()["arena_bytes"].get<double>());
  const Words text = {"front", Sample(), "--epsilon", "0.2"};
  EXPECT_NE(Msfc(text).output.find("within a factor of 1.2 of the front"),
            std::string::npos);
  EXPECT_EQ(Msfc({"front", Sample(), "--epsilon", "-1"}).exit_status, 1);
}

TEST(Front, EndsWithThePlanWithoutLimits) {
  const json last = Front({}).at("points").back();
  const json plan = Plan({});
  for (const char* key : {"arena_bytes", "macs", "lower_bound_bytes"}) {
    EXPECT_EQ(last.at(key), plan.at(key));
  }
}

TEST(Front, WithLimitsHasOnlyThePointsThatMeetThem) {
  const json all = Front({}).at("points");
  const json low = Front({"--ram-limit", "10000"}).at("points");
  const json cheap = Front({"--max-overhead", "1.1"}).at("points");
  size_t fit = 0;
  size_t fast = 0;
  for (const json& point : all) {
    fit += point.at("arena_bytes") <= 10000 ? 1 : 0;
    fast += point.at("overhead_factor") <= 1.1 ? 1 : 0;
  }
  EXPECT_EQ(low.size(), fit);
  EXPECT_EQ(low.front().at("arena_bytes"), all.front().at("arena_bytes"));
  EXPECT_EQ(cheap.size(), fast);
  EXPECT_EQ(cheap.back().at("arena_bytes"), all.back().at("arena_bytes"));
}

TEST(Front, OfEveryMethodStaysWithinTheFullSpace) {
  const json least = Front({}).at("points").front();
  for (const char* method : {"full", "line-buffer", "msf-cnn", "mcunetv2",
                             "streamnet", "plain"}) {
    const json front = Front({"--method", method});
    EXPECT_EQ(front.at("method"), method);
    const json first = front.at("points").front();
    EXPECT_GE(first.at("arena_bytes"), least.at("arena_bytes")) << method;
  }
}

TEST(Front, AsTextMarksWhatStandsOutAndSaysHowToBuildIt) {
  const std::string text = Msfc({"front", Sample()}).output;
  for (const char* words :
       {"<- least RAM", "<- plan without limits", "no plan of this space needs",
        "--ram-limit", "recomputed"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
  EXPECT_EQ(text.find("peak of"), std::string::npos);
  EXPECT_NE(Msfc({"front", Sample(), "-v"}).output.find("peak of"),
            std::string::npos);
}

TEST(Front, SaysWithWhichOptionsItsPlansAreBuilt) {
  const std::string text =
      Msfc({"front", Sample(), "--target", "nucleo-f446re", "--method",
            "line-buffer", "--input-mode", "resident"})
          .output;
  const std::string next =
      " --method line-buffer --input-mode resident --target nucleo-f446re "
      "--objective cycles --ram-limit ";
  EXPECT_NE(text.find(next), std::string::npos) << text;
}

TEST(Plan, FitsTheTargetWhateverItIsAskedFor) {
  const json plan = Plan({"--target", "hifive1", "--objective", "cycles"});
  EXPECT_LE(plan.at("arena_bytes"), 16'384 - 1'024);
  const json front = Front({"--target", "hifive1"});
  EXPECT_LT(front.at("plans_that_fit"), front.at("points").size());
  EXPECT_GT(front.at("plans_that_fit"), 0);
}

TEST(Plan, RefusesCostsOfAnotherCore) {
  const std::string file =
      std::string(std::getenv("MSF_SOURCE_DIR")) + "/targets/cost/m4.json";
  ExpectError(1, {"plan", Sample(), "--target", "m0", "--cost", file});
  Plan({"--target", "m4", "--cost", file});
  Plan({"--target", "nucleo-f446re", "--cost", file});  // has that core
}

// A head whose rows are worth making twice, a residual addition, a classifier.
std::string SmallModel() {
  GraphMaker make(7);
  const WindowChoice window{.kernel_h = 3, .kernel_w = 3};
  const WindowChoice half{
      .kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2};
  const TensorId in = make.Input({1, 48, 48, 3});
  const TensorId first = make.Conv2D(in, half, 8);
  const TensorId wide = make.Conv2D(first, window, 24);
  const TensorId deep = make.DepthwiseConv2D(wide, window);
  const TensorId slim = make.Conv2D(deep, {}, 8);
  const TensorId sum = make.Add(slim, first);
  const TensorId small = make.Conv2D(sum, half, 4);
  make.Output(make.Conv2D(small, {}, 4));
  const std::vector<uint8_t> bytes = ToTflite(make.graph());
  return {bytes.begin(), bytes.end()};
}

TEST(Front, OfASmallNetworkRunsAsTheReferenceAtEveryPoint) {
  const TempDir directory = TempDir::Create().value();
  ASSERT_TRUE(directory.Write("small.tflite", SmallModel()).has_value());
  const std::string model = directory.path() + "/small.tflite";
  const json points = Front({}, model).at("points");
  ASSERT_GT(points.size(), 1u);
  for (const json& point : points) {
    const auto bytes = point.at("arena_bytes").get<int64_t>();
    const Words limit = {"--ram-limit", std::to_string(bytes)};
    EXPECT_EQ(Plan(limit, model).at("macs"), point.at("macs"));
    const json verified = JsonOf(
        Msfc({"verify", model, "--json", limit[0], limit[1]}));
    EXPECT_EQ(verified.at("equal"), true) << verified;
    EXPECT_EQ(verified.at("arena_bytes"), bytes);
    EXPECT_EQ(verified.at("arena_touched_bytes"), bytes);
  }
}

TEST(Plan, SaysWhatLivesAtThePeak) {
  const json plan = Plan({});
  const json peak = plan.at("explain").at("peak");
  // The sample's layout has no gap; other plans that live in fewer bytes have.
  EXPECT_EQ(peak.at("bytes"), plan.at("arena_bytes"));
  EXPECT_GE(peak.at("bytes"), plan.at("lower_bound_bytes"));
  int64_t sum = 0;
  int64_t before = INT64_MAX;
  for (const json& buffer : peak.at("buffers")) {
    const auto bytes = buffer.at("bytes").get<int64_t>();
    EXPECT_LE(bytes, before);
    before = bytes;
    sum += bytes;
  }
  EXPECT_EQ(peak.at("bytes"), sum);
}

TEST(Plan, SaysWhatItsNeighboursOnTheFrontWouldChange) {
  const json points = Front({}).at("points");
  for (size_t p = 0; p < points.size(); p += 3) {
    const auto bytes = points[p].at("arena_bytes").get<int64_t>();
    const json explain =
        Plan({"--ram-limit", std::to_string(bytes)}).at("explain");
    const auto expect_beside = [&](const char* key, size_t beside) {
      const json& other = explain.at(key);
      EXPECT_EQ(other.is_null(), beside >= points.size());
      if (other.is_null()) return;
      EXPECT_EQ(other.at("arena_bytes"), points[beside].at("arena_bytes"));
      EXPECT_EQ(other.at("more_macs").get<int64_t>(),
                points[beside].at("macs").get<int64_t>() -
                    points[p].at("macs").get<int64_t>());
      EXPECT_FALSE(other.at("changes").empty());
    };
    expect_beside("smaller", p - 1);  // of the first: none
    expect_beside("cheaper", p + 1);
  }
}

TEST(Plan, TellsPatchesAndWhatTheyRecompute) {
  const json least = Front({}).at("points").front();
  int patches = 0;
  int recomputed = 0;
  for (const json& block : least.at("blocks")) {
    for (const json& stage : block.at("stages")) {
      const bool is_patch = stage.at("first_node") < stage.at("last_node");
      EXPECT_EQ(is_patch, stage.at("kind") == "patch" ||
                              stage.at("kind") == "channel tiles" ||
                              stage.at("kind") == "strips");
      EXPECT_EQ(is_patch, !stage.at("inner").empty());
      patches += is_patch ? 1 : 0;
      for (const json& inner : stage.at("inner")) {
        const bool again = inner.at("rows_made") > inner.at("rows");
        EXPECT_EQ(again, inner.at("extent") == "recomputed" ||
                             inner.at("extent") == "tap by tap");
        recomputed += again ? 1 : 0;
      }
    }
  }
  EXPECT_GT(patches, 0);
  EXPECT_GT(recomputed, 0);
}

}  // namespace
}  // namespace msf
