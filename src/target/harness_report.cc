// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "target/harness_report.h"

#include <charconv>
#include <cmath>
#include <cstddef>

namespace msf {
namespace {

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = line.find_first_of(" \r");
    if (end != 0) words.push_back(line.substr(0, end));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return words;
}

uint64_t Hex(std::string_view word) {
  uint64_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value, 16);
  return value;
}

void AppendBytes(std::string_view hex, std::vector<uint8_t>& bytes) {
  for (std::size_t i = 0; i + 2 <= hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(Hex(hex.substr(i, 2))));
  }
}

// One line's numbers; those that are missing read as 0.
class Numbers {
 public:
  explicit Numbers(const std::vector<std::string_view>& words) {
    for (std::size_t i = 2; i < words.size(); ++i) {
      all_.push_back(Hex(words[i]));
    }
  }
  uint64_t operator[](std::size_t i) const {
    return i < all_.size() ? all_[i] : 0;
  }
  int64_t Signed(std::size_t i) const {
    return static_cast<int64_t>((*this)[i]);
  }
  const std::vector<uint64_t>& all() const { return all_; }

 private:
  std::vector<uint64_t> all_;
};

void ReadLine(const std::vector<std::string_view>& words,
              HarnessReport& report) {
  const std::string_view key = words[1];
  if (key == "output") {
    if (words.size() < 5) return;
    AppendBytes(words[4],
                report.runs[Hex(words[3])].outputs[Hex(words[2]) & 1]);
    return;
  }
  const Numbers numbers(words);
  if (key == "model") {
    report.arena_bytes = numbers.Signed(0);
    report.instance_bytes = numbers.Signed(1);
  } else if (key == "calibration") {
    report.calibration_instructions = numbers[0];
    report.calibration_ticks = numbers[1];
    report.nothing_ticks = numbers[2];
  } else if (key == "pull") {
    report.unseen_pull_calls = numbers[0];
    report.unseen_pull_ticks = numbers[1];
  } else if (key == "run") {
    HarnessRun& run = report.runs[numbers[0]];
    run.ticks = numbers[1];
    run.pull_ticks = numbers[2];
    run.pull_calls = numbers[3];
  } else if (key == "stack") {
    report.stack_bytes = numbers.Signed(0);
    report.pull_stack_bytes = numbers.Signed(1);
  } else if (key == "touched") {
    report.touched_bytes = numbers.Signed(0);
  } else if (key == "end") {
    report.ended = true;
  } else if (report.failure.empty()) {
    report.failure = key;
    report.failure_numbers = numbers.all();
  }
}

}  // namespace

HarnessReport ParseHarnessReport(std::string_view text) {
  HarnessReport report;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const auto words = Words(text.substr(0, end));
    if (words.size() >= 2 && words[0] == "msf") ReadLine(words, report);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return report;
}

std::optional<int64_t> RunsDone(std::string_view line, int64_t runs) {
  const std::vector<std::string_view> words = Words(line);
  if (words.size() < 4 || words[0] != "msf") return std::nullopt;
  if (words[1] == "run") return static_cast<int64_t>(Hex(words[2])) + 1;
  if (words[1] != "output") return std::nullopt;
  return static_cast<int64_t>(Hex(words[2])) * runs +
         static_cast<int64_t>(Hex(words[3])) + 1;
}

int64_t Instructions(const HarnessReport& report, const HarnessRun& run) {
  using Real = long double;
  const Real unseen = static_cast<Real>(report.unseen_pull_ticks) /
                      static_cast<Real>(report.unseen_pull_calls);
  const Real ticks = static_cast<Real>(run.ticks) -
                     static_cast<Real>(report.nothing_ticks) -
                     static_cast<Real>(run.pull_ticks) -
                     static_cast<Real>(run.pull_calls) * unseen;
  return std::llround(ticks *
                      static_cast<Real>(report.calibration_instructions) /
                      static_cast<Real>(report.calibration_ticks));
}

}  // namespace msf
