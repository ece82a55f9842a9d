// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "memory/problem.h"
#include "plan/block.h"
#include "plan/unit_graph.h"

namespace msf {

// A tensor goes on in another buffer.
struct BufferMove {
  int32_t block = 0;  // before which it happens
  TensorId tensor = kNoTensor;
  int32_t from = 0;  // buffers
  int32_t to = 0;
};

// The buffers of a plan, and which buffer serves what (-1: none).
struct PlanBuffers {
  MemoryProblem problem;
  std::vector<int32_t> of_tensor;   // by TensorId: the first one
  std::vector<BufferMove> moves;    // in the order of steps
  std::vector<int32_t> of_state;    // by the last unit of a stage
  std::vector<int32_t> of_scratch;  // likewise
  std::vector<int32_t> capacity;    // rows kept, by TensorId
  int64_t steps = 0;
};

// Lifespans over the steps of the whole plan. A line buffer lives from the
// first row that is written to the last that is read; each row of a whole
// tensor likewise, across blocks; a resident input from the start, a network
// output to the end. The plan may also be a part of one: then tensors from
// before live from the start.
// `names` by TensorId; `traces` one for each block.
PlanBuffers CollectBuffers(const UnitGraph& graph, const Plan& plan,
                           const std::vector<BlockTrace>& traces,
                           const std::vector<std::string>& names);

}  // namespace msf
