// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/size.h"

#include <charconv>

#include <fmt/format.h>

namespace msf {

Result<int64_t> ParseSize(const std::string& text, const std::string& option) {
  const auto refuse = [&] {
    return UserError(option, "'" + text + "' is not a size",
                     "write bytes (65536), 64K, 64k or 64KiB (65,536) or 64kB "
                     "(64,000)");
  };
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || !(number >= 0)) return refuse();
  const std::string unit(rest, end);
  double factor = 1;
  if (unit == "K" || unit == "k" || unit == "KB" || unit == "KiB") {
    factor = 1024;
  } else if (unit == "M" || unit == "MiB") {
    factor = 1024 * 1024;
  } else if (unit == "kB") {
    factor = 1000;
  } else if (unit == "MB") {
    factor = 1e6;
  } else if (!unit.empty() && unit != "B") {
    return refuse();
  }
  if (!(number * factor < 9e15)) return refuse();
  return static_cast<int64_t>(number * factor);
}

std::string WithCommas(int64_t number) {
  std::string digits = std::to_string(number < 0 ? -number : number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0;
       at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return (number < 0 ? "-" : "") + digits;
}

std::string BytesText(int64_t bytes) {
  return fmt::format("{} bytes ({:.1f} KB)", WithCommas(bytes),
                     static_cast<double>(bytes) / 1024);
}

}  // namespace msf
