// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What runs kernels: patches, and the step machine. Their features come from
// walking the same tables as the runtime does.
#pragma once

#include <functional>
#include <vector>

#include "cost/features.h"
#include "kernels/msf_patch.h"
#include "msf_runtime.h"

namespace msf {

// A patch as the runtime has it.
struct PatchTables {
  msf_patch_params params{};          // without the nodes
  std::vector<msf_patch_node> nodes;  // pass by pass, with their reads
  std::vector<const KernelShape*> shapes;  // of their kernels; null: it rests
  std::vector<msf_view> inputs;       // of the stage, without addresses
  int32_t out_row_bytes = 0;          // of the stage's output
};

// A kernel call of a patch, and how many others have the same features: all
// those of a class of steps (CostedKernel::step_class).
using CallSink = std::function<void(const KernelShape& shape,
                                    const CallRange& call, int64_t step_class,
                                    int64_t times)>;

// Features of msf_patch itself in steps [0, steps); the kernels' calls go to
// `sink`.
FeatureCounts WalkPatch(const PatchTables& patch, int32_t steps,
                        const KernelBody& body, const CallSink& sink);

// Features of msf_patch and of the kernels that it calls, in steps [0, steps).
PlanFeatures CountPatch(const PatchTables& patch, int32_t steps,
                        const KernelBody& body);

// Features of steps [0, steps) of a kernel, for what else `call` says.
PlanFeatures CountSteps(const KernelShape& shape, CallRange call, int32_t steps,
                        const KernelBody& body);

// One inference of a network whose inputs are pulled.
struct MachineRun {
  PlanFeatures features;  // of the machine; kernels are not looked at
  std::vector<std::vector<int32_t>> steps;  // of each stage, by block
};
MachineRun CountMachine(const msf_network& network);

}  // namespace msf
