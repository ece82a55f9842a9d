// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Expected figures are worked out by hand from the rules of the paper's
// artifact, beside each.
#include "bench/paper/cost_model.h"

#include <gtest/gtest.h>

#include "bench/paper/graph.h"
#include "ops/op_def.h"
#include "tests/bench/small_network.h"

namespace msf::paper {

// For the messages of tests.
void PrintTo(const Cost& cost, std::ostream* out) {
  *out << cost.ram_bytes << " bytes, " << cost.macs << " MACs";
}

namespace {

using Blocks = std::vector<Block>;

std::optional<Cost> SmallCost(const Blocks& blocks) {
  return PlanCost(SizeLayers(SmallNetwork()), blocks);
}

Cost Of(int64_t ram_bytes, int64_t macs) {
  return {.ram_bytes = ram_bytes, .macs = macs};
}

TEST(PaperCostModel, SizesMapsAsConvolutionsDo) {
  const auto layers = SizeLayers(SmallNetwork());
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(layers[0].out_side, 8);  // (8 + 2 - 3) / 1 + 1
  EXPECT_EQ(layers[1].out_side, 4);  // (8 + 2 - 3) / 2 + 1
  EXPECT_EQ(layers[2].side, 4);
  EXPECT_EQ(layers[2].channels, 4);
}

TEST(PaperCostModel, CountsMacsOfConvolutionsOverAllInputChannels) {
  const auto layers = SizeLayers(SmallNetwork());
  EXPECT_EQ(layers[0].macs(), 4608);  // 8 * 8 * 4 * (2 * 3 * 3)
  EXPECT_EQ(layers[2].macs(), 512);   // 4 * 4 * 8 * (4 * 1 * 1)
}

TEST(PaperCostModel, CountsMacsOfDepthwiseConvolutionsOverOneChannel) {
  EXPECT_EQ(SizeLayers(SmallNetwork())[1].macs(), 576);  // 4 * 4 * 4 * (3 * 3)
}

TEST(PaperCostModel, LayersAloneHoldBothMapsButNoInputOrOutputOfTheNetwork) {
  const auto layers = SizeLayers(SmallNetwork());
  EXPECT_EQ(BlockCost(layers, {0, 0}), Of(256, 4608));  // 8 * 8 * 4
  EXPECT_EQ(BlockCost(layers, {1, 1}), Of(320, 576));   // 256 + 4 * 4 * 4
  EXPECT_EQ(BlockCost(layers, {2, 2}), Of(64, 512));    // 4 * 4 * 4
}

TEST(PaperCostModel, ABlockMakesRowsThatItsTilesShareAnew) {
  // Walking back: 3 rows, step 2; then 2 * 1 + 3 = 5 rows, step 2.
  // MACs  layer 0: 3 tiles ((10 - 5) / 2 + 1), 8 columns, 3 rows, 4 channels,
  //                18 each: 5184 in place of 4608
  //       layer 1: 4 tiles ((10 - 3) / 2 + 1), 4 columns, 1 row, 4, 9: 576
  // RAM   output 64; the last tile is at row 2, where no padding is near:
  //       3 * 5 * 2 = 30 before layer 0, and 3 * 3 * 4 = 36 before layer 1
  EXPECT_EQ(BlockCost(SizeLayers(SmallNetwork()), {0, 1}), Of(130, 5760));
}

TEST(PaperCostModel, ABlockAtTheEndHoldsItsInputMap) {
  // One tile is 3 rows, step 2, so that nothing is made twice: 576 + 512.
  // RAM: input 256; 3 * 3 * 4 = 36; 1 * 1 * 4 = 4.
  EXPECT_EQ(BlockCost(SizeLayers(SmallNetwork()), {1, 2}), Of(296, 1088));
}

TEST(PaperCostModel, TheLastTileHasThePaddingThatItReaches) {
  // 3x3x1 and a tile of 3 rows: the last tile is the first, and is padded at
  // both ends: 3 - 3 + 1 + 1 + 1 = 3 rows reach layer 1.
  // RAM: 3 * 3 * 1 = 9; 1 * 3 * 2 = 6.
  // MACs: 3 tiles * 3 columns * 1 row * 2 * 9 = 162; 3 * 3 * 1 * 1 * 2 = 18.
  const Network network{.side = 3,
                        .channels = 1,
                        .layers = {{LayerKind::kConv, 2, 3, 1, 1},
                                   {LayerKind::kConv, 1, 1, 1, 0}}};
  EXPECT_EQ(BlockCost(SizeLayers(network), {0, 1}), Of(15, 180));
}

TEST(PaperCostModel, ABlockWhoseTileIsHigherThanItsInputDoesNotExist) {
  // One pixel after two 3x3 kernels needs 5 rows.
  Network network{.side = 4,
                  .channels = 1,
                  .layers = {{LayerKind::kConv, 1, 3, 1, 1},
                             {LayerKind::kConv, 1, 3, 1, 1}}};
  EXPECT_FALSE(BlockCost(SizeLayers(network), {0, 1}).has_value());
  EXPECT_FALSE(PlanCost(SizeLayers(network), {{0, 1}}).has_value());
  network.side = 5;
  EXPECT_TRUE(BlockCost(SizeLayers(network), {0, 1}).has_value());
}

TEST(PaperCostModel, APlanTakesTheLargestRamAndAllMacs) {
  EXPECT_EQ(SmallCost({{0, 0}, {1, 1}, {2, 2}}), Of(320, 5696));
  EXPECT_EQ(SmallCost({{0, 0}, {1, 2}}), Of(296, 5696));  // max(256, 296)
  EXPECT_EQ(SmallCost({{0, 1}, {2, 2}}), Of(130, 6272));  // 5760 + 512
  EXPECT_EQ(SmallCost({{0, 2}}), Of(70, 6272));           // 30 + 36 + 4
}

TEST(PaperCostModel, ItsGraphHasAnEdgeForEachBlockThatExists) {
  const CostGraph graph = BuildCostGraph(SizeLayers(SmallNetwork()));
  EXPECT_EQ(graph.layers, 3);
  EXPECT_EQ(graph.edges.size(), 6u);
}

TEST(PaperNetwork, IsTheSameNetworkToMsfc) {
  const Graph graph = BuildGraph("small", SmallNetwork());
  ASSERT_EQ(graph.nodes.size(), 3u);
  EXPECT_EQ(Macs(graph), PlainMacs(SizeLayers(SmallNetwork())));
  for (const Node& node : graph.nodes) {
    const Result<Hwc> inferred = OpDefOf(node).infer(graph, node);
    ASSERT_TRUE(inferred.has_value()) << ToString(inferred.error());
    EXPECT_EQ(*inferred, graph.tensor(node.outputs[0]).hwc);
  }
}

}  // namespace
}  // namespace msf::paper
