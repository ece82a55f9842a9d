// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exec/verify.h"
#include "ir/graph.h"
#include "schedule/schedule.h"
#include "support/result.h"
#include "support/watch.h"
#include "target/target.h"

namespace msf {

// Where the network's inputs come from.
struct RunInput {
  uint32_t seed = 1;  // of the random stream, which goes on over runs
  // Or, for each input, its bytes in each run; a single entry is for every
  // run.
  std::vector<std::vector<Bytes>> data;
  std::vector<std::string> notes;  // what the user should know
};

struct RunRequest {
  RunInput input;
  int32_t runs = 1;
  Watch watch;  // what is cancelled is an error of kCancelled
};

// What came of running a plan, against the reference interpreter.
struct RunReport {
  std::string on = "host";  // or a target's id
  bool equal = false;
  int32_t runs = 0;
  int32_t nodes_compared = 0;  // in each run; outputs only on a target
  std::optional<Difference> first_difference;
  int32_t first_difference_run = 0;
  int64_t arena_bytes = 0;
  int64_t arena_macro_bytes = 0;    // <NAME>_ARENA_SIZE, as the target read it
  int64_t arena_linked_bytes = 0;   // of the target's image
  int64_t arena_touched_bytes = 0;  // high-water mark
  int64_t stack_bytes = 0;          // on a target: high-water mark
  std::vector<int64_t> instructions;         // on a target: of each run
  std::optional<double> predicted_instructions;  // of a run on that target
  std::vector<std::vector<Bytes>> outputs;   // of each run
  std::vector<uint32_t> output_crc32;        // of each run
};

// The runtime's machine on the host; outputs compared.
Result<RunReport> RunOnHost(const Graph& graph, const Schedule& schedule,
                            const RunRequest& request);

// Every row of every node over shadow memory.
Result<RunReport> VerifyOnHost(const Graph& graph, const Schedule& schedule,
                               const RunRequest& request);

// The emitted sources, compiled and run under the target's emulator; outputs
// compared. kInfeasible with the shortfall if the target is too small.
Result<RunReport> RunOnTarget(const Graph& graph, const Schedule& schedule,
                              const Target& target, const RunRequest& request);

}  // namespace msf
