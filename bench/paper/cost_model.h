// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What a fusion plan costs in the model of the msf-CNN paper (arXiv
// 2505.11483) and its artifact. It is theirs, not ours: the rules, odd ones
// included, are kept as they are so that published figures come out to the
// unit. int8, one byte an element; square maps.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace msf::paper {

// Pooling costs what a depthwise convolution costs.
enum class LayerKind { kConv, kDepthwise };

struct Layer {
  LayerKind kind = LayerKind::kConv;
  int64_t channels = 1;  // of the output
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t padding = 0;  // on each side
};

struct Network {
  int64_t side = 1;      // of the input
  int64_t channels = 1;  // of the input
  std::vector<Layer> layers;
};

// A layer of a network with its maps.
struct SizedLayer {
  Layer layer;
  int64_t side = 1;      // of its input
  int64_t channels = 1;  // of its input
  int64_t out_side = 1;

  int64_t padded_side() const { return side + 2 * layer.padding; }
  int64_t input_bytes() const { return side * side * channels; }
  int64_t output_bytes() const { return out_side * out_side * layer.channels; }
  // One element of the output.
  int64_t element_macs() const;
  int64_t macs() const { return output_bytes() * element_macs(); }
};

std::vector<SizedLayer> SizeLayers(const Network& network);

// Layers [first, last] that run fused, as the paper writes them.
struct Block {
  int32_t first = 0;
  int32_t last = 0;
  bool operator==(const Block&) const = default;
};

struct Cost {
  int64_t ram_bytes = 0;
  int64_t macs = 0;
  bool operator==(const Cost&) const = default;
};

// Cost of one block, or nothing if the rows that one output pixel needs are
// more than the block's input has. The network's input is not counted, nor is
// its final output.
std::optional<Cost> BlockCost(const std::vector<SizedLayer>& layers,
                              const Block& block);

// Cost of blocks that run one after the other: the largest RAM, the sum of
// MACs. Nothing if one of them is not possible.
std::optional<Cost> PlanCost(const std::vector<SizedLayer>& layers,
                             const std::vector<Block>& blocks);

int64_t PlainMacs(const std::vector<SizedLayer>& layers);

struct Edge {
  Block block;
  Cost cost;
};

// All blocks that a network may be cut into: plans are paths from node 0 to
// node `layers`, and the edge of layers a..b leads from node a to node b + 1.
struct CostGraph {
  int32_t layers = 0;
  std::vector<Edge> edges;  // by the node at which they begin
};
CostGraph BuildCostGraph(const std::vector<SizedLayer>& layers);

}  // namespace msf::paper
