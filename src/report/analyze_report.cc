// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "report/report.h"
#include "support/size.h"

namespace msf {
namespace {

Json PortJson(const Analysis::PortInfo& info) {
  Json json{{"name", info.port.name},
            {"dtype", ToString(info.port.dtype)},
            {"shape", info.port.shape},
            {"bytes", info.bytes}};
  if (info.port.quant.IsQuantized()) {
    json["scale"] = info.port.quant.scale();
    json["zero_point"] = info.port.quant.zero_point();
  }
  return json;
}

std::string PortText(const char* what, const Analysis::PortInfo& info) {
  return fmt::format("  {:<8} {} {} '{}', {}\n", what,
                     ToString(info.port.dtype), ToString(info.port.shape),
                     info.port.name, BytesText(info.bytes));
}

}  // namespace

Json ToJson(const Analysis& analysis) {
  Json json{{"model", analysis.model},
            {"inputs", Json::array()},
            {"outputs", Json::array()},
            {"nodes", analysis.nodes},
            {"macs", analysis.macs},
            {"weight_bytes", analysis.weight_bytes},
            {"plain_arena_bytes", nullptr},
            {"supported", analysis.unsupported.empty()},
            {"unsupported", Json::array()}};
  for (const auto& info : analysis.inputs) {
    json["inputs"].push_back(PortJson(info));
  }
  for (const auto& info : analysis.outputs) {
    json["outputs"].push_back(PortJson(info));
  }
  for (const UnsupportedNode& node : analysis.unsupported) {
    json["unsupported"].push_back({{"node", node.node},
                                   {"op", node.op},
                                   {"name", node.name},
                                   {"reason", node.reason}});
  }
  if (analysis.plain_arena_bytes) {
    json["plain_arena_bytes"] = *analysis.plain_arena_bytes;
    json["plain_peak"] = {{"node", analysis.peak_node},
                          {"op", analysis.peak_op},
                          {"name", analysis.peak_name}};
  }
  return json;
}

std::string ToText(const Analysis& analysis) {
  std::string text = analysis.model + "\n";
  for (const auto& info : analysis.inputs) text += PortText("input", info);
  for (const auto& info : analysis.outputs) text += PortText("output", info);
  text += fmt::format("  {:<8} {}\n  {:<8} {}{}\n  {:<8} {}\n", "nodes",
                      analysis.nodes, "MACs", WithCommas(analysis.macs),
                      analysis.unsupported.empty()
                          ? ""
                          : ", without those of nodes that are not supported",
                      "weights", BytesText(analysis.weight_bytes));
  if (analysis.plain_arena_bytes) {
    text += fmt::format(
        "  {:<8} {} if run node by node; node {} {} '{}' sets that peak\n"
        "All nodes are supported. Next: msfc plan {}\n",
        "RAM", BytesText(*analysis.plain_arena_bytes), analysis.peak_node,
        analysis.peak_op, analysis.peak_name, analysis.model);
    return text;
  }
  text += fmt::format("{} of {} nodes {} not supported:\n",
                      analysis.unsupported.size(), analysis.nodes,
                      analysis.unsupported.size() == 1 ? "is" : "are");
  for (const UnsupportedNode& node : analysis.unsupported) {
    text += fmt::format("  node {} {} '{}': {}\n", node.node, node.op,
                        node.name, node.reason);
  }
  return text;
}

}  // namespace msf
