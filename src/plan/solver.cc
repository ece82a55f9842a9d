// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/solver.h"

#include <algorithm>
#include <limits>

#include "plan/block_lives.h"
#include "plan/stage.h"
#include "support/check.h"

namespace msf {
namespace {

int64_t PeakOf(const UnitGraph& graph, const BlockPlan& block) {
  return BlockPeakBytes(graph, TraceBlock(graph, block));
}

// Accumulating pays where it spares rows that nobody else keeps: the input is
// made inside the block and `unit` is its only reader.
int32_t LocalForm(const UnitGraph& graph, int32_t first_unit, int32_t index) {
  const Unit& unit = graph.unit(index);
  for (size_t f = 0; f < unit.forms.size(); ++f) {
    if (unit.forms[f].kind != StageKind::kAccumulate) continue;
    const UnitTensor& input = graph.tensor(unit.reads[0]);
    const bool inside = input.producer >= first_unit;
    if (inside && input.last_read == index && !input.is_output &&
        unit.forms[f].state_bytes + input.row_bytes < input.bytes()) {
      return static_cast<int32_t>(f);
    }
  }
  return 0;
}

// Tries every combination of forms of `choices` (positions in the block).
void TryAll(const UnitGraph& graph, const std::vector<size_t>& choices,
            BlockPlan& block, FormChoice& best) {
  for (StagePlan& stage : block.stages) stage.form = 0;
  for (;;) {
    const int64_t peak = PeakOf(graph, block);
    if (peak < best.peak_bytes) best = {block, peak};
    size_t digit = 0;
    for (; digit < choices.size(); ++digit) {
      int32_t& form = block.stages[choices[digit]].form;
      const Unit& unit =
          graph.unit(block.first_unit + static_cast<int32_t>(choices[digit]));
      if (++form < static_cast<int32_t>(unit.forms.size())) break;
      form = 0;
    }
    if (digit == choices.size()) return;
  }
}

// From the forms of `block` on, each choice in turn takes its best form, until none
// changes. Keeps `best` if it is as good.
void Improve(const UnitGraph& graph, const std::vector<size_t>& choices,
             BlockPlan& block, FormChoice& best) {
  FormChoice found{block, PeakOf(graph, block)};
  for (bool again = true; again;) {
    again = false;
    for (size_t position : choices) {
      const Unit& unit =
          graph.unit(block.first_unit + static_cast<int32_t>(position));
      block = found.block;
      for (size_t f = 0; f < unit.forms.size(); ++f) {
        block.stages[position].form = static_cast<int32_t>(f);
        const int64_t peak = PeakOf(graph, block);
        if (peak >= found.peak_bytes) continue;
        found = {block, peak};
        again = true;
      }
    }
  }
  if (found.peak_bytes < best.peak_bytes) best = std::move(found);
}

bool Allowed(Method method, int32_t first_unit, int32_t last_unit) {
  const bool single = last_unit - first_unit == 1;
  switch (method) {
    case Method::kPlain:
      return single;
    case Method::kStreamNet:
      return single || first_unit == 0;
    case Method::kFull:
    case Method::kLineBuffer:
    case Method::kMsfCnn:
    case Method::kMcunetV2:
      return true;
  }
  return single;
}

}  // namespace

FormChoice ChooseForms(const UnitGraph& graph, int32_t first_unit,
                       int32_t last_unit) {
  BlockPlan block = SingleStages(first_unit, last_unit);
  std::vector<size_t> choices;
  for (int32_t u = first_unit; u < last_unit; ++u) {
    block.stages[static_cast<size_t>(u - first_unit)].form =
        LocalForm(graph, first_unit, u);
    if (graph.unit(u).forms.size() > 1) {
      choices.push_back(static_cast<size_t>(u - first_unit));
    }
  }
  FormChoice best{block, std::numeric_limits<int64_t>::max()};
  if (choices.size() <= kExhaustiveForms) {
    TryAll(graph, choices, block, best);
  } else {
    Improve(graph, choices, block, best);
    block = SingleStages(first_unit, last_unit);
    Improve(graph, choices, block, best);
  }
  return best;
}

// Best way to run the units [0, end).
struct MinRamSearch::Label {
  int64_t peak_bytes = std::numeric_limits<int64_t>::max();
  int32_t blocks = 0;
  int32_t from = -1;  // where the last block begins
};

MinRamSearch::MinRamSearch(const UnitGraph& graph, SolverOptions options)
    : graph_(graph),
      options_(std::move(options)),
      count_(static_cast<int32_t>(graph.units.size())),
      bytes_(graph.units.size() * graph.units.size(), -1) {}

int64_t& MinRamSearch::BytesOf(int32_t begin, int32_t end) {
  return bytes_[static_cast<size_t>(begin) * static_cast<size_t>(count_) +
                static_cast<size_t>(end - 1)];
}

bool MinRamSearch::Raise(const BlockPlan& block, int64_t bytes) {
  int64_t& known = BytesOf(block.first_unit, block.last_unit);
  if (known >= bytes) return false;
  known = bytes;
  return true;
}

void MinRamSearch::Extend(const Label& before, int32_t begin, int32_t end,
                          Label& label) {
  if (!Allowed(options_.method, begin, end) ||
      before.peak_bytes > label.peak_bytes) {
    return;
  }
  int64_t& bytes = BytesOf(begin, end);
  if (bytes < 0) {
    bytes = ChooseForms(graph_, begin, end).peak_bytes;
    if (options_.progress) {
      options_.progress(++simulated_, int64_t{count_} * (count_ + 1) / 2);
    }
  }
  const int64_t peak = std::max(before.peak_bytes, bytes);
  const int32_t blocks = before.blocks + 1;
  if (peak < label.peak_bytes ||
      (peak == label.peak_bytes && blocks < label.blocks)) {
    label = {peak, blocks, begin};
  }
}

Solution MinRamSearch::Shortest() {
  std::vector<Label> best(static_cast<size_t>(count_) + 1);
  best[0].peak_bytes = 0;
  // Resident inputs are there before the first step, read or not.
  for (const UnitTensor& tensor : graph_.tensors) {
    if (tensor.is_resident_input) best[0].peak_bytes += tensor.bytes();
  }
  for (int32_t end = 1; end <= count_; ++end) {
    Label& label = best[static_cast<size_t>(end)];
    for (int32_t begin = end - 1; begin >= 0; --begin) {
      Extend(best[static_cast<size_t>(begin)], begin, end, label);
    }
  }
  Solution solution;
  solution.plan.input_mode = graph_.input_mode;
  solution.peak_bytes = best[static_cast<size_t>(count_)].peak_bytes;
  for (int32_t end = count_; end > 0;) {
    const int32_t begin = best[static_cast<size_t>(end)].from;
    MSF_CHECK(begin >= 0);
    solution.plan.blocks.push_back(ChooseForms(graph_, begin, end).block);
    end = begin;
  }
  std::reverse(solution.plan.blocks.begin(), solution.plan.blocks.end());
  return solution;
}

}  // namespace msf
