// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exec/reference.h"
#include "ir/graph.h"
#include "schedule/schedule.h"

namespace msf {

// Where a plan first departs from the reference.
struct Difference {
  int32_t node = -1;  // index in the file; -1: an input
  std::string op;
  std::string tensor;  // name
  int32_t row = -1;
  int64_t byte = -1;    // within the row
  int32_t expected = 0;
  int32_t got = 0;
  std::string reason;  // a sentence
};

struct VerifyReport {
  bool equal = false;
  int32_t nodes_compared = 0;
  std::optional<Difference> difference;
  std::vector<Bytes> outputs;
};

// Runs one inference of the Schedule step by step over shadow memory, in which
// each byte knows which row of which tensor it holds. Errors: a stage reads a
// row that is not there or no longer there, writes outside its output row,
// state and scratch, or makes a byte that is not the reference's. Rows are
// poisoned when their last reader is done. `reference` is RunReference's
// result for the same inputs.
VerifyReport VerifyRun(const Graph& graph, const Schedule& schedule,
                       const std::vector<Bytes>& inputs,
                       const std::vector<Bytes>& reference);

}  // namespace msf
