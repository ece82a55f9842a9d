// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/cost_model.h"

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <span>

namespace msf::paper {
namespace {

using Layers = std::span<const SizedLayer>;

// The part of a block's input that one pixel of its output is made from.
struct Tile {
  int64_t height = 1;
  int64_t step = 1;  // from one tile to the next
};

Tile TileOf(Layers layers) {
  Tile tile;
  for (const SizedLayer& sized : std::views::reverse(layers)) {
    tile.height = (tile.height - 1) * sized.layer.stride + sized.layer.kernel;
    tile.step *= sized.layer.stride;
  }
  return tile;
}

// Tiles go down and elements go right, so rows that tiles share are made anew
// for each and columns are not.
int64_t TiledMacs(Layers layers, Tile tile) {
  int64_t macs = 0;
  for (const SizedLayer& sized : layers) {
    const Layer& layer = sized.layer;
    const int64_t tiles = (sized.padded_side() - tile.height) / tile.step + 1;
    const int64_t columns =
        (sized.padded_side() - layer.kernel) / layer.stride + 1;
    const int64_t rows = (tile.height - layer.kernel) / layer.stride + 1;
    macs += tiles * columns * rows * layer.channels * sized.element_macs();
    tile = {.height = rows, .step = tile.step / layer.stride};
  }
  return macs;
}

// Each layer caches `kernel` columns of its tile. The model takes heights from
// the last tile, whose position decides which padding is added.
int64_t CacheBytes(Layers layers, Tile tile) {
  const int64_t last =
      (layers.front().side - tile.height) / tile.step * tile.step;
  int64_t bytes = 0;
  int64_t height = tile.height;
  int64_t stride = 1;
  for (const SizedLayer& sized : layers) {
    const Layer& layer = sized.layer;
    bytes += layer.kernel * height * sized.channels;
    stride *= layer.stride;
    const int64_t at = last / stride;
    if (at + height >= sized.side) height += layer.padding;
    if (at == 0) height += layer.padding;
    height = (height - layer.kernel) / layer.stride + 1;
  }
  return bytes;
}

}  // namespace

int64_t SizedLayer::element_macs() const {
  const int64_t taps = layer.kernel * layer.kernel;
  return layer.kind == LayerKind::kConv ? channels * taps : taps;
}

std::vector<SizedLayer> SizeLayers(const Network& network) {
  std::vector<SizedLayer> layers;
  int64_t side = network.side;
  int64_t channels = network.channels;
  for (const Layer& layer : network.layers) {
    SizedLayer sized{.layer = layer, .side = side, .channels = channels};
    side = (sized.padded_side() - layer.kernel) / layer.stride + 1;
    channels = layer.channels;
    sized.out_side = side;
    layers.push_back(sized);
  }
  return layers;
}

std::optional<Cost> BlockCost(const std::vector<SizedLayer>& layers,
                              const Block& block) {
  const auto first = static_cast<size_t>(block.first);
  const auto last = static_cast<size_t>(block.last);
  const Layers fused = Layers(layers).subspan(first, last - first + 1);
  Cost cost;
  if (first > 0) cost.ram_bytes += fused.front().input_bytes();
  if (last + 1 < layers.size()) cost.ram_bytes += fused.back().output_bytes();
  if (fused.size() == 1) {
    cost.macs = fused.front().macs();
    return cost;
  }
  const Tile tile = TileOf(fused);
  if (tile.height > fused.front().side) return std::nullopt;
  cost.ram_bytes += CacheBytes(fused, tile);
  cost.macs = TiledMacs(fused, tile);
  return cost;
}

std::optional<Cost> PlanCost(const std::vector<SizedLayer>& layers,
                             const std::vector<Block>& blocks) {
  Cost sum;
  for (const Block& block : blocks) {
    const std::optional<Cost> cost = BlockCost(layers, block);
    if (!cost) return std::nullopt;
    sum.ram_bytes = std::max(sum.ram_bytes, cost->ram_bytes);
    sum.macs += cost->macs;
  }
  return sum;
}

int64_t PlainMacs(const std::vector<SizedLayer>& layers) {
  int64_t macs = 0;
  for (const SizedLayer& layer : layers) macs += layer.macs();
  return macs;
}

CostGraph BuildCostGraph(const std::vector<SizedLayer>& layers) {
  CostGraph graph{.layers = static_cast<int32_t>(layers.size())};
  for (int32_t first = 0; first < graph.layers; ++first) {
    for (int32_t last = first; last < graph.layers; ++last) {
      const Block block{.first = first, .last = last};
      const std::optional<Cost> cost = BlockCost(layers, block);
      if (cost) graph.edges.push_back({.block = block, .cost = *cost});
    }
  }
  return graph;
}

}  // namespace msf::paper
