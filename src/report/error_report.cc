// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

namespace msf {

std::string Text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json ToJson(const Diagnostic& diagnostic) {
  Json json;
  json["error"] = {{"where", diagnostic.where},
                   {"what", diagnostic.what},
                   {"hint", diagnostic.hint}};
  if (!diagnostic.unsupported.empty()) {
    for (const UnsupportedNode& node : diagnostic.unsupported) {
      json["error"]["unsupported"].push_back({{"node", node.node},
                                              {"op", node.op},
                                              {"name", node.name},
                                              {"reason", node.reason}});
    }
  }
  if (diagnostic.kind != ErrorKind::kInfeasible) return json;
  json["tightest"] = Json::object();
  if (diagnostic.tightest_ram_bytes) {
    json["tightest"]["ram_bytes"] = *diagnostic.tightest_ram_bytes;
  }
  if (diagnostic.tightest_flash_bytes) {
    json["tightest"]["flash_bytes"] = *diagnostic.tightest_flash_bytes;
  }
  if (diagnostic.tightest_latency_ms) {
    json["tightest"]["latency_ms"] = *diagnostic.tightest_latency_ms;
  }
  return json;
}

}  // namespace msf
