// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

namespace msf {
namespace {

constexpr std::string_view kBlank = " \t\r";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view TrimLeft(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text;
}

// Takes a number off the front. False if there is none that is finite.
bool TakeNumber(std::string_view& text, double& number) {
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || !std::isfinite(number)) return false;
  text = std::string_view(rest, static_cast<size_t>(end - rest));
  return true;
}

// The text up to the next separator, cut to what fits a message.
std::string Field(std::string_view text) {
  return std::string(
      text.substr(0, std::min<size_t>(text.find_first_of(",; \t\r"), 24)));
}

// Appends the numbers of a line. Returns false, with `rest` at the culprit,
// where something else stands.
bool TakeLine(std::string_view& rest, std::vector<double>& values) {
  rest = TrimLeft(rest);
  while (!rest.empty()) {
    double number = 0;
    std::string_view after = rest;
    if (!TakeNumber(after, number)) return false;
    values.push_back(number);
    const std::string_view next = TrimLeft(after);
    const bool separated = next.starts_with(',') || next.starts_with(';');
    // "1x": the number ended where no separator stands.
    if (!separated && !next.empty() && next.size() == after.size()) {
      return false;
    }
    rest = separated ? TrimLeft(next.substr(1)) : next;
  }
  return true;
}

}  // namespace

Result<CsvTable> ParseCsv(const std::string& where,
                          std::span<const uint8_t> file) {
  std::string_view text(reinterpret_cast<const char*>(file.data()),
                        file.size());
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  CsvTable table;
  bool first = true;
  for (int64_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = TrimLeft(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const std::string at = where + ", line " + std::to_string(number);
    const size_t before = table.values.size();
    const bool is_first = first;
    first = false;
    if (!TakeLine(line, table.values)) {
      if (is_first && table.values.empty()) continue;  // names of columns
      return UserError(at, "'" + Field(line) + "' is not a finite number",
                       "give numbers with commas between them");
    }
    const auto count = static_cast<int64_t>(table.values.size() - before);
    if (table.lines > 0 && count != table.columns) {
      return UserError(at,
                       "holds " + std::to_string(count) +
                           " numbers, the lines before it hold " +
                           std::to_string(table.columns),
                       "give every line as many numbers");
    }
    table.columns = count;
    ++table.lines;
  }
  if (table.lines == 0) {
    return UserError(where, "holds no numbers",
                     "give numbers with commas between them");
  }
  return table;
}

}  // namespace msf
