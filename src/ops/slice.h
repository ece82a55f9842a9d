// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Nodes with weights, cut by channels. Slices of outputs are ordinary nodes
// with fewer channels, so that they are lowered as every other node is.
#pragma once

#include "ir/graph.h"
#include "ops/op_def.h"
#include "ops/weighted.h"

namespace msf {

// A node in a graph of its own.
struct LoneNode {
  Graph graph;
  Node node;
};

// The part of a node with weights that makes the output channels of the slice.
// With kChannelWise its input has these channels alone.
LoneNode SliceOfOutputs(const Graph& graph, const Node& node,
                        WeightLayout layout, const ChannelSlice& slice);

// The part of a 1x1 convolution that reads the input channels of the slice:
// msf_conv2d_part_s8.
KernelCall SliceOfInputs(const Graph& graph, const Node& node,
                         WeightLayout layout, Activation activation,
                         const ChannelSlice& slice);

}  // namespace msf
