// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The network of bench/paper/example.json.
#pragma once

#include "bench/paper/cost_model.h"

namespace msf::paper {

inline Network SmallNetwork() {
  return {.side = 8,
          .channels = 2,
          .layers = {{LayerKind::kConv, 4, 3, 1, 1},
                     {LayerKind::kDepthwise, 4, 3, 2, 1},
                     {LayerKind::kConv, 8, 1, 1, 0}}};
}

}  // namespace msf::paper
