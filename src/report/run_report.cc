// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "report/report.h"
#include "support/size.h"

namespace msf {
namespace {

Json DifferenceJson(const RunReport& report) {
  if (!report.first_difference) return nullptr;
  const Difference& d = *report.first_difference;
  return {{"run", report.first_difference_run},
          {"node", d.node},
          {"op", d.op},
          {"tensor", d.tensor},
          {"row", d.row},
          {"byte", d.byte},
          {"expected", d.expected},
          {"got", d.got},
          {"reason", d.reason}};
}

std::string DifferenceText(const RunReport& report) {
  const Difference& d = *report.first_difference;
  return fmt::format(
      "NOT equal: run {}, node {} {} '{}', row {}, byte {}: expected {}, got "
      "{}: {}\n",
      report.first_difference_run, d.node, d.op, d.tensor, d.row, d.byte,
      d.expected, d.got, d.reason);
}

}  // namespace

Json ToJson(const RunReport& report) {
  Json json{{"on", report.on},
            {"equal", report.equal},
            {"runs", report.runs},
            {"nodes_compared", report.nodes_compared},
            {"first_difference", DifferenceJson(report)},
            {"arena_bytes", report.arena_bytes},
            {"arena_macro_bytes", report.arena_macro_bytes},
            {"arena_linked_bytes", report.arena_linked_bytes},
            {"arena_touched_bytes", report.arena_touched_bytes},
            {"stack_bytes", nullptr},
            {"instructions", nullptr},
            {"predicted_instructions", nullptr},
            {"output_crc32", Json::array()}};
  if (!report.instructions.empty()) {
    json["stack_bytes"] = report.stack_bytes;
    json["instructions"] = report.instructions;
    if (report.predicted_instructions) {
      json["predicted_instructions"] =
          std::llround(*report.predicted_instructions);
    }
  }
  for (uint32_t crc : report.output_crc32) {
    json["output_crc32"].push_back(fmt::format("{:08x}", crc));
  }
  return json;
}

std::string ToText(const RunReport& report) {
  std::string text =
      report.equal
          ? fmt::format("equal: {} run(s) on {}, every {} byte is the "
                        "reference's\n",
                        report.runs, report.on,
                        report.nodes_compared > 0 ? "node's" : "output")
          : DifferenceText(report);
  if (report.nodes_compared > 0) {
    text += fmt::format("  {:<14} {}\n", "nodes compared",
                        report.nodes_compared);
  }
  text += fmt::format("  {:<14} {} planned, {} linked, {} touched\n", "arena",
                      WithCommas(report.arena_bytes),
                      WithCommas(report.arena_linked_bytes),
                      WithCommas(report.arena_touched_bytes));
  if (!report.instructions.empty()) {
    text += fmt::format("  {:<14} {} bytes\n", "stack",
                        WithCommas(report.stack_bytes));
  }
  if (report.predicted_instructions) {
    text += fmt::format("  {:<14} {} instructions a run\n", "predicted",
                        WithCommas(std::llround(*report.predicted_instructions)));
  }
  for (size_t run = 0; run < report.output_crc32.size(); ++run) {
    text += fmt::format("  run {:<10} outputs CRC-32 {:08x}", run,
                        report.output_crc32[run]);
    if (run < report.instructions.size()) {
      text += fmt::format(", {} instructions",
                          WithCommas(report.instructions[run]));
    }
    text += "\n";
  }
  return text;
}

}  // namespace msf
