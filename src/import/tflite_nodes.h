// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "import/model_file.h"
#include "import/tflite_tensors.h"
#include "support/result.h"
#include "tflite_generated.h"

namespace msf {

// Adds the subgraph's operators to `file.graph.nodes`, in the order of the
// file, which is that of execution; those that msfc cannot run also to
// `file.unsupported`. `file.graph.tensors` and `issues` are ReadTensors'.
// Errors: indices out of range, damaged tensors, bugs of ours.
Result<void> ReadNodes(const wire::Model& model, const wire::SubGraph& subgraph,
                       const std::vector<TensorIssue>& issues,
                       CopyBudget& budget, ModelFile& file);

}  // namespace msf
