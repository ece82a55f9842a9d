// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Networks whose patches are checked against the reference, at sizes that the
// test chooses.
#pragma once

#include <cstdint>
#include <vector>

#include "exec/reference.h"
#include "plan/plan.h"
#include "plan/unit_graph.h"
#include "tests/graph_maker.h"

namespace msf {

inline constexpr WindowChoice kThree = {.kernel_h = 3, .kernel_w = 3};
inline constexpr WindowChoice kThreeByTwo = {
    .kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2};

// A network with random inputs, and all tensors as the reference makes them.
struct Subject {
  Graph graph;
  UnitGraph units;
  std::vector<Bytes> inputs;
  std::vector<Bytes> reference;
};

Subject SubjectOf(Graph graph, InputMode mode = InputMode::kStreamed);

// What a unit of the subject makes.
const Tensor& OutputOf(const Subject& subject, int32_t unit);

// Runs the plan over shadow memory, and without it. A node need not run if all
// that is read of it is the border that a Pad adds.
void CheckPlan(const Subject& subject, const Plan& plan,
               bool every_node_runs = true);

// Which inner tensors keep rows: bit i stands for unit i of the patch.
StagePlan PatchOf(int32_t first, int32_t last, uint32_t keeps, int32_t rows,
                  int32_t columns);

}  // namespace msf
