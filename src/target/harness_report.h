// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace msf {

// The lines "msf <key> <hex>..." of targets/harness/harness_main.cpp.
struct HarnessRun {
  uint64_t ticks = 0;
  uint64_t pull_ticks = 0;  // of them in the input callback
  uint64_t pull_calls = 0;
  std::array<std::vector<uint8_t>, 2> outputs;  // of either pass
};

struct HarnessReport {
  bool ended = false;
  // A line that ends a run early, by its key: fault, overrun,
  // stack_overflow, init, status.
  std::string failure;
  std::vector<uint64_t> failure_numbers;
  int64_t arena_bytes = 0;
  int64_t instance_bytes = 0;
  int64_t touched_bytes = 0;
  int64_t stack_bytes = 0;
  int64_t pull_stack_bytes = 0;
  uint64_t calibration_instructions = 1;
  uint64_t calibration_ticks = 1;
  uint64_t nothing_ticks = 0;      // between two readings of the counter
  uint64_t unseen_pull_calls = 1;  // calls of the callback that took ...
  uint64_t unseen_pull_ticks = 0;  // ... more than they themselves could see
  std::map<uint64_t, HarnessRun> runs;
};

// Skips what it does not know.
HarnessReport ParseHarnessReport(std::string_view text);

// Each run happens twice, for what depends on stale memory and for the stack.
inline constexpr int64_t kPasses = 2;

// How many of kPasses * runs are done when the harness prints this line, if it
// tells.
std::optional<int64_t> RunsDone(std::string_view line, int64_t runs);

// Instructions of one run without those of the input callback.
int64_t Instructions(const HarnessReport& report, const HarnessRun& run);

}  // namespace msf
