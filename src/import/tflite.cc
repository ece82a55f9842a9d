// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/tflite.h"

#include <unordered_map>
#include <utility>

#include "import/text.h"
#include "import/tflite_nodes.h"
#include "import/tflite_tensors.h"
#include "tflite_generated.h"

namespace msf {
namespace {

constexpr const char* kExportAgain = "the file is damaged; export it again";
constexpr uint32_t kVersion = 3;
constexpr size_t kMaxBytes = size_t{1} << 30;

using TensorMaps = flatbuffers::Vector<flatbuffers::Offset<wire::TensorMap>>;
using Indices = flatbuffers::Vector<int32_t>;
using Names = std::unordered_map<int64_t, std::string>;

// The root table, verified: every offset of a table that we know leads to
// something within the file.
Result<const wire::Model*> Verify(const std::string& source,
                                  const std::vector<uint8_t>& bytes) {
  if (bytes.size() > kMaxBytes) {
    return UserError(source, "is larger than 1 GB",
                     "no microcontroller holds this; check the file");
  }
  if (bytes.size() < 8 || !wire::ModelBufferHasIdentifier(bytes.data())) {
    return UserError(source, "does not have the identifier 'TFL3' of a .tflite",
                     "check the file; export it again");
  }
  flatbuffers::Verifier::Options options;
  options.max_depth = 16;  // the schema itself is not deeper than 5
  // A table and the offset to it take 8 bytes at least. More visits than that
  // means tables that share tables, which can grow without bound.
  options.max_tables = static_cast<uint32_t>(bytes.size() / 8 + 64);
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), options);
  if (!wire::VerifyModelBuffer(verifier)) {
    return UserError(source,
                     "is damaged or cut short (" +
                         std::to_string(bytes.size()) +
                         " bytes): an offset leads out of the file",
                     "download or export it again");
  }
  const wire::Model* model = wire::GetModel(bytes.data());
  if (model->version() != kVersion) {
    return UserError(source,
                     "has schema version " + std::to_string(model->version()) +
                         ", msfc reads version 3",
                     "export it with a current TFLite converter");
  }
  return model;
}

// Names that the user gave to inputs or outputs, by tensor: the exporter's
// tensor names ("serving_default_x:0") are second best.
void AddNames(const TensorMaps* maps, CopyBudget& budget, Names& names) {
  if (maps == nullptr) return;
  for (uint32_t i = 0; i < maps->size(); ++i) {
    const wire::TensorMap& map = *maps->Get(i);
    if (map.name() == nullptr || map.name()->size() == 0) continue;
    std::string name = CleanText(map.name()->string_view());
    if (!budget.Take(name.size())) return;
    names.emplace(map.tensor_index(), std::move(name));
  }
}

// The first signature of subgraph 0.
const wire::SignatureDef* FindSignature(const wire::Model& model) {
  const auto* signatures = model.signature_defs();
  if (signatures == nullptr) return nullptr;
  for (uint32_t i = 0; i < signatures->size(); ++i) {
    if (signatures->Get(i)->subgraph_index() == 0) return signatures->Get(i);
  }
  return nullptr;
}

struct PortReader {
  const Graph& graph;
  const std::vector<TensorIssue>& issues;
  CopyBudget& budget;

  Result<std::vector<Port>> Read(const char* side, const Indices* from,
                                 const TensorMaps* maps) {
    if (from == nullptr || from->size() == 0) {
      return UserError(graph.source, std::string("has no ") + side + "s",
                       "export the model with inputs and outputs");
    }
    Names names;
    AddNames(maps, budget, names);
    std::vector<Port> ports;
    for (uint32_t i = 0; i < from->size(); ++i) {
      MSF_ASSIGN(Port port, ReadPort(side, i, from->Get(i), names));
      ports.push_back(std::move(port));
    }
    return ports;
  }

  Result<Port> ReadPort(const char* side, uint32_t position, TensorId id,
                        const Names& names) {
    const std::string where =
        graph.source + ": " + side + " " + std::to_string(position);
    if (id < 0 || static_cast<size_t>(id) >= graph.tensors.size()) {
      return UserError(where,
                       "is tensor " + std::to_string(id) + ", the file has " +
                           std::to_string(graph.tensors.size()),
                       kExportAgain);
    }
    const Tensor& tensor = graph.tensor(id);
    const TensorIssue& issue = issues[static_cast<size_t>(id)];
    if (issue.kind == TensorIssue::kDamaged) {
      return UserError(where, Describe(tensor) + " " + issue.what, issue.hint);
    }
    if (!budget.Take(tensor.name.size() + tensor.shape.size() * 4 +
                     tensor.quant.scales.size() * 8)) {
      return UserError(graph.source, "has too many inputs or outputs",
                       kExportAgain);
    }
    const auto name = names.find(id);
    return Port{.tensor = id,
                .name = name == names.end() ? tensor.name : name->second,
                .dtype = tensor.dtype,
                .shape = tensor.shape,
                .quant = tensor.quant};
  }
};

Result<void> ReadPorts(const wire::Model& model, const wire::SubGraph& subgraph,
                       const std::vector<TensorIssue>& issues,
                       CopyBudget& budget, Graph& graph) {
  const wire::SignatureDef* signature = FindSignature(model);
  PortReader reader{graph, issues, budget};
  MSF_ASSIGN(graph.inputs,
             reader.Read("input", subgraph.inputs(),
                         signature ? signature->inputs() : nullptr));
  MSF_ASSIGN(graph.outputs,
             reader.Read("output", subgraph.outputs(),
                         signature ? signature->outputs() : nullptr));
  std::vector<bool> seen(graph.tensors.size(), false);
  for (const Port& port : graph.inputs) {
    const Tensor& tensor = graph.tensor(port.tensor);
    if (tensor.IsConstant()) {
      return UserError(
          graph.source,
          "input '" + port.name + "' is a constant (" + Describe(tensor) + ")",
          kExportAgain);
    }
    if (seen[static_cast<size_t>(port.tensor)]) {
      return UserError(graph.source, "has input '" + port.name + "' twice",
                       kExportAgain);
    }
    seen[static_cast<size_t>(port.tensor)] = true;
  }
  return {};
}

// What must also hold if every node is supported: no input or output that
// only looks right because no node uses it.
Result<void> CheckWhole(const Graph& graph,
                        const std::vector<TensorIssue>& issues) {
  if (graph.nodes.empty()) {
    return UserError(graph.source, "has no nodes", "check the file");
  }
  for (const auto* ports : {&graph.inputs, &graph.outputs}) {
    for (const Port& port : *ports) {
      const TensorIssue& issue = issues[static_cast<size_t>(port.tensor)];
      if (issue.kind == TensorIssue::kNone) continue;
      return UserError(graph.source,
                       Describe(graph.tensor(port.tensor)) + " " + issue.what,
                       issue.hint);
    }
  }
  return VerifyGraph(graph);
}

}  // namespace

Result<ModelFile> ReadTflite(const std::string& source_name,
                             const std::vector<uint8_t>& bytes) {
  MSF_ASSIGN(const wire::Model* model, Verify(source_name, bytes));
  const auto* subgraphs = model->subgraphs();
  if (subgraphs == nullptr || subgraphs->size() == 0) {
    return UserError(source_name, "has no subgraph", kExportAgain);
  }
  const wire::SubGraph& subgraph = *subgraphs->Get(0);
  CopyBudget budget(bytes.size());
  ModelFile file;
  file.graph.source = source_name;
  TensorTable table = ReadTensors(*model, subgraph, budget);
  file.graph.tensors = std::move(table.tensors);
  MSF_RETURN_IF_ERROR(ReadNodes(*model, subgraph, table.issues, budget, file));
  MSF_RETURN_IF_ERROR(
      ReadPorts(*model, subgraph, table.issues, budget, file.graph));
  if (file.unsupported.empty()) {
    MSF_RETURN_IF_ERROR(CheckWhole(file.graph, table.issues));
  }
  return file;
}

Result<Graph> ImportTflite(const std::string& source_name,
                           const std::vector<uint8_t>& bytes) {
  MSF_ASSIGN(ModelFile file, ReadTflite(source_name, bytes));
  return RequireSupported(std::move(file));
}

}  // namespace msf
