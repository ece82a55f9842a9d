// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "cost/features.h"

#include "cost/convolution_counts.h"
#include "cost/count.h"
#include "cost/helium_counts.h"
#include "support/check.h"

namespace msf {
namespace {

CostedKernel Find(const char* name) {
  for (const auto& family : {ConvolutionFeatures(), SmallConvolutionFeatures(),
                             PointwiseFeatures(), TapFeatures(),
                             DepthwiseFeatures(),
                             PoolFeatures(), ElementwiseFeatures(),
                             MoveFeatures(), PatchFeatures(), MachineFeatures()}) {
    for (CostedKernel kernel : family) {
      if (std::string_view(kernel.name) != name) continue;
      for (const auto& sets :
           {HeliumConvolutions(), HeliumWindows(), HeliumDepthwise(),
            HeliumTaps()}) {
        for (const HeliumSet& set : sets) {
          if (std::string_view(set.kernel) == name) {
            kernel.helium = set.features;
          }
        }
      }
      return kernel;
    }
  }
  MSF_CHECK(false);  // a kernel of kernels.def without features
}

}  // namespace

bool ReadsConstants(const FeatureSet& features) {
  return features.names.back() == std::string_view("flash_bytes");
}

const std::vector<CostedKernel>& CostedKernels() {
  static const std::vector<CostedKernel> kernels = {
#define MSF_KERNEL(name) Find(#name),
#include "kernels.def"
#undef MSF_KERNEL
      Find(kMachine)};
  return kernels;
}

int32_t FindCostedKernel(std::string_view name) {
  const std::vector<CostedKernel>& kernels = CostedKernels();
  for (size_t i = 0; i < kernels.size(); ++i) {
    if (kernels[i].name == name) return static_cast<int32_t>(i);
  }
  return -1;
}

PlanFeatures::PlanFeatures() : counts(CostedKernels().size()) {
  for (FeatureCounts& c : counts) c.fill(0);
}

void CountCall(const KernelShape& shape, const CallRange& call,
               const KernelBody& body, FeatureCounts& counts) {
  const FeatureSet& set =
      CostedKernels()[static_cast<size_t>(shape.kernel)].of(body);
  FeatureCounts one{};
  set.count(shape, call, body, one);
  if (shape.weight_bytes <= body.cache_bytes && ReadsConstants(set)) {
    int64_t& read = one[set.names.size() - 1];
    read = std::min(read, int64_t{shape.weight_bytes});
  }
  for (size_t i = 0; i < one.size(); ++i) counts[i] += one[i];
}

void PlanFeatures::AddCall(const KernelShape& shape, const CallRange& call,
                           const KernelBody& body, int64_t times) {
  FeatureCounts one{};
  CountCall(shape, call, body, one);
  FeatureCounts& sum = counts[static_cast<size_t>(shape.kernel)];
  for (size_t i = 0; i < one.size(); ++i) sum[i] += times * one[i];
}

FeatureCounts& PlanFeatures::of(std::string_view kernel) {
  const int32_t index = FindCostedKernel(kernel);
  MSF_CHECK(index >= 0);
  return counts[static_cast<size_t>(index)];
}

const FeatureCounts& PlanFeatures::of(std::string_view kernel) const {
  return const_cast<PlanFeatures*>(this)->of(kernel);
}

PlanFeatures& PlanFeatures::operator+=(const PlanFeatures& other) {
  for (size_t k = 0; k < counts.size(); ++k) {
    for (size_t i = 0; i < kMaxFeatures; ++i) {
      counts[k][i] += other.counts[k][i];
    }
  }
  return *this;
}

}  // namespace msf
