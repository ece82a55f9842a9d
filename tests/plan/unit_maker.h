// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Unit graphs made by hand: rows and needs, no operators.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plan/block.h"
#include "plan/stage.h"
#include "plan/unit_graph.h"

namespace msf {

// Needs as operators have them.
inline RowNeed Rows(int32_t kernel, int32_t stride = 1, int32_t pad = 0,
                    int32_t dilation = 1) {
  return {
      .stride = stride, .offset = -pad, .extent = (kernel - 1) * dilation + 1};
}
inline RowNeed Same(int32_t kernel) { return Rows(kernel, 1, kernel / 2); }

struct Read {
  TensorId tensor;
  RowNeed need;
};

// Each call adds a unit and returns its output tensor.
class UnitMaker {
 public:
  explicit UnitMaker(InputMode mode = InputMode::kStreamed) {
    graph_.input_mode = mode;
  }

  TensorId Input(int32_t rows, int64_t row_bytes) {
    const TensorId id = AddTensor(rows, row_bytes);
    graph_.inputs.push_back(id);
    UnitTensor& tensor = graph_.tensors.back();
    tensor.is_external = graph_.input_mode == InputMode::kExternal;
    tensor.is_resident_input = graph_.input_mode == InputMode::kResident;
    if (graph_.input_mode == InputMode::kStreamed) {
      StageForm form = {.kind = StageKind::kFeed, .steps = rows, .needs = {}};
      Unit feed = {.node = -1,
                   .input = static_cast<int32_t>(graph_.inputs.size()) - 1,
                   .reads = {},
                   .output = id,
                   .forms = {form}};
      AddUnit(std::move(feed));
    }
    return id;
  }

  // Output row r from the rows that the needs name.
  TensorId Row(const std::vector<Read>& reads, int32_t rows, int64_t row_bytes,
               int64_t scratch_bytes = 0) {
    StageForm form = {.kind = StageKind::kRow,
                      .steps = rows,
                      .needs = {},
                      .scratch_bytes = scratch_bytes};
    return AddNode(reads, rows, row_bytes, std::move(form));
  }

  // Everything at once, or row by row with a state, as the plan chooses.
  TensorId Whole(TensorId input, int32_t rows, int64_t row_bytes,
                 int64_t state_bytes = 0) {
    const int32_t in_rows = graph_.tensor(input).rows;
    const TensorId out = AddNode({{input, Rows(in_rows)}}, rows, row_bytes,
                                 {.kind = StageKind::kWhole, .steps = 1});
    if (state_bytes > 0) {
      graph_.units.back().forms.push_back({.kind = StageKind::kAccumulate,
                                           .steps = in_rows,
                                           .needs = {Rows(1)},
                                           .state_bytes = state_bytes});
    }
    return out;
  }

  void Output(TensorId id) {
    graph_.tensors[static_cast<size_t>(id)].is_output = true;
  }

  const UnitGraph& graph() const { return graph_; }

  // All units in one block; `forms` for those that have a choice.
  BlockPlan OneBlock(int32_t form = 0) const {
    std::vector<int32_t> forms;
    for (const Unit& unit : graph_.units) {
      const auto last = static_cast<int32_t>(unit.forms.size()) - 1;
      forms.push_back(form < last ? form : last);
    }
    return SingleStages(0, static_cast<int32_t>(forms.size()), forms);
  }

  // Rows kept of a tensor when all units are one block.
  int32_t CapacityOf(TensorId id, int32_t form = 0) const {
    const BlockTrace trace = TraceBlock(graph_, OneBlock(form));
    const int32_t unit = graph_.tensor(id).producer;
    return trace.stages[static_cast<size_t>(unit)].capacity;
  }

 private:
  TensorId AddTensor(int32_t rows, int64_t row_bytes) {
    graph_.tensors.push_back({.rows = rows, .row_bytes = row_bytes});
    return static_cast<TensorId>(graph_.tensors.size()) - 1;
  }

  void AddUnit(Unit unit) {
    const auto index = static_cast<int32_t>(graph_.units.size());
    graph_.tensors[static_cast<size_t>(unit.output)].producer = index;
    for (TensorId id : unit.reads) {
      graph_.tensors[static_cast<size_t>(id)].last_read = index;
    }
    graph_.units.push_back(std::move(unit));
  }

  TensorId AddNode(const std::vector<Read>& reads, int32_t rows,
                   int64_t row_bytes, StageForm form) {
    Unit unit{.node = nodes_++, .reads = {}, .forms = {}};
    for (const Read& read : reads) {
      unit.reads.push_back(read.tensor);
      form.needs.push_back(read.need);
    }
    unit.output = AddTensor(rows, row_bytes);
    unit.forms = {std::move(form)};
    const TensorId out = unit.output;
    AddUnit(std::move(unit));
    return out;
  }

  UnitGraph graph_;
  NodeId nodes_ = 0;
};

}  // namespace msf
