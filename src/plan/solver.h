// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "plan/plan.h"
#include "plan/unit_graph.h"

namespace msf {

struct SolverOptions {
  Method method = Method::kFull;
  // Called now and then with work done and work in all; may be empty.
  std::function<void(int64_t done, int64_t total)> progress;
};

struct Solution {
  Plan plan;
  int64_t peak_bytes = 0;  // of the largest block
};

// Seeks the plan whose largest block needs the fewest bytes; among those the
// one with the fewest blocks. Nothing is recomputed (F = 1.00). A shortest
// path over the cut points 0..n: blocks are edges, their bytes the lengths,
// the longest edge the length of a path. O(n^2) blocks, each simulated once.
class MinRamSearch {
 public:
  // `graph` must outlive the search.
  MinRamSearch(const UnitGraph& graph, SolverOptions options);

  // The best plan with the lengths known so far. At first these are
  // BlockPeakBytes, so no plan of the method's space needs less (as long as
  // ChooseForms is exact).
  Solution Shortest();

  // Makes a block at least so long from now on; true if it was shorter.
  bool Raise(const BlockPlan& block, int64_t bytes);

 private:
  struct Label;

  int64_t& BytesOf(int32_t begin, int32_t end);
  void Extend(const Label& before, int32_t begin, int32_t end, Label& label);

  const UnitGraph& graph_;
  SolverOptions options_;
  int32_t count_;
  std::vector<int64_t> bytes_;  // of each block; -1: not simulated yet
  int64_t simulated_ = 0;
};

// The best plan by what lives at once, before anything is laid out.
inline Solution SolveMinRam(const UnitGraph& graph,
                            const SolverOptions& options) {
  return MinRamSearch(graph, options).Shortest();
}

// The forms in which the units of a block need the fewest bytes together.
// Exact up to kExhaustiveForms units that have a choice; beyond that a local
// choice and the plainest forms, each improved one unit at a time.
inline constexpr int kExhaustiveForms = 6;
struct FormChoice {
  BlockPlan block;
  int64_t peak_bytes = 0;
};
FormChoice ChooseForms(const UnitGraph& graph, int32_t first_unit,
                       int32_t last_unit);

}  // namespace msf
