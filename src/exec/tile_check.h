// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The tiles inside a patch against the reference.
#pragma once

#include <optional>
#include <vector>

#include "exec/reference.h"
#include "exec/verify.h"
#include "ir/graph.h"
#include "schedule/schedule.h"

namespace msf {

// The first byte of a tile that the kernel of node `n` is about to read and
// that is not the reference's. Says tensor, row, byte and values.
std::optional<Difference> CheckTilesRead(const Graph& graph,
                                         const std::vector<Bytes>& reference,
                                         const SchedulePatch& patch, size_t n,
                                         const msf_call& call);

// The same of what the kernel has made. Not for the last node of a patch, which
// has no tile.
std::optional<Difference> CheckTileMade(const Graph& graph,
                                        const std::vector<Bytes>& reference,
                                        const SchedulePatch& patch, size_t n,
                                        const msf_call& call);

}  // namespace msf
