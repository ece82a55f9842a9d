// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "msf_runtime.h"
#include "schedule/schedule.h"

namespace msf {

// The runtime's tables for a Schedule, in host memory: what the emitter
// writes as C++ constants. The Schedule must outlive it.
class HostNetwork {
 public:
  explicit HostNetwork(const Schedule& schedule);
  HostNetwork(const HostNetwork&) = delete;
  HostNetwork& operator=(const HostNetwork&) = delete;

  const msf_network* network() const { return &network_; }

 private:
  void AddBlock(const ScheduleBlock& block);
  msf_stage StageOf(const ScheduleStage& stage);
  const void* ParamsOf(const KernelCall& call);

  std::vector<msf_tensor> tensors_;
  std::vector<msf_block> blocks_;
  std::vector<uint16_t> inputs_;
  std::vector<uint16_t> outputs_;
  std::vector<std::unique_ptr<std::vector<msf_stage>>> stages_;
  std::vector<std::unique_ptr<std::vector<msf_read>>> reads_;
  std::vector<std::unique_ptr<std::vector<uint16_t>>> goals_;
  std::vector<std::unique_ptr<std::vector<std::max_align_t>>> params_;
  msf_network network_{};
};

// The runtime kernel of this name; null if kernels.def has none.
msf_kernel FindKernel(const std::string& name);

}  // namespace msf
