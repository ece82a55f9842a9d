// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "schedule/patch_tables.h"

namespace msf {

std::vector<msf_patch_read> PatchReadsOf(const PatchUnit& entry) {
  std::vector<msf_patch_read> reads;
  for (const PatchRead& read : entry.reads) {
    reads.push_back({.source = read.unit >= 0 ? read.unit : -1 - read.input,
                     .row_stride = read.rows.stride,
                     .row_offset = read.rows.offset,
                     .row_extent = read.rows.extent});
  }
  return reads;
}

namespace {

void SetPixelBytes(const PatchUnit& entry, int32_t bytes,
                   msf_patch_node& node) {
  node.pixel_bytes = bytes;
  node.tile_row_bytes = entry.tile_cols * bytes;
  node.kept_row_bytes = entry.kept_cols * bytes;
}

}  // namespace

msf_patch_node PatchNodeOf(const Patch& patch, size_t unit,
                           const UnitPass& pass, const UnitTensor& output) {
  const PatchUnit& entry = patch.units[unit];
  msf_patch_node node{};
  node.read_count = static_cast<int32_t>(entry.reads.size());
  node.rows = output.rows;
  node.width = entry.width;
  node.x_scale = entry.line.scale;
  node.x_first = entry.line.first;
  node.x_end = entry.line.end;
  node.x_oldest = entry.line.oldest;
  node.tile_rows = entry.tile_rows;
  node.tile_offset = static_cast<int32_t>(entry.tile_offset);
  node.kept_rows = entry.kept_rows;
  node.kept_offset = static_cast<int32_t>(entry.kept_offset);
  SetPixelBytes(entry, static_cast<int32_t>(output.pixel_bytes()), node);
  if (pass.rests) node.x_end = MSF_PATCH_NEVER;
  if (!pass.slice || pass.slice->role == SliceRole::kInputs) return node;
  if (patch.IsCollected(unit)) {
    node.tile_offset += pass.slice->first; /* channels are bytes */
  } else {
    SetPixelBytes(entry, pass.slice->count, node);
  }
  return node;
}

msf_patch_params PatchParamsOf(const Patch& patch, const StagePlan& stage) {
  return {.nodes = nullptr,
          .count = static_cast<int32_t>(patch.units.size()),
          .passes = patch.passes,
          .patch_rows = stage.patch_rows,
          .patch_cols = stage.patch_cols,
          .last_pass_cols = LastPassCols(patch, stage),
          .strip_cols = patch.strip_cols,
          .kernel_scratch_offset =
              static_cast<int32_t>(patch.kernel_scratch_offset),
          .sums_offset = static_cast<int32_t>(patch.sums_offset)};
}

}  // namespace msf
