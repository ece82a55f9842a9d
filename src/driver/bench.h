// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "calibrate/calibration.h"
#include "driver/run.h"
#include "support/result.h"
#include "support/watch.h"
#include "target/target.h"

namespace msf {

// A model that ran on a target.
struct BenchedModel {
  std::string model;  // file name
  int64_t plain_macs = 0;
  double overhead_factor = 1;
  RunReport run;
};

// What kernels cost on a target, and how sure that is.
struct CalibratedTarget {
  std::string id;    // of the target, or what the user calls the board
  std::string unit;  // "instructions" or "cycles"
  KernelBody body;
  Calibration calibration;
  int64_t cases = 0;
};

// Measures on the target's emulator: instructions. What is cancelled is an
// error of kCancelled.
Result<CalibratedTarget> CalibrateOnEmulator(const Target& target,
                                             const BenchSize& size,
                                             const Watch& watch = {});

// The sources that measure on a board: all but what board.h leaves to the user.
std::map<std::string, std::string> BoardSources(const BenchSize& size);

// From what the firmware printed on a board: cycles.
Result<CalibratedTarget> CalibrateFromLog(std::string_view log,
                                          const std::string& where,
                                          const std::string& id,
                                          const BenchSize& size);

}  // namespace msf
