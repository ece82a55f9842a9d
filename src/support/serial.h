// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "support/result.h"

namespace msf {

struct SerialRequest {
  std::string device;  // "/dev/ttyACM0"
  int baud = 115200;
  std::string last_line;          // reading ends behind it
  double silence_seconds = 120;   // without a byte, reading ends in an error
  std::function<void(int64_t lines)> progress;
  std::function<bool()> is_cancelled;  // asked several times a second
};

// What a device sends until `last_line`; kCancelled if somebody wished so.
Result<std::string> ReadSerial(const SerialRequest& request);

}  // namespace msf
