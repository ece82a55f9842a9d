// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "ir/graph.h"
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
  kMsfCnn,      // blocks of one patch of 1 x 1, nothing kept (msf-CNN)
  kMcunetV2,    // one recomputed head block, the rest plain
  kStreamNet,   // one line-buffered head block, the rest plain
};
const char* ToString(Method method);
Result<Method> ParseMethod(const std::string& text, const std::string& option);

// A stage: the units [first_unit, last_unit) of a UnitGraph. One unit runs in
// one of its forms. Several are fused into a patch: it makes `patch_rows` rows
// of the last unit's output a step, and sweeps along them, `patch_cols`
// columns at a time.
struct StagePlan {
  int32_t first_unit = 0;
  int32_t last_unit = 0;
  int32_t form = 0;  // of a single unit: index into Unit::forms

  int32_t patch_rows = 1;
  int32_t patch_cols = 1;
  // A patch sweeps along x through whole rows (0), or goes strip by strip of so
  // many output columns: then what it keeps is as wide as a strip, and the
  // columns that two strips both read are made twice. Where it keeps rows it
  // goes down all rows of a strip before the next one, and each step needs its
  // whole inputs. With channel tiles a band goes through all strips; then the
  // sums are as narrow as a strip.
  int32_t strip_cols = 0;
  // One for each unit but the last: whether rows of its output that the next
  // step needs again are kept (line buffer) or made again (recompute).
  std::vector<bool> keeps_rows;
  // Where units can (Unit::makes_taps), they make their inputs tap by tap: then
  // these are nowhere, and made as often as windows overlap. Not with channel
  // tiles.
  bool by_taps = false;
  // Channels of the inner tensors that are made at once; 0: all of them.
  int32_t channel_tile = 0;
  // With channel tiles the last unit adds up int32 sums, tile by tile. Or the
  // tensor that it reads is collected: its tile has all channels, of all the
  // columns of a strip, and the last unit runs when they are there.
  bool collects = false;

  bool IsPatch() const { return last_unit - first_unit > 1; }
  // Whether rows of the unit's output are kept.
  bool Keeps(int32_t unit) const {
    const auto i = static_cast<size_t>(unit - first_unit);
    return i < keeps_rows.size() && keeps_rows[i];
  }
  auto operator<=>(const StagePlan&) const = default;
};

// A fusion block: stages joined by line buffers, which together are the units
// [first_unit, last_unit).
struct BlockPlan {
  int32_t first_unit = 0;
  int32_t last_unit = 0;
  std::vector<StagePlan> stages;
  // Whole tensors that are moved to another place of the arena before the
  // block runs: where the outputs of consecutive blocks start inside their
  // inputs, they would creep through the arena.
  std::vector<TensorId> moves;
  auto operator<=>(const BlockPlan&) const = default;
};

// A partition of the units into blocks, in order.
struct Plan {
  InputMode input_mode = InputMode::kStreamed;
  std::vector<BlockPlan> blocks;
  bool operator==(const Plan&) const = default;
};

}  // namespace msf
