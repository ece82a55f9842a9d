// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>

#include "tests/graph_maker.h"
#include "tests/plan/unit_maker.h"

namespace msf {

inline std::string Describe(const UnitGraph& graph) {
  std::string text = std::string(ToString(graph.input_mode)) + "\n";
  for (size_t u = 0; u < graph.units.size(); ++u) {
    const Unit& unit = graph.units[u];
    const UnitTensor& out = graph.tensor(unit.output);
    text += std::to_string(u) + ": %" + std::to_string(unit.output) + " " +
            std::to_string(out.rows) + " rows of " +
            std::to_string(out.row_bytes) + (out.is_output ? " output" : "");
    for (const StageForm& form : unit.forms) {
      text += "; form " + std::to_string(static_cast<int>(form.kind)) + " x" +
              std::to_string(form.steps) + " state " +
              std::to_string(form.state_bytes) + " scratch " +
              std::to_string(form.scratch_bytes);
      for (size_t i = 0; i < unit.reads.size(); ++i) {
        const RowNeed& need = form.needs[i];
        text += " reads %" + std::to_string(unit.reads[i]) + "[s*" +
                std::to_string(need.stride) + "+" +
                std::to_string(need.offset) + ", " +
                std::to_string(need.extent) + ")";
      }
    }
    text += "\n";
  }
  return text;
}

// A need whose every step of `steps` reads at least one of `rows` rows, or
// rows above the first.
inline RowNeed AnyNeed(Dice& dice, int32_t rows, int32_t steps) {
  RowNeed need = {.stride = dice.Int(0, 2),
                  .offset = dice.Int(-3, 2),
                  .extent = dice.Int(1, 5)};
  while (need.stride > 0 && (steps - 1) * need.stride + need.offset >= rows) {
    --need.stride;
  }
  need.offset = std::min(need.offset, rows - 1);
  if (need.stride > 0) {
    need.offset = std::min(need.offset, rows - 1 - (steps - 1) * need.stride);
  }
  return need;
}

// Units that need not make sense as a network: any needs, any sharing.
inline UnitGraph RandomUnits(Dice& dice, int32_t most, int32_t choices_in_4) {
  UnitMaker make(static_cast<InputMode>(dice.Int(0, 2)));
  std::vector<TensorId> tensors;
  const auto any = [&] {
    const auto last = static_cast<int32_t>(tensors.size()) - 1;
    return tensors[static_cast<size_t>(dice.OneIn(3) ? dice.Int(0, last)
                                                     : last)];
  };
  for (int32_t i = dice.OneIn(4) ? 2 : 1; i > 0; --i) {
    tensors.push_back(make.Input(dice.Int(1, 9), dice.Int(1, 30)));
  }
  for (int32_t u = dice.Int(1, most); u > 0; --u) {
    const TensorId x = any();
    const int32_t in_rows = make.graph().tensor(x).rows;
    if (dice.Int(1, 4) <= choices_in_4) {
      tensors.push_back(
          make.Whole(x, dice.Int(1, 6), dice.Int(1, 30), dice.Int(1, 60)));
      continue;
    }
    const int32_t rows = dice.Int(1, 9);
    std::vector<Read> reads = {{x, AnyNeed(dice, in_rows, rows)}};
    if (dice.OneIn(3)) {
      const TensorId y = any();
      reads.push_back({y, AnyNeed(dice, make.graph().tensor(y).rows, rows)});
    }
    tensors.push_back(make.Row(reads, rows, dice.Int(1, 30),
                               dice.OneIn(5) ? dice.Int(1, 40) : 0));
  }
  make.Output(tensors.back());
  if (dice.OneIn(3)) make.Output(any());
  UnitGraph graph = make.graph();
  for (UnitTensor& tensor : graph.tensors) {  // no dead code
    if (tensor.last_read < 0 && tensor.producer >= 0) {
      tensor.is_output = true;
    }
  }
  return graph;
}

}  // namespace msf
