// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Graphs of one node, made by hand, for the tests of operators.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ir/graph.h"
#include "ops/op_def.h"

namespace msf {

// The options of a node: what the map does not name is absent.
class FakeOptions : public OptionReader {
 public:
  FakeOptions() = default;
  FakeOptions(std::initializer_list<std::pair<const std::string, int64_t>> ints)
      : ints_(ints) {}

  FakeOptions& Set(const std::string& field, int64_t value) {
    ints_[field] = value;
    return *this;
  }
  FakeOptions& SetFloat(const std::string& field, float value) {
    floats_[field] = value;
    return *this;
  }

  int64_t Int(std::string_view field, int64_t if_absent) const override {
    const auto it = ints_.find(std::string(field));
    return it == ints_.end() ? if_absent : it->second;
  }
  float Float(std::string_view field, float if_absent) const override {
    const auto it = floats_.find(std::string(field));
    return it == floats_.end() ? if_absent : it->second;
  }

 private:
  std::map<std::string, int64_t> ints_;
  std::map<std::string, float> floats_;
};

inline Quantization Quant(float scale, int32_t zero_point) {
  return {.scales = {scale}, .zero_points = {zero_point}, .axis = 0};
}

inline TensorId AddTensor(Graph& graph, DType dtype, Shape shape,
                          Quantization quant = {}) {
  Tensor tensor;
  tensor.name = "t" + std::to_string(graph.tensors.size());
  tensor.dtype = dtype;
  tensor.hwc = CanonicalHwc(shape);
  tensor.shape = std::move(shape);
  tensor.quant = std::move(quant);
  graph.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph.tensors.size()) - 1;
}

// T must be as wide as `dtype`.
template <typename T>
TensorId AddConstant(Graph& graph, DType dtype, Shape shape,
                     const std::vector<T>& values, Quantization quant = {}) {
  const TensorId id =
      AddTensor(graph, dtype, std::move(shape), std::move(quant));
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  graph.tensor(id).data =
      std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  return id;
}

}  // namespace msf
