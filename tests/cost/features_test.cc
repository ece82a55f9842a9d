// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "cost/features.h"

#include <gtest/gtest.h>

#include <set>

#include "cost/cost_model.h"
#include "msf_runtime.h"

namespace msf {
namespace {

int64_t Count(const PlanFeatures& features, const std::string& kernel,
              const std::string& feature) {
  const auto k = static_cast<size_t>(FindCostedKernel(kernel));
  const auto names = CostedKernels()[k].features.names;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == feature) return features.counts[k][i];
  }
  ADD_FAILURE() << kernel << " has no feature " << feature;
  return -1;
}

KernelShape PointwiseShape(int32_t in_c, int32_t out_c, int32_t width) {
  return {.kernel = FindCostedKernel("msf_conv2d_s8"),
          .in_w = width,
          .in_c = in_c,
          .out_w = width,
          .out_c = out_c,
          .kernel_h = 1,
          .kernel_w = 1,
          .stride_h = 1,
          .stride_w = 1,
          .dilation_h = 1,
          .dilation_w = 1,
          .scale_step = 1,
          .simple_scales = 1,
          .clamp_min = -128,
          .clamp_max = 127,
          .weight_bytes = in_c * out_c + 9 * out_c};
}

TEST(Features, HaveDistinctNamesForEveryKernel) {
  for (const CostedKernel& kernel : CostedKernels()) {
    for (const bool helium : {false, true}) {
      const FeatureSet& set = kernel.of({.helium = helium});
      const std::set<std::string> names(set.names.begin(), set.names.end());
      EXPECT_EQ(names.size(), set.names.size()) << kernel.name;
      EXPECT_LE(names.size(), kMaxFeatures) << kernel.name;
      EXPECT_GT(names.size(), 0u) << kernel.name;
    }
  }
}

TEST(Features, OfAPointwiseConvolutionAreItsPairsAndWords) {
  PlanFeatures features;
  const KernelShape shape = PointwiseShape(32, 40, 7);
  features.AddCall(shape, {.x_end = MSF_WHOLE_ROW, .in_rows = 4},
                   {.pair_words = 16});
  const std::string kernel = "msf_conv2d_s8";
  EXPECT_EQ(Count(features, kernel, "calls"), 1);
  EXPECT_EQ(Count(features, kernel, "pairs"), 3);
  EXPECT_EQ(Count(features, kernel, "singles"), 0);
  EXPECT_EQ(Count(features, kernel, "direct_blocks"), 2);    // 32, 8
  EXPECT_EQ(Count(features, kernel, "pair_blocks"), 3 * 3);  // 16, 16, 8
  EXPECT_EQ(Count(features, kernel, "both_words"), 3 * 2 * 8);
  EXPECT_EQ(Count(features, kernel, "two_words"), 3 * 20 * 8);
  EXPECT_EQ(Count(features, kernel, "pair_plain"), 3 * 40);
  EXPECT_EQ(Count(features, kernel, "dot_quad_words"), 10 * 8);
  EXPECT_EQ(Count(features, kernel, "flash_bytes"), 4 * (32 * 40 + 9 * 40));
}

TEST(Features, OfPartsOfARowAddUpToThoseOfTheRow) {
  const KernelShape shape = PointwiseShape(8, 16, 12);
  PlanFeatures whole, parts;
  whole.AddCall(shape, {.x_end = 12, .in_rows = 1}, {});
  for (const int32_t x : {0, 4, 8}) {
    parts.AddCall(shape, {.x = x, .x_end = x + 4, .in_rows = 1}, {});
  }
  EXPECT_EQ(Count(parts, "msf_conv2d_s8", "calls"), 3);
  for (const char* name : {"pairs", "both_words", "two_words", "pair_plain"}) {
    EXPECT_EQ(Count(parts, "msf_conv2d_s8", name),
              Count(whole, "msf_conv2d_s8", name))
        << name;
  }
}

TEST(Features, ReadConstantsOnceACallWhereACacheHoldsThem) {
  const KernelShape shape = PointwiseShape(32, 40, 8);
  PlanFeatures uncached, cached, small;
  const CallRange row{.x_end = MSF_WHOLE_ROW, .in_rows = 1};
  uncached.AddCall(shape, row, {});
  cached.AddCall(shape, row, {.cache_bytes = 4096});
  small.AddCall(shape, row, {.cache_bytes = 1024});
  EXPECT_EQ(Count(uncached, "msf_conv2d_s8", "flash_bytes"), 4 * 41 * 40);
  EXPECT_EQ(Count(cached, "msf_conv2d_s8", "flash_bytes"), 41 * 40);
  EXPECT_EQ(Count(small, "msf_conv2d_s8", "flash_bytes"), 4 * 41 * 40);
}

TEST(CostModel, AddsUpWhatFeaturesCost) {
  const auto model = MakeCostModel(
      {{"msf_conv2d_s8", {{"calls", 100}, {"two_words", 15}}}}, {});
  ASSERT_TRUE(model.has_value());
  PlanFeatures features;
  features.AddCall(PointwiseShape(8, 2, 2), {.x_end = 2, .in_rows = 1}, {}, 3);
  EXPECT_DOUBLE_EQ(model->Predict(features), 3 * (100 + 2 * 15));
}

TEST(CostModel, NamesWhatItDoesNotKnow) {
  std::string unknown;
  EXPECT_FALSE(MakeCostModel({{"msf_old_s8", {}}}, {}, &unknown).has_value());
  EXPECT_EQ(unknown, "msf_old_s8");
  EXPECT_FALSE(MakeCostModel({{"msf_copy", {{"nibbles", 1}}}}, {}, &unknown)
                   .has_value());
  EXPECT_EQ(unknown, "msf_copy nibbles");
}

}  // namespace
}  // namespace msf
