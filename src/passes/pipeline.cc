// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "passes/pipeline.h"

#include "passes/fold_pad.h"
#include "passes/fuse_activations.h"
#include "passes/remove_dead_code.h"
#include "passes/remove_noops.h"
#include "passes/stream_long_axis.h"

namespace msf {
namespace {

struct Pass {
  const char* name;
  Result<bool> (*run)(Graph& graph);
};

// Top to bottom; each line says why it stands where it stands.
constexpr Pass kPasses[] = {
    // First: what nobody reads must not keep other rewrites from happening.
    {"RemoveDeadCode", &RemoveDeadCode},
    // Before the folds: an empty Pad or a Reshape between two nodes hides that
    // they are neighbours.
    {"RemoveNoOps", &RemoveNoOps},
    {"FoldPad", &FoldPad},
    {"FuseActivations", &FuseActivations},
    // The folded Pads have no reader any more.
    {"RemoveDeadCode", &RemoveDeadCode},
    // After the Pads are gone: a Pad of rows would hold its region back.
    {"StreamLongAxis", &StreamLongAxis},
    // Swapped tensors may now have the rows that a Reshape made.
    {"RemoveNoOps", &RemoveNoOps},
};

}  // namespace

Result<void> RunPasses(Graph& graph, const PipelineOptions& options) {
  for (const Pass& pass : kPasses) {
    MSF_ASSIGN(const bool changed, pass.run(graph));
    if (!changed) continue;
    MSF_RETURN_IF_ERROR(VerifyGraph(graph));
    if (options.trace) options.trace(pass.name, graph);
  }
  return {};
}

}  // namespace msf
