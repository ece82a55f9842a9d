// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/solver.h"

#include <algorithm>
#include <limits>

#include "plan/block.h"
#include "support/check.h"

namespace msf {
namespace {

int64_t PeakOf(const UnitGraph& graph, const BlockPlan& block) {
  return BlockPeakBytes(graph, block, TraceBlock(graph, block));
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
  std::fill(block.forms.begin(), block.forms.end(), 0);
  for (;;) {
    const int64_t peak = PeakOf(graph, block);
    if (peak < best.peak_bytes) best = {block.forms, peak};
    size_t digit = 0;
    for (; digit < choices.size(); ++digit) {
      int32_t& form = block.forms[choices[digit]];
      const Unit& unit =
          graph.unit(block.first_unit + static_cast<int32_t>(choices[digit]));
      if (++form < static_cast<int32_t>(unit.forms.size())) break;
      form = 0;
    }
    if (digit == choices.size()) return;
  }
}

// From block.forms on, each choice in turn takes its best form, until none
// changes. Keeps `best` if it is as good.
void Improve(const UnitGraph& graph, const std::vector<size_t>& choices,
             BlockPlan& block, FormChoice& best) {
  FormChoice found{block.forms, PeakOf(graph, block)};
  for (bool again = true; again;) {
    again = false;
    for (size_t position : choices) {
      const Unit& unit =
          graph.unit(block.first_unit + static_cast<int32_t>(position));
      block.forms = found.forms;
      for (size_t f = 0; f < unit.forms.size(); ++f) {
        block.forms[position] = static_cast<int32_t>(f);
        const int64_t peak = PeakOf(graph, block);
        if (peak >= found.peak_bytes) continue;
        found = {block.forms, peak};
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
      return true;
  }
  return single;
}

// Best way to run the units [0, end).
struct Label {
  int64_t peak_bytes = std::numeric_limits<int64_t>::max();
  int32_t blocks = 0;
  int32_t from = -1;  // where the last block begins
  std::vector<int32_t> forms;
};

}  // namespace

FormChoice ChooseForms(const UnitGraph& graph, int32_t first_unit,
                       int32_t last_unit) {
  BlockPlan block{
      .first_unit = first_unit, .last_unit = last_unit, .forms = {}};
  std::vector<size_t> choices;
  for (int32_t u = first_unit; u < last_unit; ++u) {
    block.forms.push_back(LocalForm(graph, first_unit, u));
    if (graph.unit(u).forms.size() > 1) {
      choices.push_back(static_cast<size_t>(u - first_unit));
    }
  }
  FormChoice best{{}, std::numeric_limits<int64_t>::max()};
  if (choices.size() <= kExhaustiveForms) {
    TryAll(graph, choices, block, best);
  } else {
    Improve(graph, choices, block, best);
    std::fill(block.forms.begin(), block.forms.end(), 0);
    Improve(graph, choices, block, best);
  }
  return best;
}

Solution SolveMinRam(const UnitGraph& graph, const SolverOptions& options) {
  const int32_t count = static_cast<int32_t>(graph.units.size());
  std::vector<Label> best(static_cast<size_t>(count) + 1);
  // Resident inputs are there before the first step, read or not.
  best[0].peak_bytes = 0;
  for (const UnitTensor& tensor : graph.tensors) {
    if (tensor.is_resident_input) best[0].peak_bytes += tensor.bytes();
  }
  const int64_t total = int64_t{count} * (count + 1) / 2;
  int64_t work = 0;
  for (int32_t end = 1; end <= count; ++end) {
    Label& label = best[static_cast<size_t>(end)];
    for (int32_t begin = end - 1; begin >= 0; --begin) {
      if (options.progress) options.progress(work, total);
      ++work;
      const Label& before = best[static_cast<size_t>(begin)];
      if (!Allowed(options.method, begin, end) ||
          before.peak_bytes > label.peak_bytes) {
        continue;
      }
      FormChoice choice = ChooseForms(graph, begin, end);
      const int64_t peak = std::max(before.peak_bytes, choice.peak_bytes);
      const int32_t blocks = before.blocks + 1;
      if (peak < label.peak_bytes ||
          (peak == label.peak_bytes && blocks < label.blocks)) {
        label = {peak, blocks, begin, std::move(choice.forms)};
      }
    }
  }
  Solution solution;
  solution.plan.input_mode = graph.input_mode;
  solution.peak_bytes = best[static_cast<size_t>(count)].peak_bytes;
  for (int32_t end = count; end > 0;) {
    const Label& label = best[static_cast<size_t>(end)];
    MSF_CHECK(label.from >= 0);
    solution.plan.blocks.push_back({label.from, end, label.forms});
    end = label.from;
  }
  std::reverse(solution.plan.blocks.begin(), solution.plan.blocks.end());
  return solution;
}

}  // namespace msf
