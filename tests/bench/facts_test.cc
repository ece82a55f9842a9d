// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/facts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>

#include "bench/paper/check.h"
#include "bench/paper/plot.h"
#include "support/file.h"

namespace msf::paper {
namespace {

std::string ExamplePath() {
  const char* source = std::getenv("MSF_SOURCE_DIR");
  EXPECT_NE(source, nullptr) << "MSF_SOURCE_DIR is not set; run ctest";
  return std::string(source != nullptr ? source : ".") +
         "/bench/paper/example.json";
}

std::string ExampleText() {
  const auto bytes = ReadFile(ExamplePath());
  EXPECT_TRUE(bytes.has_value());
  return bytes ? std::string(bytes->begin(), bytes->end()) : "";
}

// The example with its first `what` replaced.
std::string With(const std::string& what, const std::string& by) {
  std::string text = ExampleText();
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

Model Example(const std::string& text = ExampleText()) {
  const auto models = ParseFacts(text, "facts.json");
  EXPECT_TRUE(models.has_value()) << ToString(models.error());
  return models ? models->front() : Model{};
}

void ExpectRefusal(const std::string& text, const std::string& reason) {
  SCOPED_TRACE(reason);
  const auto models = ParseFacts(text, "facts.json");
  ASSERT_FALSE(models.has_value());
  EXPECT_EQ(models.error().kind, ErrorKind::kUser);
  EXPECT_TRUE(models.error().where.starts_with("facts.json"));
  EXPECT_NE(models.error().what.find(reason), std::string::npos)
      << models.error().what;
  EXPECT_NE(models.error().hint, "");
}

TEST(Facts, OfTheExampleAreRead) {
  const Model model = Example();
  EXPECT_EQ(model.key, "small");
  EXPECT_EQ(model.network.layers.size(), 3u);
  ASSERT_EQ(model.rows.size(), 3u);
  EXPECT_EQ(model.rows[0].problem, Problem::kLeastRam);
  EXPECT_TRUE(std::isinf(model.rows[0].limit_value));
  EXPECT_EQ(model.rows[1].limit_value, 1.05);
  EXPECT_EQ(model.rows[2].problem, Problem::kLeastMacs);
  EXPECT_EQ(model.rows[2].limit_value, 200);  // K is 1000 bytes
  EXPECT_EQ(model.rows[2].blocks, (std::vector<Block>{{0, 1}, {2, 2}}));
}

TEST(Facts, ThatAreNoJsonAreRefused) {
  ExpectRefusal("", "parse error");
  ExpectRefusal("{", "parse error");
  ExpectRefusal("[]", "an object with 'models' is expected");
  ExpectRefusal("{}", "'models' is missing");
  ExpectRefusal(R"({"models": {}})", "models is no object, or an empty one");
  ExpectRefusal(R"({"models": {"a": 7}})", "an object with 'name' is expected");
}

TEST(Facts, OfAnotherInputAreRefused) {
  ExpectRefusal(With("[8, 8, 2]", "[8, 9, 2]"), "not [side, side, channels]");
  ExpectRefusal(With("[8, 8, 2]", "[8, 8]"), "not [side, side, channels]");
  ExpectRefusal(With("[8, 8, 2]", "[]"), "input is no list, or an empty one");
  ExpectRefusal(With("[8, 8, 2]", "[0, 0, 2]"), "input side is 0");
  ExpectRefusal(With("[8, 8, 2]", "[8, 8, 2.5]"), "not a whole number");
  ExpectRefusal(With("[8, 8, 2]", "[8, 8, 18446744073709551615]"),
                "input channels is 18446744073709551615, not within");
}

TEST(Facts, OfImpossibleLayersAreRefused) {
  ExpectRefusal(With("\"conv\"", "\"dense\""), "neither conv nor depthwise");
  ExpectRefusal(With("\"conv\"", "3"), "kind is no text");
  ExpectRefusal(With("\"stride\": 2", "\"stride\": 0"), "stride is 0");
  ExpectRefusal(With("\"padding\": 1", "\"padding\": 3"), "does not fit");
  ExpectRefusal(With("\"kernel\": 1", "\"kernel\": 9"), "layer 2: a kernel");
  ExpectRefusal(
      With("\"depthwise\", \"channels\": 4", "\"depthwise\", \"channels\": 5"),
      "layer 1: depthwise with 5 channels of 4");
  ExpectRefusal(With("\"kernel\"", "\"filter\""), "'kernel' is missing");
}

TEST(Facts, TooLargeForTheSumsAreRefused) {
  ExpectRefusal(With("[8, 8, 2]", "[1024, 1024, 4096]"), "has a map above");
  std::string layers;
  for (int i = 0; i < 200; ++i) {
    layers += R"({"kind": "conv", "channels": 2, "kernel": 1, "stride": 1,
                  "padding": 0},)";
  }
  ExpectRefusal(With("\"layers\": [", "\"layers\": [" + layers),
                "has 203 layers, more than 128");
  layers.clear();
  for (int i = 0; i < 20; ++i) {
    layers += R"({"kind": "conv", "channels": 2, "kernel": 1, "stride": 2,
                  "padding": 0},)";
  }
  ExpectRefusal(With("\"layers\": [", "\"layers\": [" + layers),
                "strides multiply");
}

TEST(Facts, OfUnknownLimitsAreRefused) {
  for (const char* limit : {"1.05", "F", "F ", "F x", "F 1.05x", "F -1",
                            "F nan", "F 1e999", "64 K", ""}) {
    ExpectRefusal(With("F 1.05", limit), "is not 'F NUMBER'");
  }
  ExpectRefusal(With("0.2 K", "0.2 kB"), "is not 'NUMBER K'");
  ExpectRefusal(With("\"P2\"", "\"P3\""), "neither P1 nor P2");
}

TEST(Facts, WhoseBlocksLeaveLayersOutAreRefused) {
  ExpectRefusal(With("[[0, 2]]", "[[0, 1]]"), "blocks end at layer 2 of 3");
  ExpectRefusal(With("[[0, 2]]", "[[1, 2]]"), "does not go on from layer 0");
  ExpectRefusal(With("[[0, 2]]", "[[0, 3]]"), "does not go on from layer 0");
  ExpectRefusal(With("[[0, 2]]", "[[0, 4]]"), "block is 4, not within 0..3");
  ExpectRefusal(With("[[0, 2]]", "[[0, 1], [1, 2]]"), "go on from layer 2");
  ExpectRefusal(With("[[0, 2]]", "[[2]]"), "is not [first, last]");
}

TEST(Facts, ThatAreMissingAreRefusedByName) {
  const auto models = ReadFacts("no/such/facts.json");
  ASSERT_FALSE(models.has_value());
  EXPECT_NE(models.error().where.find("no/such/facts.json"), std::string::npos);
}

TEST(Facts, WithDamageAreRefusedOrUsable) {
  const std::string good = ExampleText();
  size_t usable = 0;
  for (uint32_t seed = 1; seed <= 3000; ++seed) {
    std::mt19937 random(seed);
    std::string text = good;
    for (uint32_t i = 0; i <= seed % 3; ++i) {
      text[random() % text.size()] = "0123456789-.,e[]{}\"x"[random() % 20];
    }
    const auto models = ParseFacts(text, "facts.json");
    if (!models) {
      EXPECT_NE(models.error().what, "");
      continue;
    }
    ++usable;
    for (const Model& model : *models) {
      const auto layers = SizeLayers(model.network);
      EXPECT_GT(PlainMacs(layers), 0) << text;
      EXPECT_FALSE(ParetoFront(BuildCostGraph(layers)).empty()) << text;
    }
  }
  EXPECT_GT(usable, 100u);
}

TEST(PaperCheck, FindsNothingAmissInTheExample) {
  EXPECT_EQ(FindDifferences(Compare(Example())), std::vector<std::string>{});
}

TEST(PaperCheck, FindsAWrongFigure) {
  const auto ram = FindDifferences(
      Compare(Example(With("\"ram_analytic\": 70", "\"ram_analytic\": 71"))));
  ASSERT_EQ(ram.size(), 1u);
  EXPECT_EQ(ram[0],
            "small, F Inf: its blocks cost: 70 bytes, 6,272 MACs; published: "
            "71 bytes, 6,272 MACs");
  const auto macs =
      FindDifferences(Compare(Example(With("\"macs\": 5696", "\"macs\": 1"))));
  ASSERT_FALSE(macs.empty());
  EXPECT_EQ(macs[0], "small: layers have 5,696 MACs, not 1");
}

TEST(PaperCheck, FindsAPublishedPlanThatBeatsTheSearch) {
  const auto found = FindDifferences(
      Compare(Example(With("\"ram_analytic\": 70", "\"ram_analytic\": 69"))));
  ASSERT_EQ(found.size(), 3u);
  EXPECT_NE(found[1].find("the search finds: 70 bytes"), std::string::npos);
  EXPECT_NE(found[2].find("the front has: 70 bytes"), std::string::npos);
}

TEST(PaperTable, AnswersEachLimitWithTheBestOfOurPlans) {
  Comparison comparison = Compare(Example());
  comparison.ours = {{40, 1.4}, {150, 1.1}, {220, 1.02}, {250, 1.0}};
  const auto& rows = comparison.model.rows;
  EXPECT_EQ(OursWithin(comparison, rows[0])->ram_bytes, 40);   // F Inf
  EXPECT_EQ(OursWithin(comparison, rows[1])->ram_bytes, 220);  // F 1.05
  EXPECT_EQ(OursWithin(comparison, rows[2])->ram_bytes, 150);  // 200 bytes
  comparison.ours = {{250, 1.0}};
  EXPECT_FALSE(OursWithin(comparison, rows[2]).has_value());
  EXPECT_NE(TableText({comparison}).find(" -     -\n"), std::string::npos);
}

TEST(PaperTable, PlotsEveryPoint) {
  const Comparison comparison = Compare(Example());
  const std::string svg = PlotSvg({comparison, comparison});
  size_t circles = 0;
  for (size_t at = 0; (at = svg.find("<circle", at)) != std::string::npos;
       ++at) {
    ++circles;
  }
  EXPECT_EQ(circles, 2 * comparison.model.rows.size() + 1);  // and the legend
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
}

}  // namespace
}  // namespace msf::paper
