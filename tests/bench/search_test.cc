// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "tests/bench/small_network.h"

namespace msf::paper {
namespace {

using Pairs = std::vector<std::pair<int64_t, int64_t>>;  // RAM, MACs

int64_t Pick(std::mt19937& random, int64_t low, int64_t high) {
  return low +
         static_cast<int64_t>(random() % static_cast<uint32_t>(high - low + 1));
}

// Up to 9 layers that shrink their maps as networks do.
Network RandomNetwork(uint32_t seed) {
  std::mt19937 random(seed);
  Network network{.side = Pick(random, 4, 40), .channels = Pick(random, 1, 4)};
  int64_t channels = network.channels;
  const int64_t layers = Pick(random, 1, 9);
  for (int64_t i = 0; i < layers; ++i) {
    Layer layer;
    layer.kernel = 2 * Pick(random, 0, 2) + 1;
    layer.padding = layer.kernel / 2;
    layer.stride = Pick(random, 0, 3) == 0 ? 2 : 1;
    if (Pick(random, 0, 1) == 0) {
      layer.kind = LayerKind::kDepthwise;
      layer.channels = channels;
    } else {
      layer.channels = Pick(random, 1, 16);
    }
    channels = layer.channels;
    network.layers.push_back(layer);
  }
  return network;
}

// The cut of `layers` layers whose bit i says whether one is behind layer i.
std::vector<Block> CutBy(uint32_t bits, int32_t layers) {
  std::vector<Block> blocks = {{0, 0}};
  for (int32_t i = 1; i < layers; ++i) {
    if ((bits >> (i - 1)) & 1) blocks.push_back({i, i});
    blocks.back().last = i;
  }
  return blocks;
}

// Of all cuts, those that no other beats: no search, only the definition.
Pairs BruteForce(const std::vector<SizedLayer>& layers) {
  Pairs costs;
  const auto count = static_cast<int32_t>(layers.size());
  for (uint32_t bits = 0; bits < (1u << (count - 1)); ++bits) {
    const auto cost = PlanCost(layers, CutBy(bits, count));
    if (cost) costs.emplace_back(cost->ram_bytes, cost->macs);
  }
  std::ranges::sort(costs);
  Pairs front;
  for (const auto& cost : costs) {
    if (front.empty() || cost.second < front.back().second) {
      front.push_back(cost);
    }
  }
  return front;
}

class OnRandomNetworks : public testing::Test {
 protected:
  void ForEach(const std::function<void(const std::vector<SizedLayer>&,
                                        const CostGraph&)>& check) {
    for (uint32_t seed = 1; seed <= 400; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      const auto layers = SizeLayers(RandomNetwork(seed));
      check(layers, BuildCostGraph(layers));
      if (HasFailure()) return;
    }
  }
};

TEST(PaperSearch, FindsTheFrontOfTheSmallNetwork) {
  const auto front = ParetoFront(BuildCostGraph(SizeLayers(SmallNetwork())));
  ASSERT_EQ(front.size(), 2u);
  EXPECT_EQ(front[0].cost, (Cost{.ram_bytes = 70, .macs = 6272}));
  EXPECT_EQ(front[0].blocks, (std::vector<Block>{{0, 2}}));
  EXPECT_EQ(front[1].cost, (Cost{.ram_bytes = 296, .macs = 5696}));
  EXPECT_EQ(front[1].blocks, (std::vector<Block>{{0, 0}, {1, 2}}));
}

TEST(PaperSearch, FindsNoPlanBelowTheSmallest) {
  const CostGraph graph = BuildCostGraph(SizeLayers(SmallNetwork()));
  EXPECT_FALSE(LeastMacs(graph, 69).has_value());
  EXPECT_TRUE(LeastMacs(graph, 70).has_value());
  EXPECT_FALSE(LeastRam(graph, 5695).has_value());
  EXPECT_TRUE(LeastRam(graph, 5696).has_value());
}

TEST_F(OnRandomNetworks, TheFrontIsThatOfAllCuts) {
  size_t largest = 0;
  ForEach([&](const auto& layers, const CostGraph& graph) {
    Pairs found;
    for (const FusionPlan& plan : ParetoFront(graph)) {
      found.emplace_back(plan.cost.ram_bytes, plan.cost.macs);
      EXPECT_EQ(PlanCost(layers, plan.blocks), plan.cost);
    }
    EXPECT_EQ(found, BruteForce(layers));
    largest = std::max(largest, found.size());
  });
  EXPECT_GE(largest, 5u);
}

TEST_F(OnRandomNetworks, FewestMacsWithinARamLimitAreReadOffTheFront) {
  ForEach([](const auto& layers, const CostGraph& graph) {
    const Pairs front = BruteForce(layers);
    for (const auto& [ram, macs] : front) {
      const auto plan = LeastMacs(graph, ram);
      ASSERT_TRUE(plan.has_value());
      EXPECT_EQ(plan->cost, (Cost{.ram_bytes = ram, .macs = macs}));
      EXPECT_EQ(PlanCost(layers, plan->blocks), plan->cost);
      const auto less = LeastMacs(graph, ram - 1);
      EXPECT_TRUE(!less || less->cost.macs > macs);
    }
  });
}

TEST_F(OnRandomNetworks, LeastRamWithinALimitOfMacsIsReadOffTheFront) {
  ForEach([](const auto& layers, const CostGraph& graph) {
    for (const auto& [ram, macs] : BruteForce(layers)) {
      const auto plan = LeastRam(graph, macs);
      ASSERT_TRUE(plan.has_value());
      EXPECT_EQ(plan->cost, (Cost{.ram_bytes = ram, .macs = macs}));
      const auto less = LeastRam(graph, macs - 1);
      EXPECT_TRUE(!less || less->cost.ram_bytes > ram);
    }
  });
}

TEST_F(OnRandomNetworks, TheMinimaxPathIsWhereTheFrontBegins) {
  ForEach([](const auto& layers, const CostGraph& graph) {
    EXPECT_EQ(SmallestRamBytes(graph), BruteForce(layers).front().first);
  });
}

}  // namespace
}  // namespace msf::paper
