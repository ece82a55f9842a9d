// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "calibrate/calibration.h"
#include "support/result.h"
#include "target/target.h"

namespace msf {

// What kernels cost on a target, and how sure that is.
struct CalibratedTarget {
  std::string id;    // of the target, or what the user calls the board
  std::string unit;  // "instructions" or "cycles"
  KernelBody body;
  Calibration calibration;
  int64_t cases = 0;
};

// Measures on the target's emulator: instructions.
Result<CalibratedTarget> CalibrateOnEmulator(const Target& target,
                                             const BenchSize& size);

// From what the firmware printed on a board: cycles.
Result<CalibratedTarget> CalibrateFromLog(std::string_view log,
                                          const std::string& where,
                                          const std::string& id,
                                          const BenchSize& size);

}  // namespace msf
