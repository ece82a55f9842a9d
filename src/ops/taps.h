// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// A depthwise convolution that makes the output of the convolution before it
// tap by tap.
#pragma once

#include <optional>

#include "ir/graph.h"
#include "ops/op_def.h"
#include "ops/weighted.h"

namespace msf {

// OpDef::with_taps of a depthwise convolution with weights in this layout:
// msf_conv2d_depthwise_s8.
std::optional<KernelCall> TapByTap(const Graph& graph, const Node& producer,
                                   const Node& node, WeightLayout layout);

}  // namespace msf
