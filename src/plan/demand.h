// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "plan/unit_graph.h"

namespace msf {

// What any plan must make. Patches leave out rows and columns that nobody
// reads, behind strides and at borders; so do blocks with last rows.
struct Demand {
  // MACs that no plan of the units [u, n) undercuts; index by u.
  std::vector<int64_t> least_macs;
  // Whether somebody reads the last row; index by TensorId. Blocks that make
  // the tensor then make all its rows.
  std::vector<bool> reads_last_row;
};

Demand DemandOf(const UnitGraph& graph);

}  // namespace msf
