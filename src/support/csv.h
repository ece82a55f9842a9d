// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "support/result.h"

namespace msf {

struct CsvTable {
  int64_t lines = 0;
  int64_t columns = 0;
  std::vector<double> values;  // line by line, all finite
};

// Numbers between commas, semicolons, tabs or blanks. Empty lines and those
// that begin with # are skipped, and so is a first line that does not begin
// with a number (names of columns). Every other line must hold as many numbers
// as the first. Errors name the line.
Result<CsvTable> ParseCsv(const std::string& where,
                          std::span<const uint8_t> file);

}  // namespace msf
