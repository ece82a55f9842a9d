// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "calibrate/bench_cases.h"

namespace msf {

// The tables of targets/bench/bench.h, one source.
struct BenchTables {
  std::string source;
  uint32_t hash = 0;  // of the source
};
BenchTables EmitBenchTables(const BenchCases& cases);

// The program that measures the cases, without what a machine needs
// (bench_port.h): tables, runtime, targets/bench/bench_main.cpp.
std::map<std::string, std::string> BenchFirmware(const BenchCases& cases);

}  // namespace msf
