// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "exec/tile_check.h"

#include <algorithm>

namespace msf {
namespace {

// Columns [x, x_end) of a row of a tile.
struct TilePart {
  const msf_view& tile;
  int32_t row = 0;
  int32_t x = 0;
  int32_t x_end = 0;
};

// `node` has made the tile.
std::optional<Difference> CheckPart(const Graph& graph,
                                    const std::vector<Bytes>& reference,
                                    const SchedulePatchNode& node,
                                    const TilePart& part) {
  const Tensor& tensor = graph.tensor(node.tensor);
  const Bytes& expected = reference[static_cast<size_t>(node.tensor)];
  const int64_t row_bytes = tensor.row_bytes();
  const int64_t whole_pixel = row_bytes / tensor.hwc.w;
  const int64_t first = node.first_channel * ByteSize(tensor.dtype);
  const int32_t bytes = node.table.pixel_bytes;
  const int32_t made = node.made_bytes > 0 ? node.made_bytes : bytes;
  const uint8_t* got = msf_row(&part.tile, part.row);
  for (int32_t x = part.x; x < part.x_end; ++x) {
    const int64_t byte = x * whole_pixel + first;
    const uint8_t* want =
        &expected[static_cast<size_t>(part.row * row_bytes + byte)];
    const auto differs =
        std::mismatch(want, want + made, got + int64_t{x} * bytes);
    if (differs.first == want + made) continue;
    return Difference{.tensor = tensor.name,
                      .row = part.row,
                      .byte = byte + (differs.first - want),
                      .expected = static_cast<int8_t>(*differs.first),
                      .got = static_cast<int8_t>(*differs.second)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Difference> CheckTilesRead(const Graph& graph,
                                         const std::vector<Bytes>& reference,
                                         const SchedulePatch& patch, size_t n,
                                         const msf_call& call) {
  const SchedulePatchNode& reader = patch.nodes[n];
  const auto count = static_cast<size_t>(patch.table.count);
  const size_t pass = n / count;
  for (size_t i = 0; i < reader.reads.size(); ++i) {
    const msf_patch_read& read = reader.reads[i];
    if (read.source < 0) continue;  // an input of the patch
    const SchedulePatchNode& source =
        patch.nodes[pass * count + static_cast<size_t>(read.source)];
    const int32_t left = reader.columns[i].Top(call.x);
    const int32_t right = reader.columns[i].End(call.x_end - 1);
    for (int32_t step = call.step; step <= call.step + call.more_rows; ++step) {
      const int32_t top = step * read.row_stride + read.row_offset;
      const int32_t end = std::min(top + read.row_extent, source.table.rows);
      for (int32_t r = std::max(0, top); r < end; ++r) {
        auto found = CheckPart(graph, reference, source,
                               {.tile = call.in[i],
                                .row = r,
                                .x = std::max(0, left),
                                .x_end = std::min(right, source.table.width)});
        if (found) return found;
      }
    }
  }
  return std::nullopt;
}

std::optional<Difference> CheckTileMade(const Graph& graph,
                                        const std::vector<Bytes>& reference,
                                        const SchedulePatch& patch, size_t n,
                                        const msf_call& call) {
  for (int32_t r = call.step; r <= call.step + call.more_rows; ++r) {
    auto found = CheckPart(
        graph, reference, patch.nodes[n],
        {.tile = call.out, .row = r, .x = call.x, .x_end = call.x_end});
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace msf
