// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/tflite_nodes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "import/option_reader.h"
#include "import/text.h"
#include "ops/op_def.h"

namespace msf {
namespace {

constexpr const char* kExportAgain = "the file is damaged; export it again";

using Indices = flatbuffers::Vector<int32_t>;

// "CONV_2D"; "CUSTOM 'name'"; "BUILTIN_217" for what is newer than our table.
std::string OperatorName(const wire::OperatorCode& code) {
  const int32_t narrow = code.deprecated_builtin_code();
  const auto wide = static_cast<int32_t>(code.builtin_code());
  // Old files have only the narrow field, new ones both, and where the code
  // does not fit the narrow one, 127 there.
  const int32_t number =
      narrow < 0 || wide < 0 ? std::min(narrow, wide) : std::max(narrow, wide);
  const auto builtin = static_cast<wire::BuiltinOperator>(number);
  if (builtin == wire::BuiltinOperator_CUSTOM) {
    const auto* name = code.custom_code();
    return "CUSTOM '" +
           (name == nullptr ? "" : CleanText(name->string_view(), 80)) + "'";
  }
  const std::string name = wire::EnumNameBuiltinOperator(builtin);
  return name.empty() ? "BUILTIN_" + std::to_string(number) : name;
}

class NodeReader {
 public:
  NodeReader(const wire::Model& model, const std::vector<TensorIssue>& issues,
             CopyBudget& budget, ModelFile& file)
      : model_(model),
        issues_(issues),
        budget_(budget),
        file_(file),
        graph_(file.graph) {}

  Result<void> Read(const wire::Operator& op) {
    index_ = static_cast<int32_t>(graph_.nodes.size());
    MSF_ASSIGN(name_, ReadName(op));
    Node node;
    node.source_index = index_;
    MSF_ASSIGN(node.inputs, ReadIds(op.inputs(), kNoTensor, "reads"));
    MSF_ASSIGN(node.outputs, ReadIds(op.outputs(), 0, "writes"));
    MSF_RETURN_IF_ERROR(RefuseDamage(node));

    Result<Attrs> attrs = ReadAttrs(op, node);
    if (attrs) {
      node.attrs = std::move(*attrs);
    } else if (attrs.error().kind == ErrorKind::kInternal) {
      return tl::unexpected(std::move(attrs.error()));
    } else {
      Report(node, attrs.error());
    }
    graph_.nodes.push_back(std::move(node));
    return {};
  }

 private:
  std::string Where() const {
    return graph_.source + ": node " + std::to_string(index_) +
           (name_.empty() ? "" : " " + name_);
  }

  Result<std::string> ReadName(const wire::Operator& op) {
    name_.clear();
    const auto* codes = model_.operator_codes();
    const uint32_t count = codes == nullptr ? 0 : codes->size();
    if (op.opcode_index() >= count) {
      return UserError(Where(),
                       "names operator code " +
                           std::to_string(op.opcode_index()) +
                           ", the file has " + std::to_string(count),
                       kExportAgain);
    }
    return OperatorName(*codes->Get(op.opcode_index()));
  }

  Result<std::vector<TensorId>> ReadIds(const Indices* from, TensorId lowest,
                                        const char* verb) {
    std::vector<TensorId> ids;
    if (from == nullptr) return ids;
    if (!budget_.Take(from->size() * sizeof(TensorId))) {
      return UserError(Where(),
                       "shares its list of tensors with too many others",
                       kExportAgain);
    }
    const auto count = static_cast<int64_t>(graph_.tensors.size());
    for (const TensorId id : *from) {
      if (id < lowest || id >= count) {
        return UserError(Where(),
                         std::string(verb) + " tensor " + std::to_string(id) +
                             ", the file has " + std::to_string(count),
                         kExportAgain);
      }
      ids.push_back(id);
    }
    return ids;
  }

  // The first of the node's tensors with this kind of issue, or kNoTensor.
  TensorId FindIssue(const Node& node, TensorIssue::Kind kind) const {
    for (const auto* ids : {&node.inputs, &node.outputs}) {
      for (const TensorId id : *ids) {
        if (id != kNoTensor && issues_[static_cast<size_t>(id)].kind == kind) {
          return id;
        }
      }
    }
    return kNoTensor;
  }

  Result<void> RefuseDamage(const Node& node) const {
    const TensorId id = FindIssue(node, TensorIssue::kDamaged);
    if (id == kNoTensor) return {};
    const TensorIssue& issue = issues_[static_cast<size_t>(id)];
    return UserError(Where(), Describe(graph_.tensor(id)) + " " + issue.what,
                     issue.hint);
  }

  // A user error says why the node is not supported.
  Result<Attrs> ReadAttrs(const wire::Operator& op, Node node) const {
    const OpDef* def = FindTfliteOp(name_);
    if (def == nullptr) {
      return UserError(Where(), "msfc has no operator " + name_);
    }
    const TensorId odd = FindIssue(node, TensorIssue::kUnsupported);
    if (odd != kNoTensor) {
      const TensorIssue& issue = issues_[static_cast<size_t>(odd)];
      return UserError(Where(), Describe(graph_.tensor(odd)) + " " + issue.what,
                       issue.hint);
    }
    if (node.outputs.size() != 1) {
      return UserError(Where(), "has " + std::to_string(node.outputs.size()) +
                                    " outputs, msfc expects one");
    }
    const TfliteOptions options(op);
    if (!options.known()) {
      return UserError(Where(),
                       "has options of a kind that msfc does not know");
    }
    MSF_ASSIGN(node.attrs, def->parse(options, graph_, node));
    MSF_ASSIGN(const Hwc inferred, def->infer(graph_, node));
    const Tensor& output = graph_.tensor(node.outputs[0]);
    if (inferred != output.hwc) {
      return UserError(Where(), "computes " + ToString(inferred) +
                                    " elements, but the file declares " +
                                    Describe(output) + " as " +
                                    ToString(output.hwc));
    }
    return node.attrs;
  }

  void Report(const Node& node, const Diagnostic& error) {
    UnsupportedNode report{
        .node = index_, .op = name_, .name = {}, .reason = {}};
    report.reason = error.what;
    if (!error.hint.empty()) report.reason += "; " + error.hint;
    if (!node.outputs.empty()) {
      report.name = graph_.tensor(node.outputs[0]).name;
    }
    // Any number of nodes may write the tensor with the longest name.
    if (!budget_.Take(report.name.size() + report.reason.size())) {
      report.name.clear();
      report.reason = "is not supported";
    }
    file_.unsupported.push_back(std::move(report));
  }

  const wire::Model& model_;
  const std::vector<TensorIssue>& issues_;
  CopyBudget& budget_;
  ModelFile& file_;
  Graph& graph_;
  int32_t index_ = 0;  // of the operator being read
  std::string name_;
};

}  // namespace

Result<void> ReadNodes(const wire::Model& model, const wire::SubGraph& subgraph,
                       const std::vector<TensorIssue>& issues,
                       CopyBudget& budget, ModelFile& file) {
  const auto* operators = subgraph.operators();
  if (operators == nullptr) return {};
  NodeReader reader(model, issues, budget, file);
  for (uint32_t i = 0; i < operators->size(); ++i) {
    MSF_RETURN_IF_ERROR(reader.Read(*operators->Get(i)));
  }
  return {};
}

}  // namespace msf
