// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Which bytes of a block live when.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/block.h"
#include "plan/unit_graph.h"

namespace msf {

// Lives of the rows of a whole tensor within the block, from the step that
// writes a row (0: from before) to behind the last that reads it (the block's
// end if it lives on).
struct RowLives {
  TensorId tensor = kNoTensor;
  std::vector<StepSpan> rows;
  // The whole tensor whose rows an elementwise stage of this block turns into
  // these, each in its last step; kNoTensor: none.
  TensorId in_place_of = kNoTensor;
};

// Of every whole tensor that is in the arena while the block runs: its inputs,
// its outputs, what merely lives across, and inner tensors of which every row
// is kept. What is needed at or behind the unit `rest` lives to the block's
// end: that is its last unit, unless it is the beginning of a longer block.
std::vector<RowLives> WholeTensors(const UnitGraph& graph,
                                   const BlockTrace& trace, int32_t rest);
std::vector<RowLives> WholeTensors(const UnitGraph& graph,
                                   const BlockTrace& trace);

// The steps of stage s, those that follow each other as one span.
std::vector<StepSpan> StepsOf(const BlockTrace& trace, size_t s);

// Bytes that live while the block runs: the most at any step. Counts the rows
// of whole tensors as they live, line buffers while there are rows to read in
// them, state, and the scratch of the stage that runs.
// A row that an elementwise stage hands over counts once.
int64_t BlockPeakBytes(const UnitGraph& graph, const BlockTrace& trace);

// The same; and a floor for any longer block that begins with these stages: its
// peak is at least so much, if the block's last output is all that later stages
// demand. Of tensors that others may read only those rows count that the stages
// here still need.
struct BlockBytes {
  int64_t peak = 0;
  int64_t floor = 0;
};
BlockBytes BlockBytesOf(const UnitGraph& graph, const BlockTrace& trace);

// Bytes of line buffers, state and scratch, without the last stage's output: the
// most while another stage runs, or the last one; and the most that stay when
// the last one has run.
struct InnerBytes {
  int64_t before = 0;
  int64_t ending = 0;
  int64_t resting = 0;
};
InnerBytes InnerBytesOf(const UnitGraph& graph, const BlockTrace& trace);

}  // namespace msf
