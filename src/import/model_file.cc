// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/model_file.h"

namespace msf {

Result<Graph> RequireSupported(ModelFile file) {
  if (file.unsupported.empty()) return std::move(file.graph);
  const size_t bad = file.unsupported.size();
  const size_t all = file.graph.nodes.size();
  return tl::unexpected(
      Diagnostic{.kind = ErrorKind::kUser,
                 .where = file.graph.source,
                 .what = std::to_string(bad) + " of " + std::to_string(all) +
                         (all == 1 ? " node" : " nodes") +
                         (bad == 1 ? " is" : " are") + " not supported",
                 .hint = "see `msfc ops` for what is",
                 .unsupported = std::move(file.unsupported),
                 .tightest_ram_bytes = std::nullopt});
}

}  // namespace msf
