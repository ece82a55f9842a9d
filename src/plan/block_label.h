// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The beginning of a block as the search for blocks sees it: what its stages
// hold, and how far each tensor that later stages may read is ahead of them.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/block_lives.h"
#include "plan/stage_options.h"

namespace msf {

// A tensor that stages of the block made, or an input of the block, and that
// is still needed. When the latest stage has made m rows of its output, then
// `slope * m + made` rows of this tensor are there, and rows below
// `slope * m + first` are dead.
struct Crossing {
  TensorId tensor = kNoTensor;
  bool is_input = false;    // there before the block
  bool is_related = false;  // slope, made and first say something
  int64_t row_bytes = 0;
  int32_t rows_per_step = 1;
  int32_t capacity = 0;  // rows of a line buffer so far
  double slope = 1;
  double made = 0;
  double first = 0;
};

struct BlockLabel {
  int64_t buffers = 0;  // bytes of line buffers and state
  int64_t scratch = 0;
  InnerBytes inner;  // exact once simulated, if IsLedByItsEnd
  Work work;
  std::vector<Crossing> crossing;
  TensorId latest = kNoTensor;  // output of the last stage
  int32_t stages = 0;           // besides feeds
  int64_t floor = 0;    // bytes that no block which begins so falls below
  int32_t before = -1;  // the label that this one extends
  int32_t begin = 0;    // the last stage's first unit
  const StageOption* option = nullptr;
};

// The label of a block that begins at `first` and has no stage yet.
BlockLabel EmptyLabel(const UnitGraph& graph, int32_t first);

// With one more stage. `option` must outlive the label; the caller sets
// `before` and `floor`.
BlockLabel Extended(const UnitGraph& graph, const BlockLabel& label,
                    const StageOption& option);

// Whether later stages can demand the output of the last one alone. Then the
// stages step in the same order, whatever follows.
bool IsLedByItsEnd(const BlockLabel& label);

// Whether blocks that begin with `a` are, as far as the labels tell, at least
// as good as those that go on alike from `b`.
bool Beats(const BlockLabel& a, const BlockLabel& b);

}  // namespace msf
