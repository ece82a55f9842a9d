// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "exec/reference.h"

#include <cstring>

#include "ops/op_def.h"
#include "support/check.h"
#include "support/random_bytes.h"

namespace msf {

std::vector<Bytes> RunReference(const Graph& graph,
                                const std::vector<Bytes>& inputs) {
  std::vector<Bytes> tensors(graph.tensors.size());
  MSF_CHECK(inputs.size() == graph.inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TensorId id = graph.inputs[i].tensor;
    MSF_CHECK(static_cast<int64_t>(inputs[i].size()) ==
              graph.tensor(id).bytes());
    tensors[static_cast<size_t>(id)] = inputs[i];
  }
  for (const Node& node : graph.nodes) {
    std::vector<const uint8_t*> sources;
    for (TensorId id : node.inputs) {
      if (id == kNoTensor) {
        sources.push_back(nullptr);
      } else if (graph.tensor(id).IsConstant()) {
        sources.push_back(graph.tensor(id).data->data());
      } else {
        sources.push_back(tensors[static_cast<size_t>(id)].data());
      }
    }
    const TensorId out = node.outputs[0];
    Bytes& bytes = tensors[static_cast<size_t>(out)];
    bytes.resize(static_cast<size_t>(graph.tensor(out).bytes()));
    OpDefOf(node).reference(graph, node, sources, bytes.data());
  }
  return tensors;
}

std::vector<Bytes> OutputsOf(const Graph& graph,
                             const std::vector<Bytes>& tensors) {
  std::vector<Bytes> outputs;
  for (const Port& port : graph.outputs) {
    outputs.push_back(tensors[static_cast<size_t>(port.tensor)]);
  }
  return outputs;
}

std::vector<Bytes> RandomInputs(const Graph& graph, RandomBytes& stream) {
  std::vector<Bytes> inputs;
  for (const Port& port : graph.inputs) {
    const Tensor& tensor = graph.tensor(port.tensor);
    Bytes bytes(static_cast<size_t>(tensor.bytes()));
    if (tensor.dtype == DType::kFloat32) {
      for (size_t i = 0; i < bytes.size(); i += sizeof(float)) {
        const float value =
            static_cast<float>(static_cast<int8_t>(stream.Next())) / 128.0f;
        std::memcpy(&bytes[i], &value, sizeof(float));
      }
    } else {
      for (uint8_t& byte : bytes) byte = stream.Next();
    }
    inputs.push_back(std::move(bytes));
  }
  return inputs;
}

}  // namespace msf
