// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "msf/diagnostic.h"

namespace msf {

std::string ToString(const Diagnostic& diagnostic) {
  std::string text = diagnostic.where;
  if (!text.empty()) text += ": ";
  text += diagnostic.what;
  for (const UnsupportedNode& node : diagnostic.unsupported) {
    text += "\n  node " + std::to_string(node.node) + " " + node.op + " '" +
            node.name + "': " + node.reason;
  }
  if (!diagnostic.hint.empty()) text += "\n  hint: " + diagnostic.hint;
  return text;
}

}  // namespace msf
