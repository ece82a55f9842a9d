// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/ours.h"

#include "driver/planner.h"
#include "support/check.h"

namespace msf::paper {

std::vector<OurPoint> OurFront(const Graph& graph) {
  const Result<PlannedModel> model =
      MakePlan(graph, {.input_mode = InputMode::kExternal});
  MSF_CHECK(model.has_value());
  return {{.ram_bytes = model->schedule.arena_bytes, .overhead_factor = 1.0}};
}

}  // namespace msf::paper
