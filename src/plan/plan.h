// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/result.h"

namespace msf {

// Where a network input lives.
enum class InputMode {
  kStreamed,  // rows are pushed or pulled; only line-buffer rows exist
  kResident,  // whole in the arena, counted
  kExternal,  // whole in the caller's memory or flash, not counted
};
const char* ToString(InputMode mode);  // "streamed", as on the command line
// `option` is the error's `where`; likewise below.
Result<InputMode> ParseInputMode(const std::string& text,
                                 const std::string& option);

// Which part of the plan space a search may use.
enum class Method {
  kFull,        // all that msfc knows
  kLineBuffer,  // blocks of line-buffered stages, nothing recomputed
  kPlain,       // every node its own block
  kStreamNet,   // one line-buffered head block, the rest plain
};
const char* ToString(Method method);
Result<Method> ParseMethod(const std::string& text, const std::string& option);

// A fusion block: the units [first_unit, last_unit) of a UnitGraph and the
// form in which each of them runs.
struct BlockPlan {
  int32_t first_unit = 0;
  int32_t last_unit = 0;
  std::vector<int32_t> forms;  // index into Unit::forms, one for each unit
  bool operator==(const BlockPlan&) const = default;
};

// A partition of the units into blocks, in order.
struct Plan {
  InputMode input_mode = InputMode::kStreamed;
  std::vector<BlockPlan> blocks;
  bool operator==(const Plan&) const = default;
};

}  // namespace msf
