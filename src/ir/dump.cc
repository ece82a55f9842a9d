// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ir/graph.h"

namespace msf {
namespace {

const char* OpName(const Node& node) {
  static constexpr const char* kNames[] = {"?",
#define MSF_OP(Name) #Name,
#include "ir/ops.def"
#undef MSF_OP
  };
  return kNames[node.attrs.index()];
}

std::string Id(TensorId id) {
  return id == kNoTensor ? std::string("-") : "%" + std::to_string(id);
}

}  // namespace

std::string Dump(const Graph& graph) {
  std::string text;
  for (const Port& port : graph.inputs) {
    text += Id(port.tensor) + " = input " + ToString(port.dtype) + " " +
            ToString(graph.tensor(port.tensor).hwc) + " '" + port.name + "'\n";
  }
  for (const Node& node : graph.nodes) {
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      text += (i ? ", " : "") + Id(node.outputs[i]);
    }
    text += std::string(" = ") + OpName(node) + "(";
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      text += (i ? ", " : "") + Id(node.inputs[i]);
    }
    text += ")";
    for (TensorId id : node.outputs) {
      text += std::string(" ") + ToString(graph.tensor(id).dtype) + " " +
              ToString(graph.tensor(id).hwc);
    }
    text += "  # node " + std::to_string(node.source_index) + "\n";
  }
  for (const Port& port : graph.outputs) {
    text += "output " + Id(port.tensor) + " '" + port.name + "'\n";
  }
  return text;
}

}  // namespace msf
