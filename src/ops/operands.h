// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What `parse` of several operators checks about inputs, outputs and options.
// Errors leave Diagnostic::where to the caller. `role` names the tensor in the
// sentence: "input", "output", "axis".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ops/op_def.h"
#include "support/result.h"

namespace msf {

// Exactly one output, and `least` to `most` inputs of which the first `least`
// are not left out. Their sizes are sane (CheckSize).
Result<void> CheckArity(const Graph& graph, const Node& node, size_t least,
                        size_t most);

// Dimensions positive, below 2 GB, rows that hold the shape, and a constant as
// long as its shape says: what lets the code after it compute without fear.
Result<void> CheckSize(const Tensor& tensor, const std::string& role);

// An input that is computed at run time.
Result<void> CheckComputed(const Tensor& tensor, const std::string& role);

Result<void> CheckDType(const Tensor& tensor, DType dtype,
                        const std::string& role);

// INT8 with one scale, positive and finite, and a zero point in [-128, 127].
Result<void> CheckInt8(const Tensor& tensor, const std::string& role);

// input scale / output scale is below 2^22. From there on int8 distances (or
// their sums over a mean) leave int32 on the way, and TFLite is undefined.
Result<void> CheckRatio(double ratio);

// The elements of a constant INT32 or INT64 tensor.
Result<std::vector<int64_t>> ConstantIntegers(const Tensor& tensor,
                                              const std::string& role);

// The option `fused_activation_function`.
Result<Activation> ParseActivation(const OptionReader& options);

// The output's own rows. For operators whose file says what the output looks
// like and who only promise as many elements.
Result<Hwc> DeclaredOutput(const Graph& graph, const Node& node,
                           int64_t elements);

// The file's output shape gives the rows that the operator computes.
Result<void> CheckRows(const Tensor& output, const Hwc& expected);

}  // namespace msf
