// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "target/emulate.h"

namespace msf {

// A network of one kernel, written by hand as the emitter would: output row r
// is the byte-wise sum of input rows 2r and 2r + 1.
struct MiniModel {
  HarnessInputMode mode = HarnessInputMode::kStreamed;
  int rows = 8;  // of the input; even
  int row_bytes = 16;
  std::string kernel;  // C++ that runs before each row, as it sees `call`
  int extra_arena = 0;

  int ArenaBytes() const;
};

// `runs` inferences on the stream random:1.
EmulationRequest MiniRequest(const MiniModel& model, int runs = 1);

// What they put out.
std::vector<std::vector<uint8_t>> MiniOutputs(const MiniModel& model,
                                              int runs = 1);

}  // namespace msf
