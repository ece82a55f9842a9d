// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The geometry of one fusion block: in which order its stages step, and how
// many rows each line buffer must hold.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.h"
#include "plan/stage.h"
#include "plan/unit_graph.h"

namespace msf {

// [first, last) in steps of the block.
struct StepSpan {
  int32_t first = 0;
  int32_t last = 0;
};

// What a stage keeps in RAM; index by position in the block.
struct StageTrace {
  Stage stage;           // what runs, patches worked out
  StepSpan active;       // from its first to behind its last step
  StepSpan output_life;  // of its output tensor, within the block
  // In order, while rows of its output are kept that are still to be read; of a
  // goal nothing.
  std::vector<StepSpan> busy;
  int32_t capacity = 0;  // rows of its output that are kept
  bool is_goal = false;  // its output outlives the block (capacity == rows)
};

struct BlockTrace {
  std::vector<StageTrace> stages;
  std::vector<int32_t> order;  // the stage that runs at each step
  int32_t steps = 0;

  int32_t first_unit() const { return stages.front().stage.first_unit; }
  int32_t last_unit() const { return stages.back().stage.last_unit; }
};

// Simulates the block with the runtime's own rule (msf_next_stage). The
// capacity of a line buffer is the largest number of rows that were written
// and that some stage still has to read.
BlockTrace TraceBlock(const UnitGraph& graph, const BlockPlan& block);

// The same for stages that are known already.
BlockTrace TraceStages(const UnitGraph& graph, std::vector<Stage> stages);

// The runtime's msf_stage_kind.
uint8_t RuntimeKind(StageKind kind);

// Whether the tensor is needed by a unit at or behind `unit`, or at the end.
bool LivesBeyond(const UnitGraph& graph, TensorId tensor, int32_t unit);

// Whether the tensor is there as a whole, in the arena or in the caller's
// memory, before `unit` runs.
bool IsThereBefore(const UnitGraph& graph, TensorId tensor, int32_t unit);

// Bytes of an arena buffer that holds `rows` rows of the tensor.
int64_t BufferBytes(const UnitTensor& tensor, int32_t rows);

// Where a buffer may start: 4 if its rows are made of words, else 1. State
// and scratch are aligned to 4.
int64_t BufferAlign(const UnitTensor& tensor);
inline constexpr int64_t kStateAlign = 4;

}  // namespace msf
