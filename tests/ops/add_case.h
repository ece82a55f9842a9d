// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Sums at random.
#pragma once

#include "tests/ops/one_node.h"

namespace msf {
extern const OpDef kAdd;

// The output's dimensions, each kept or made 1, and leading ones dropped.
inline Shape PickOperand(Random& random, const Shape& shape, bool constant) {
  Shape operand = shape;
  const int32_t kind = Pick(random, 0, 3);
  if (kind == 0) return operand;
  if (kind == 1) return constant ? Shape{} : Shape{1, 1, 1, 1};
  for (int32_t& dim : operand) {
    if (Pick(random, 0, 1)) dim = 1;
  }
  while (constant && !operand.empty() && operand[0] == 1 &&
         Pick(random, 0, 1)) {
    operand.erase(operand.begin());
  }
  return operand;
}

// A sum of any shapes and scales, with a constant or without.
inline OneNode RandomAdd(Random& random) {
  const Shape shape = {1, Pick(random, 1, 6), Pick(random, 1, 5),
                       Pick(random, 1, 7)};
  const float scale = PickScale(random, -20, 20);
  OneNode node(kAdd);
  const bool constant = Pick(random, 0, 2) == 0;
  const int32_t full = Pick(random, 0, 1);
  for (int32_t i = 0; i < 2; ++i) {
    const Quantization quant =
        Quant(scale * PickScale(random, -12, 0), PickZeroPoint(random));
    if (i == full) {
      node.Input(DType::kInt8, shape, quant);
      continue;
    }
    const Shape operand = PickOperand(random, shape, constant);
    if (!constant) {
      node.Input(DType::kInt8, operand, quant);
      continue;
    }
    int64_t elements = 1;
    for (int32_t dim : operand) elements *= dim;
    const Bytes bytes = PickBytes(random, elements);
    node.Constant<int8_t>(DType::kInt8, operand, {bytes.begin(), bytes.end()},
                          quant);
  }
  node.Output(DType::kInt8, shape,
              Quant(scale * PickScale(random, -10, 3), PickZeroPoint(random)));
  node.Parse(FakeOptions({{"fused_activation_function", Pick(random, 0, 3)}}));
  return node;
}

}  // namespace msf
