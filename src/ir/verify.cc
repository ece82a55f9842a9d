// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "ir/graph.h"

namespace msf {
namespace {

constexpr int64_t kMaxTensorBytes = (int64_t{1} << 31) - 1;

std::string Name(const Graph& graph, TensorId id) {
  return graph.source + ": tensor " +
         std::to_string(graph.tensor(id).source_index) + " '" +
         graph.tensor(id).name + "'";
}

Result<void> VerifyTensor(const Graph& graph, TensorId id) {
  const Tensor& tensor = graph.tensor(id);
  int64_t bytes = ByteSize(tensor.dtype);
  for (int32_t dim : tensor.shape) {
    if (dim <= 0) {
      return UserError(Name(graph, id),
                       "has dimension " + std::to_string(dim) + " in shape " +
                           ToString(tensor.shape),
                       "export the model with a fixed, non-empty input shape");
    }
    bytes *= dim;
    if (bytes > kMaxTensorBytes) {
      return UserError(
          Name(graph, id),
          "is larger than 2 GB (shape " + ToString(tensor.shape) + ")",
          "no microcontroller holds this; check the file");
    }
  }
  if (tensor.bytes() != bytes) {
    return InternalError(Name(graph, id), "rows " + ToString(tensor.hwc) +
                                              " do not hold shape " +
                                              ToString(tensor.shape));
  }
  if (tensor.IsConstant() &&
      static_cast<int64_t>(tensor.data->size()) != bytes) {
    return UserError(Name(graph, id),
                     "holds " + std::to_string(tensor.data->size()) +
                         " bytes, its shape " + ToString(tensor.shape) +
                         " needs " + std::to_string(bytes),
                     "the file is damaged; export it again");
  }
  return {};
}

}  // namespace

Result<void> VerifyGraph(const Graph& graph) {
  const auto in_range = [&](TensorId id) {
    return id >= 0 && static_cast<size_t>(id) < graph.tensors.size();
  };
  std::vector<bool> written(graph.tensors.size(), false);
  for (const Port& port : graph.inputs) {
    if (!in_range(port.tensor)) {
      return InternalError(graph.source, "input out of range");
    }
    // Read or not, it has a place in memory.
    MSF_RETURN_IF_ERROR(VerifyTensor(graph, port.tensor));
    written[static_cast<size_t>(port.tensor)] = true;
  }
  for (size_t id = 0; id < graph.tensors.size(); ++id) {
    if (graph.tensors[id].IsConstant()) written[id] = true;
  }
  for (const Node& node : graph.nodes) {
    const std::string where =
        graph.source + ": node " + std::to_string(node.source_index);
    for (TensorId id : node.inputs) {
      if (id == kNoTensor) continue;
      if (!in_range(id)) return InternalError(where, "input out of range");
      if (!written[static_cast<size_t>(id)]) {
        return UserError(where,
                         "reads tensor '" + graph.tensor(id).name +
                             "' before any node has written it",
                         "the file's nodes are out of order or form a cycle");
      }
      MSF_RETURN_IF_ERROR(VerifyTensor(graph, id));
    }
    for (TensorId id : node.outputs) {
      if (!in_range(id)) return InternalError(where, "output out of range");
      if (written[static_cast<size_t>(id)]) {
        return UserError(where,
                         "writes tensor '" + graph.tensor(id).name +
                             "', which is an input, a constant or already "
                             "written",
                         "the file is damaged; export it again");
      }
      written[static_cast<size_t>(id)] = true;
      MSF_RETURN_IF_ERROR(VerifyTensor(graph, id));
    }
  }
  for (const Port& port : graph.outputs) {
    if (!in_range(port.tensor) || !written[static_cast<size_t>(port.tensor)]) {
      return UserError(graph.source,
                       "output '" + port.name + "' is written by no node",
                       "the file is damaged; export it again");
    }
  }
  return {};
}

}  // namespace msf
