// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ir/tensor.h"
#include "tflite_generated.h"

namespace msf {

// Bounds what is copied out of a file by the file's own size. In a flatbuffer
// any number of tables may point to the same name, vector or data; without a
// bound a small file could ask for any amount of memory.
class CopyBudget {
 public:
  explicit CopyBudget(size_t file_bytes) : left_(4 * file_bytes + 65536) {}
  bool Take(size_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }

 private:
  size_t left_;
};

// Why a tensor of the file cannot be used. Tensors that nothing uses may be
// as odd as they like, so this is told only when a node or port names one.
struct TensorIssue {
  enum Kind {
    kNone,
    kUnsupported,  // a node that uses it is not supported
    kDamaged,      // the file contradicts itself: refused
  };
  Kind kind = kNone;
  std::string what;  // follows the tensor's name: "has type STRING"
  std::string hint;
};

struct TensorTable {
  std::vector<Tensor> tensors;
  std::vector<TensorIssue> issues;  // one for each tensor
};

// "tensor 12 'conv1/weights'"; a long name is cut.
std::string Describe(const Tensor& tensor);

// All tensors of the subgraph. A tensor without an issue satisfies what
// VerifyGraph asks of one tensor and holds exactly its data if it is a
// constant. If it has 8 or 16 bits, its quantization is consistent: finite
// positive scales (a constant may have negative ones), one or as many as `axis`
// has indices; and as many zero points, all in range.
TensorTable ReadTensors(const wire::Model& model,
                        const wire::SubGraph& subgraph, CopyBudget& budget);

}  // namespace msf
