// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "msf_runtime.h"
#include "schedule/schedule.h"

namespace msf {

// Stands in for the kernels inside patches: node `n` of the patch is to run
// `kernel` for `call`.
using PatchSpy = std::function<void(const SchedulePatch& patch, size_t n,
                                    msf_kernel kernel, const msf_call& call)>;

// The runtime's tables for a Schedule, in host memory: what the emitter
// writes as C++ constants. The Schedule must outlive it.
class HostNetwork {
 public:
  // Without a spy the patches' kernels run by themselves.
  explicit HostNetwork(const Schedule& schedule, PatchSpy spy = {});
  HostNetwork(const HostNetwork&) = delete;
  HostNetwork& operator=(const HostNetwork&) = delete;

  const msf_network* network() const { return &network_; }

 private:
  // The params of a kernel that a spy stands in for.
  struct Spied {
    const HostNetwork* self;
    const SchedulePatch* patch;
    size_t n;
    msf_kernel kernel;
    const void* params;
  };
  static void CallSpy(const msf_call* call);

  void AddBlock(const ScheduleBlock& block);
  msf_stage StageOf(const ScheduleStage& stage);
  const void* ParamsOf(const KernelCall& call);
  const void* PatchParamsOf(const SchedulePatch& patch);
  msf_patch_node PatchNodeOf(const SchedulePatch& patch, size_t n);

  PatchSpy spy_;
  std::vector<msf_tensor> tensors_;
  std::vector<msf_block> blocks_;
  std::vector<uint16_t> inputs_;
  std::vector<uint16_t> outputs_;
  std::vector<std::unique_ptr<std::vector<msf_stage>>> stages_;
  std::vector<std::unique_ptr<std::vector<msf_read>>> reads_;
  std::vector<std::unique_ptr<std::vector<uint16_t>>> goals_;
  std::vector<std::unique_ptr<std::vector<std::max_align_t>>> params_;
  std::vector<std::unique_ptr<std::vector<msf_patch_node>>> patch_nodes_;
  std::vector<std::unique_ptr<msf_patch_params>> patches_;
  std::vector<std::unique_ptr<Spied>> spied_;
  msf_network network_{};
};

// The runtime kernel of this name; null if kernels.def has none.
msf_kernel FindKernel(const std::string& name);

}  // namespace msf
