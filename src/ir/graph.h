// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/attrs.h"
#include "ir/tensor.h"
#include "support/result.h"

namespace msf {

using TensorId = int32_t;
using NodeId = int32_t;
inline constexpr TensorId kNoTensor = -1;

// An operator instance. Positions of inputs are the operator's own (attrs.h);
// an absent optional input is kNoTensor.
struct Node {
  Attrs attrs;
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  int32_t source_index = -1;  // node index in the file
};

// A network input or output as the user sees it. The tensor behind it may
// have been reinterpreted by passes; the bytes are the same.
struct Port {
  TensorId tensor = kNoTensor;
  std::string name;
  DType dtype = DType::kInt8;
  Shape shape;
  Quantization quant;
};

// The network. `nodes` is in an order in which every tensor is written before
// it is read. Tensors that nothing names any more may stay behind.
struct Graph {
  std::string source;  // file name, for diagnostics
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;
  std::vector<Port> inputs;
  std::vector<Port> outputs;

  Tensor& tensor(TensorId id) { return tensors[static_cast<size_t>(id)]; }
  const Tensor& tensor(TensorId id) const {
    return tensors[static_cast<size_t>(id)];
  }
  const Node& node(NodeId id) const { return nodes[static_cast<size_t>(id)]; }
};

// The node's inputs that are computed at run time (neither constant nor
// absent), in order.
std::vector<TensorId> ActivationInputs(const Graph& graph, const Node& node);

// Node that writes each tensor, or -1: index by TensorId.
std::vector<NodeId> Producers(const Graph& graph);

// Nodes that read each tensor, in order and without repeats: by TensorId.
std::vector<std::vector<NodeId>> Consumers(const Graph& graph);

// "m.tflite: node 3 CONV_2D 'conv1'" for diagnostics. `op` is the operator's
// name in the file.
std::string Where(const Graph& graph, const Node& node, const char* op);

// Checks what every room relies on: ids in range, single writer, order,
// dimensions positive, sizes below 2 GB, constants as long as their shape says.
Result<void> VerifyGraph(const Graph& graph);

// One line for each node, for people: "%12 = CONV_2D(%3, ...) 48x48x8 ...".
std::string Dump(const Graph& graph);

}  // namespace msf
