// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "support/result.h"

namespace msf {

// "64K" = "64k" = "64KiB" = 65536, "64kB" = 64000, "1M", "1MB", "65536". The
// error's `where` is `option`.
Result<int64_t> ParseSize(const std::string& text, const std::string& option);

// "23,040"
std::string WithCommas(int64_t number);

// "23,040 bytes (22.5 KB)"; KB = 1024 bytes.
std::string BytesText(int64_t bytes);

}  // namespace msf
