// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// A graph of one node, put through parse and infer as the importer does, and
// every form of it held against the reference.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "ir/graph.h"
#include "ops/op_def.h"
#include "tests/ops/run_form.h"
#include "tests/ops/test_graph.h"

namespace msf {

using Random = std::mt19937;

inline int32_t Pick(Random& random, int32_t least, int32_t most) {
  return std::uniform_int_distribution<int32_t>(least, most)(random);
}

// Often -128, 127 or 0, where clamps and signs go wrong.
inline int32_t PickZeroPoint(Random& random) {
  const int32_t special[] = {-128, 127, 0};
  const int32_t choice = Pick(random, 0, 5);
  return choice < 3 ? special[choice] : Pick(random, -128, 127);
}

// Powers from 2^-low to 2^high with a random mantissa.
inline float PickScale(Random& random, int32_t low, int32_t high) {
  const auto mantissa = static_cast<float>(Pick(random, 1 << 20, 1 << 21));
  return std::ldexp(mantissa, Pick(random, low, high) - 21);
}

// int8 codes: anything, the two ends only, or close to each other.
inline Bytes PickBytes(Random& random, int64_t count) {
  Bytes bytes(static_cast<size_t>(count));
  const int32_t kind = Pick(random, 0, 3);
  const int32_t middle = Pick(random, -120, 120);
  for (uint8_t& byte : bytes) {
    byte = static_cast<uint8_t>(kind == 0   ? (Pick(random, 0, 1) ? 127 : -128)
                                : kind == 1 ? middle + Pick(random, -3, 3)
                                            : Pick(random, -128, 127));
  }
  return bytes;
}

class OneNode {
 public:
  explicit OneNode(const OpDef& op) : op_(&op) {}

  TensorId Input(DType dtype, Shape shape, Quantization quant = {}) {
    node_.inputs.push_back(
        AddTensor(graph_, dtype, std::move(shape), std::move(quant)));
    return node_.inputs.back();
  }

  template <typename T>
  TensorId Constant(DType dtype, Shape shape, const std::vector<T>& values,
                    Quantization quant = {}) {
    node_.inputs.push_back(
        AddConstant(graph_, dtype, std::move(shape), values, std::move(quant)));
    return node_.inputs.back();
  }

  TensorId Output(DType dtype, Shape shape, Quantization quant = {}) {
    node_.outputs = {
        AddTensor(graph_, dtype, std::move(shape), std::move(quant))};
    return node_.outputs[0];
  }

  // Why parse or infer refuses the node; empty if they do not.
  std::string Refusal(const OptionReader& options = FakeOptions()) {
    Result<Attrs> attrs = op_->parse(options, graph_, node_);
    if (!attrs) {
      EXPECT_FALSE(attrs.error().what.empty());
      return attrs.error().what;
    }
    node_.attrs = std::move(*attrs);
    const Result<Hwc> rows = op_->infer(graph_, node_);
    if (!rows) return rows.error().what;
    EXPECT_EQ(*rows, output().hwc) << ToString(*rows);
    return "";
  }

  // As Refusal(), and expects none.
  OneNode& Parse(const OptionReader& options = FakeOptions()) {
    EXPECT_EQ(Refusal(options), "");
    return *this;
  }

  std::vector<StageForm> Forms() const { return op_->forms(graph_, node_); }
  Bytes Run(const StageForm& form, const std::vector<Bytes>& inputs) const {
    return RunForm(*op_, graph_, node_, form, inputs);
  }
  Bytes Reference(const std::vector<Bytes>& inputs) const {
    return RunReference(*op_, graph_, node_, inputs);
  }

  // The reference's codes, after every form gave the same bytes.
  std::vector<int32_t> Codes(const std::vector<Bytes>& inputs) const {
    const Bytes bytes = ExpectFormsAgree(inputs);
    std::vector<int32_t> codes(bytes.begin(), bytes.end());
    for (int32_t& code : codes) code = static_cast<int8_t>(code);
    return codes;
  }

  Bytes ExpectFormsAgree(const std::vector<Bytes>& inputs) const {
    const Bytes expected = Reference(inputs);
    const std::vector<StageForm> forms = Forms();
    EXPECT_FALSE(forms.empty());
    for (size_t f = 0; f < forms.size(); ++f) {
      EXPECT_EQ(forms[f].macs, 0);
      EXPECT_EQ(Run(forms[f], inputs), expected) << "form " << f;
    }
    return expected;
  }

  // Random inputs for whatever the node reads.
  std::vector<Bytes> AnyInputs(Random& random) const {
    std::vector<Bytes> inputs;
    for (TensorId id : ActivationInputs(graph_, node_)) {
      inputs.push_back(PickBytes(random, graph_.tensor(id).bytes()));
    }
    // The same tensor twice has the same bytes twice.
    const std::vector<TensorId> ids = ActivationInputs(graph_, node_);
    if (ids.size() == 2 && ids[0] == ids[1]) inputs[1] = inputs[0];
    return inputs;
  }

  Bytes ExpectFormsAgree(Random& random) const {
    return ExpectFormsAgree(AnyInputs(random));
  }

  Graph& graph() { return graph_; }
  Node& node() { return node_; }
  Tensor& input(size_t i) { return graph_.tensor(node_.inputs[i]); }
  Tensor& output() { return graph_.tensor(node_.outputs[0]); }

 private:
  const OpDef* op_;
  Graph graph_;
  Node node_;
};

inline Bytes Int8Bytes(const std::vector<int32_t>& codes) {
  Bytes bytes;
  for (int32_t code : codes) bytes.push_back(static_cast<uint8_t>(code));
  return bytes;
}

}  // namespace msf
