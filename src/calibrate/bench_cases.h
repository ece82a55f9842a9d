// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What is measured to find out what features cost: single kernel calls,
// patches and networks. In the latter two, kernels are stand-ins that return at
// once, so that only msf_patch and the machine are seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cost/machinery.h"
#include "schedule/schedule.h"

namespace msf {

// Steps [range.step, range.step + steps) of a kernel; with range.more_rows one
// step and the rows behind it.
struct KernelCase {
  KernelCall call;
  CallRange range;
  int32_t steps = 1;
  std::vector<msf_view> inputs;  // without addresses
  msf_view output{};
  int64_t state_bytes = 0;
  int64_t scratch_bytes = 0;
  bool reads_floats = false;
};

// All of a patch's steps or of a network's. `stage` is of a patch.
struct PlanCase {
  Schedule schedule;
  int32_t block = -1;  // of the patch; -1: the whole network
  int32_t stage = -1;
};

struct BenchCases {
  std::vector<KernelCase> kernels;
  std::vector<PlanCase> patches;
  std::vector<PlanCase> networks;

  size_t size() const {
    return kernels.size() + patches.size() + networks.size();
  }
};

// How much is measured, and for how small a board.
struct BenchSize {
  int32_t cases_per_kernel = 60;
  int64_t most_ram_bytes = 24 * 1024;  // of one case
  int64_t most_weight_bytes = 40 * 1024;
};

// A size for a device with so much memory.
BenchSize BenchSizeFor(int64_t flash_bytes, int64_t ram_bytes);

// The same size gives the same cases, on every platform.
BenchCases MakeBenchCases(const BenchSize& size);

// RAM that the largest case needs, with everything aligned to 8.
int64_t RamBytes(const KernelCase& bench);
int64_t RamBytes(const PlanCase& bench);

// The features of each case, in the order kernels, patches, networks.
std::vector<PlanFeatures> FeaturesOf(const BenchCases& cases,
                                     const KernelBody& body);

}  // namespace msf
