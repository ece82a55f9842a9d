// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace msf {

// Where things are in SmallNet(), for tests that spoil one of them.
enum SmallNetTensor : TensorId {
  kInput,        // int8 1x6x5x2
  kConvWeights,  // int8 3x3x3x2, a scale for each of 3 channels
  kConvBias,     // int32 3
  kConv,         // int8 1x6x5x3
  kDwWeights,    // int8 1x3x3x3, a scale for each of 3 channels along 3
  kDw,           // int8 1x6x5x3
  kSum,          // int8 1x6x5x3
  kPool,         // int8 1x3x2x3
  kNewShape,     // int32 2
  kFlat,         // int8 1x18
  kFcWeights,    // int8 4x18
  kFcBias,       // int32 4
  kFc,           // int8 1x4
  kOutput,       // int8 1x4
};

enum SmallNetNode : NodeId {
  kConvNode,
  kDwNode,
  kAddNode,
  kPoolNode,
  kReshapeNode,
  kFcNode,
  kSoftmaxNode,
};

// A network with a residual, one node of each common kind, and the optional
// bias absent once:
//   conv - depthwise - add(conv, depthwise) - pool - reshape - dense - softmax
Graph SmallNet();

}  // namespace msf
