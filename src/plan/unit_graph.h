// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The network as the planner sees it: units in execution order, tensors as
// rows.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"
#include "ops/op_def.h"
#include "plan/node_orders.h"
#include "plan/plan.h"

namespace msf {

// A node, or the feed of a streamed network input. A feed may have a node: one
// that turns the input's elements into others as they come, so that the input
// itself is never in the arena but for a piece of a row, in the scratch.
struct Unit {
  NodeId node = -1;    // -1: a feed that only receives
  int32_t input = -1;  // a feed's network input
  int32_t piece_cols = 0;  // of a feed with a node: columns of the input, each
  int32_t pixel_bytes = 0; // of so many bytes, that are received at a time
  std::vector<TensorId> reads;  // ActivationInputs of the node
  TensorId output = kNoTensor;
  std::vector<StageForm> forms;
  std::vector<SliceRole> slice_roles;  // of forms[0], inside a patch
  // Whether it can make the output of the unit before it, which it alone reads,
  // tap by tap (OpDef::with_taps).
  bool makes_taps = false;

  bool IsFeed() const { return input >= 0; }
};

// What the planner knows of a tensor. Index by TensorId.
struct UnitTensor {
  int32_t rows = 0;
  int64_t row_bytes = 0;
  int32_t columns = 1;  // of a row; each row_bytes / columns bytes
  int32_t producer = -1;   // unit; -1: a network input that is there at start
  int32_t last_read = -1;  // last unit that reads it; -1: none
  bool is_output = false;  // a network output: lives to the end
  bool is_resident_input = false;  // in the arena before the first step
  bool is_external = false;        // in the caller's memory

  int64_t bytes() const { return rows * row_bytes; }
  int64_t pixel_bytes() const { return row_bytes / columns; }
};

struct UnitGraph {
  std::vector<Unit> units;
  std::vector<UnitTensor> tensors;
  std::vector<TensorId> inputs;  // of the network, in the file's order
  InputMode input_mode = InputMode::kStreamed;

  const UnitTensor& tensor(TensorId id) const {
    return tensors[static_cast<size_t>(id)];
  }
  const Unit& unit(int32_t index) const {
    return units[static_cast<size_t>(index)];
  }
  // What a unit makes.
  const UnitTensor& output_of(int32_t index) const {
    return tensor(unit(index).output);
  }
};

// Requires a graph that VerifyGraph accepts, and an order in which its nodes
// may run: the file's, if it is empty. A feed stands right before the first
// reader of its input.
UnitGraph BuildUnitGraph(const Graph& graph, InputMode input_mode,
                         const NodeOrder& order = {});

}  // namespace msf
