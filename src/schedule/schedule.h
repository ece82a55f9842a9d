// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// A plan lowered to what the runtime walks: tensors with offsets, blocks of
// stages, kernels with parameters. The host executor and the emitter both
// consume it, so what was verified is what ships.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "kernels/msf_patch.h"
#include "memory/problem.h"
#include "ops/op_def.h"
#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

struct ScheduleTensor {
  TensorId tensor = kNoTensor;  // in the Graph
  int64_t offset = 0;           // in the arena
  int32_t external_input = -1;  // >= 0: in the caller's memory instead
  int64_t row_bytes = 0;
  int32_t capacity = 0;  // rows kept
  int32_t rows = 0;
  int64_t last_step = 0;  // of the plan: behind the last that needs it
};

struct ScheduleRead {
  int32_t tensor = 0;     // index into Schedule::tensors
  int32_t producer = -1;  // stage of the block; -1: complete before it
  RowNeed need;
};

// A node of the graph in a pass of a patch.
struct SchedulePatchNode {
  NodeId node = -1;
  TensorId tensor = kNoTensor;  // what it makes
  int32_t first_channel = 0;    // of the tensor's, that the pass makes
  int32_t made_bytes = 0;       // of them in a pixel; 0: all of a tile's
  KernelCall call;              // empty: the node rests in the pass
  std::vector<msf_patch_read> reads;
  std::vector<RowNeed> columns;  // of each read
  msf_patch_node table{};  // without the pointers

  bool rests() const { return call.kernel.empty(); }
};

struct SchedulePatch {
  std::vector<SchedulePatchNode> nodes;  // pass by pass
  msf_patch_params table{};              // without the pointer
};

struct ScheduleStage {
  NodeId node = -1;  // -1: a feed that only receives; of a patch the last one
  int32_t input = -1;       // a feed's network input
  int32_t piece_cols = 0;   // of a feed with a node, see Unit
  int32_t pixel_bytes = 0;
  StageForm form;
  KernelCall call;  // empty for a feed; of a patch without fields
  std::optional<SchedulePatch> patch;
  std::vector<ScheduleRead> reads;
  int32_t output = 0;
  int64_t state_offset = 0;
  int64_t scratch_offset = 0;

  bool IsFeed() const { return input >= 0; }
};

struct ScheduleBlock {
  // Not of the plan's blocks: its only stage moves a whole tensor.
  bool is_move = false;
  std::vector<ScheduleStage> stages;
  std::vector<int32_t> goals;
};

struct Schedule {
  Plan plan;
  std::vector<ScheduleTensor> tensors;
  std::vector<ScheduleBlock> blocks;
  std::vector<int32_t> inputs;   // tensors, one for each Graph::inputs
  std::vector<int32_t> outputs;  // tensors, one for each Graph::outputs
  int64_t arena_bytes = 0;
  int64_t arena_align = 1;  // power of two
  // Of the arena that hold input rows, or what feeds with a node make of them.
  int64_t input_bytes = 0;
  int64_t steps = 0;
  int64_t macs = 0;
  int64_t plain_macs = 0;
  bool arena_is_optimal = false;  // no layout of this plan needs less
  MemoryProblem memory;           // what the arena was laid out for
  MemoryLayout layout;

  double overhead_factor() const {
    return plain_macs == 0 ? 1.0
                           : static_cast<double>(macs) /
                                 static_cast<double>(plain_macs);
  }
};

// Every kernel call of the stage, those inside a patch included.
std::vector<const KernelCall*> CallsOf(const ScheduleStage& stage);

// Lowers the plan: traces its blocks, lays out the arena, validates the
// layout, and makes the kernels' parameters.
Result<Schedule> BuildSchedule(const Graph& graph, const UnitGraph& units,
                               const Plan& plan);

}  // namespace msf
