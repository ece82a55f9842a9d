// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "ops/op_def.h"
#include "support/check.h"

namespace msf {

#define MSF_OP(Name) extern const OpDef k##Name;
#include "ir/ops.def"
#undef MSF_OP

const std::vector<const OpDef*>& AllOps() {
  static const std::vector<const OpDef*> ops = {
#define MSF_OP(Name) &k##Name,
#include "ir/ops.def"
#undef MSF_OP
  };
  return ops;
}

const OpDef& OpDefOf(const Node& node) {
  MSF_CHECK(node.attrs.index() > 0);
  return *AllOps()[node.attrs.index() - 1];
}

const OpDef* FindTfliteOp(std::string_view tflite_name) {
  for (const OpDef* op : AllOps()) {
    if (tflite_name == op->tflite) return op;
  }
  return nullptr;
}

int64_t Macs(const Graph& graph, const Node& node) {
  return OpDefOf(node).forms(graph, node).front().macs;
}

int64_t Macs(const Graph& graph) {
  int64_t sum = 0;
  for (const Node& node : graph.nodes) sum += Macs(graph, node);
  return sum;
}

KernelCall& KernelCall::Int(std::string name, int64_t value) {
  MSF_CHECK(value >= INT32_MIN && value <= INT32_MAX);
  fields.push_back({.name = std::move(name),
                    .array = std::nullopt,
                    .value = static_cast<int32_t>(value)});
  return *this;
}

KernelCall& KernelCall::Int8s(std::string name,
                              const std::vector<int8_t>& values) {
  ConstArray array{.dtype = DType::kInt8, .bytes = {}};
  array.bytes.resize(values.size());
  if (!values.empty()) {
    std::memcpy(array.bytes.data(), values.data(), values.size());
  }
  fields.push_back(
      {.name = std::move(name), .array = std::move(array), .value = 0});
  return *this;
}

KernelCall& KernelCall::Int32s(std::string name,
                               const std::vector<int32_t>& values) {
  ConstArray array{.dtype = DType::kInt32, .bytes = {}};
  array.bytes.resize(values.size() * sizeof(int32_t));
  if (!values.empty()) {
    std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  }
  fields.push_back(
      {.name = std::move(name), .array = std::move(array), .value = 0});
  return *this;
}

const ParamField& KernelCall::Field(std::string_view name) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(),
                   [&](const ParamField& field) { return field.name == name; });
  MSF_CHECK(found != fields.end());
  return *found;
}

}  // namespace msf
