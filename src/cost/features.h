// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What a kernel call costs, as numbers that its parameters and its range of
// columns determine: how often each of its loops turns. An instruction count
// is a sum of these *features*, each times a coefficient of the target.
//
//   msf_copy:  calls, words, bytes     instructions = 25 + 1.4 words + ...
//
// Names are part of targets/*.json.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cost/kernel_shape.h"

namespace msf {

// How a build's kernels are made; where that changes how often a loop turns.
struct KernelBody {
  int32_t pair_words = 12;  // MSF_PAIR_WORDS of the runtime
  bool pair_codes = false;  // MSF_PAIR_CODES
  bool dot_codes = false;   // MSF_DOT_CODES
  bool helium = false;      // MSF_ISA_HELIUM
  // Constants of a kernel that are no larger are read from flash once a call,
  // then from a cache.
  int64_t cache_bytes = 0;
  bool operator==(const KernelBody&) const = default;
};

// A call of a kernel: step `step` for columns [x, x_end).
struct CallRange {
  int32_t step = 0;
  int32_t more_rows = 0;  // behind it
  int32_t x = 0;
  int32_t x_end = 0;    // MSF_WHOLE_ROW: to the end
  int32_t in_rows = 0;  // of the whole first input
  int32_t in_row_bytes = 0;
  int32_t out_row_bytes = 0;
};

inline constexpr size_t kMaxFeatures = 64;
using FeatureCounts = std::array<int64_t, kMaxFeatures>;

// Names of features, and what adds those of a call. The function is null for
// what has no shape: msf_patch, the machine.
struct FeatureSet {
  std::span<const char* const> names;
  void (*count)(const KernelShape& shape, const CallRange& call,
                const KernelBody& body, FeatureCounts& counts) = nullptr;
};

// A kernel, or another thing that costs: the step machine.
struct CostedKernel {
  const char* name;
  FeatureSet features;
  // Steps of one class have the same features, all else being equal. Null:
  // all steps.
  int32_t (*step_class)(const KernelShape& shape, const CallRange& call);
  FeatureSet helium = {};  // of the body for Helium, if that is another

  const FeatureSet& of(const KernelBody& body) const {
    return body.helium && helium.count != nullptr ? helium : features;
  }
};

// Whether the last feature is "flash_bytes", the constants that it reads.
bool ReadsConstants(const FeatureSet& features);

// All kernels of kernels.def in their order, then the machine.
const std::vector<CostedKernel>& CostedKernels();

// Index of a name in them; -1 if there is none.
int32_t FindCostedKernel(std::string_view name);
inline constexpr char kMachine[] = "machine";
inline constexpr char kPatch[] = "msf_patch";

// Adds the features of a call.
void CountCall(const KernelShape& shape, const CallRange& call,
               const KernelBody& body, FeatureCounts& counts);

// Features of a whole plan or of part of one.
struct PlanFeatures {
  std::vector<FeatureCounts> counts;  // by kernel

  PlanFeatures();
  // Adds a call `times` times.
  void AddCall(const KernelShape& shape, const CallRange& call,
               const KernelBody& body, int64_t times = 1);
  FeatureCounts& of(std::string_view kernel);
  const FeatureCounts& of(std::string_view kernel) const;
  PlanFeatures& operator+=(const PlanFeatures& other);
  bool operator==(const PlanFeatures&) const = default;
};

}  // namespace msf
