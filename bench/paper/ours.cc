// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/ours.h"

#include "memory/plan_front.h"
#include "plan/unit_graph.h"

namespace msf::paper {

std::vector<OurPoint> OurFront(const Graph& graph) {
  UnitGraph units = BuildUnitGraph(graph, InputMode::kExternal);
  // The paper does not count the final output: it takes no room here.
  for (UnitTensor& tensor : units.tensors) {
    if (tensor.is_output) tensor.row_bytes = 0;
  }
  std::vector<OurPoint> points;
  const auto plain = static_cast<double>(Macs(graph));
  for (const LaidOutPlan& plan : FindFront(units, {})) {
    points.push_back(
        {.ram_bytes = plan.arena_bytes,
         .overhead_factor = static_cast<double>(plan.macs) / plain});
  }
  return points;
}

}  // namespace msf::paper
