// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The forms that most operators with one computed input share.
#pragma once

#include <cstdint>

#include "ops/op_def.h"

namespace msf {

// Output row r from input row r.
inline StageForm RowForm(const Tensor& output, RowNeed need = {},
                         std::vector<RowNeed> columns = {}) {
  return {.kind = StageKind::kRow,
          .steps = output.hwc.h,
          .needs = {need},
          .columns = std::move(columns)};
}

// Input rows come one by one; everything is written in the end.
inline StageForm AccumulateForm(const Tensor& input, int64_t state_bytes) {
  return {.kind = StageKind::kAccumulate,
          .steps = input.hwc.h,
          .needs = {RowNeed{}},
          .state_bytes = state_bytes};
}

inline StageForm WholeForm(const Tensor& input) {
  return {.kind = StageKind::kWhole,
          .steps = 1,
          .needs = {{.stride = 1, .offset = 0, .extent = input.hwc.h}}};
}

}  // namespace msf
