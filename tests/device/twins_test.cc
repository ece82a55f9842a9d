// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Kernels that have twins, on the emulated cores that take them: against the
// portable kernels, and against the operators' references.
#include <gtest/gtest.h>

#include "driver/planner.h"
#include "driver/run.h"
#include "support/process.h"
#include "target/target.h"
#include "tests/device/kernel_firmware.h"
#include "tests/ops/add_case.h"
#include "tests/ops/depthwise_case.h"

namespace msf {
namespace {

// Networks of one node side by side: one image for many cases.
class SideBySide {
 public:
  SideBySide() { graph_.source = "cases.tflite"; }

  void Put(const Graph& graph, Node node, const std::vector<Bytes>& inputs) {
    const auto base = static_cast<TensorId>(graph_.tensors.size());
    for (Tensor tensor : graph.tensors) {
      tensor.name += "_" + std::to_string(graph_.nodes.size());
      graph_.tensors.push_back(std::move(tensor));
    }
    for (const TensorId id : ActivationInputs(graph, node)) {
      graph_.inputs.push_back(PortOf(base + id));
    }
    for (const Bytes& bytes : inputs) request_.input.data.push_back({bytes});
    for (TensorId& id : node.inputs) id = id == kNoTensor ? id : base + id;
    for (TensorId& id : node.outputs) id += base;
    graph_.outputs.push_back(PortOf(node.outputs[0]));
    graph_.nodes.push_back(std::move(node));
  }

  // Compares every output byte on the target.
  void ExpectEqualOn(const Target& target) const {
    const auto planned = MakePlan(
        graph_, {.method = Method::kPlain, .input_mode = InputMode::kExternal});
    ASSERT_TRUE(planned.has_value()) << ToString(planned.error());
    const auto report =
        RunOnTarget(graph_, planned->schedule, target, request_);
    ASSERT_TRUE(report.has_value()) << ToString(report.error());
    EXPECT_TRUE(report->equal) << report->first_difference->tensor;
  }

 private:
  Port PortOf(TensorId id) const {
    const Tensor& tensor = graph_.tensor(id);
    return {.tensor = id,
            .name = tensor.name,
            .dtype = tensor.dtype,
            .shape = tensor.shape,
            .quant = tensor.quant};
  }

  Graph graph_;
  RunRequest request_;
};

// Its emulator and compiler are there.
bool HasTools(const Target& target) {
  return FindProgram(target.toolchain.compiler) &&
         FindProgram(target.emulator.command);
}

class Twins : public ::testing::TestWithParam<TwinsOn> {};

// One for each folder of runtime/isa/; and small, where functions lie at any
// halfword.
INSTANTIATE_TEST_SUITE_P(Emulated, Twins,
                         ::testing::Values(TwinsOn{"m4"}, TwinsOn{"m4", "-Os"},
                                           TwinsOn{"m4", "-O1"}, TwinsOn{"m55"},
                                           TwinsOn{"m55", "-Os"}),
                         [](const auto& test) {
                           return test.param.target +
                                  test.param.optimisation.substr(1);
                         });

class TwinsOfNodes : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Emulated, TwinsOfNodes,
                         ::testing::Values("m4", "m55"),
                         [](const auto& test) {
                           return std::string(test.param);
                         });

TEST_P(Twins, OfConvolutionsAndDenseLayersGiveThePortableBytes) {
  ExpectTwinsAgree(GetParam(), "conv_twins_firmware.cpp",
                   {"msf_conv2d_s8", "msf_conv2d_1x1_s8", "msf_conv2d_acc_s8",
                    "msf_conv2d_part_s8", "msf_conv2d_small_s8",
                    "msf_fully_connected_s8",
                    "msf_fully_connected_acc_s8"});
}

TEST_P(Twins, OfDepthwiseConvolutionsGiveThePortableBytes) {
  ExpectTwinsAgree(
      GetParam(), "depthwise_twins_firmware.cpp",
      {"msf_depthwise_conv2d_s8", "msf_depthwise_conv2d_acc_s8",
       "msf_depthwise_conv2d_3x3_s8", "msf_depthwise_conv2d_5x5_s8",
       "msf_depthwise_conv2d_7x7_s8", "msf_depthwise_conv2d_window_s8"});
}

TEST_P(Twins, OfConvolutionsTapByTapGiveThePortableBytes) {
  ExpectTwinsAgree(GetParam(), "taps_twins_firmware.cpp",
                   {"msf_conv2d_depthwise_s8"});
}

TEST_P(Twins, OfSumsRescalingAndAveragesGiveThePortableBytes) {
  ExpectTwinsAgree(GetParam(), "element_twins_firmware.cpp",
                   {"msf_add_s8", "msf_average_pool_acc_s8", "msf_mean_acc_s8",
                    "msf_requantize_s8"});
}

TEST_P(TwinsOfNodes, DepthwiseConvolutionsOfAnyShapeGiveTheBytesOfTheReference) {
  const Target target = FindTarget(GetParam()).value();
  if (!HasTools(target)) GTEST_SKIP() << "its tools are not installed";
  for (uint32_t batch = 0; batch < 4; ++batch) {
    SideBySide cases;
    for (uint32_t i = 0; i < 60; ++i) {
      const DepthwiseCase c = RandomDepthwise(batch * 100 + i, i % 8 != 0);
      cases.Put(c.model.graph, c.model.node, {ToBytes(c.input)});
    }
    cases.ExpectEqualOn(target);
    if (HasFailure()) return;
  }
}

TEST_P(TwinsOfNodes, SumsOfAnyScaleGiveTheBytesOfTheReference) {
  const Target target = FindTarget(GetParam()).value();
  if (!HasTools(target)) GTEST_SKIP() << "its tools are not installed";
  SideBySide cases;
  for (uint32_t i = 0; i < 80; ++i) {
    Random random(i);
    OneNode sum = RandomAdd(random);
    cases.Put(sum.graph(), sum.node(), sum.AnyInputs(random));
  }
  cases.ExpectEqualOn(target);
}

}  // namespace
}  // namespace msf
