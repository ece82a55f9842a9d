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

// One pass: each choice in turn takes its best form.
void Improve(const UnitGraph& graph, const std::vector<size_t>& choices,
             BlockPlan& block, FormChoice& best) {
  best = {block.forms, PeakOf(graph, block)};
  for (size_t position : choices) {
    const Unit& unit =
        graph.unit(block.first_unit + static_cast<int32_t>(position));
    block.forms = best.forms;
    for (size_t f = 0; f < unit.forms.size(); ++f) {
      block.forms[position] = static_cast<int32_t>(f);
      const int64_t peak = PeakOf(graph, block);
      if (peak < best.peak_bytes) best = {block.forms, peak};
    }
  }
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

// Shortest path over the cut points 0..n; blocks are edges, their bytes the
// lengths, the longest edge the length of a path.
class PathSearch {
 public:
  PathSearch(const UnitGraph& graph, const SolverOptions& options)
      : graph_(graph),
        options_(options),
        count_(static_cast<int32_t>(graph.units.size())),
        edges_(static_cast<size_t>(count_) * static_cast<size_t>(count_)) {}

  // The best path with the lengths known so far.
  Solution Shortest() {
    std::vector<Label> best(static_cast<size_t>(count_) + 1);
    best[0].peak_bytes = 0;
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
      solution.plan.blocks.push_back({begin, end, EdgeAt(begin, end).forms});
      end = begin;
    }
    std::reverse(solution.plan.blocks.begin(), solution.plan.blocks.end());
    return solution;
  }

  // Lays out the blocks of `plan` that were not yet; true if one grew.
  bool LayOut(const Plan& plan) {
    bool grew = false;
    for (const BlockPlan& block : plan.blocks) {
      Edge& edge = EdgeAt(block.first_unit, block.last_unit);
      if (edge.is_laid_out) continue;
      edge.is_laid_out = true;
      const int64_t bytes = options_.laid_out_bytes(block);
      grew |= bytes > edge.bytes;
      edge.bytes = std::max(edge.bytes, bytes);
    }
    return grew;
  }

 private:
  struct Edge {
    int64_t bytes = -1;  // -1: not simulated yet
    std::vector<int32_t> forms;
    bool is_laid_out = false;
  };

  // Best way to run the units [0, end).
  struct Label {
    int64_t peak_bytes = std::numeric_limits<int64_t>::max();
    int32_t blocks = 0;
    int32_t from = -1;  // where the last block begins
  };

  Edge& EdgeAt(int32_t begin, int32_t end) {
    return edges_[static_cast<size_t>(begin) * static_cast<size_t>(count_) +
                  static_cast<size_t>(end - 1)];
  }

  void Extend(const Label& before, int32_t begin, int32_t end, Label& label) {
    if (!Allowed(options_.method, begin, end) ||
        before.peak_bytes > label.peak_bytes) {
      return;
    }
    Edge& edge = EdgeAt(begin, end);
    if (edge.bytes < 0) {
      FormChoice choice = ChooseForms(graph_, begin, end);
      edge.bytes = choice.peak_bytes;
      edge.forms = std::move(choice.forms);
      if (options_.progress) {
        options_.progress(++simulated_, int64_t{count_} * (count_ + 1) / 2);
      }
    }
    const int64_t peak = std::max(before.peak_bytes, edge.bytes);
    const int32_t blocks = before.blocks + 1;
    if (peak < label.peak_bytes ||
        (peak == label.peak_bytes && blocks < label.blocks)) {
      label = {peak, blocks, begin};
    }
  }

  const UnitGraph& graph_;
  const SolverOptions& options_;
  int32_t count_;
  std::vector<Edge> edges_;
  int64_t simulated_ = 0;
};

}  // namespace

FormChoice ChooseForms(const UnitGraph& graph, int32_t first_unit,
                       int32_t last_unit) {
  BlockPlan block{.first_unit = first_unit, .last_unit = last_unit, .forms = {}};
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
  }
  return best;
}

Solution SolveMinRam(const UnitGraph& graph, const SolverOptions& options) {
  PathSearch search(graph, options);
  Solution solution = search.Shortest();
  const int64_t lower_bound = solution.peak_bytes;
  while (options.laid_out_bytes && search.LayOut(solution.plan)) {
    solution = search.Shortest();
  }
  solution.lower_bound_bytes = lower_bound;
  return solution;
}

}  // namespace msf
