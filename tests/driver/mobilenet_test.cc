// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// MobileNetV2 with width 0.35 for 224x224 pictures, layer by layer (Sandler et
// al. 2018, table 2; channels are rounded to multiples of 8 as in Keras). Its
// weights are random: RAM does not depend on them.
#include <gtest/gtest.h>

#include <algorithm>

#include "driver/planner.h"
#include "tests/graph_maker.h"

namespace msf {
namespace {

constexpr double kWidth = 0.35;

int32_t Channels(int32_t of_width_one) {
  const double wanted = kWidth * of_width_one;
  const int32_t rounded = std::max(8, static_cast<int32_t>(wanted + 4) / 8 * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}

// Expands, filters by depth, projects; adds the input where shapes agree.
TensorId InvertedResidual(GraphMaker& make, TensorId input, int32_t expansion,
                          int32_t channels, int32_t stride) {
  const int32_t in_c = make.shape(input)[3];
  TensorId x = input;
  if (expansion > 1) {
    x = make.Conv2D(x, {.activation = Activation::kRelu6}, expansion * in_c);
  }
  x = make.DepthwiseConv2D(x, {.kernel_h = 3,
                               .kernel_w = 3,
                               .stride_h = stride,
                               .stride_w = stride,
                               .activation = Activation::kRelu6});
  x = make.Conv2D(x, {}, channels);
  return stride == 1 && in_c == channels ? make.Add(input, x) : x;
}

Graph MobileNetV2() {
  struct Group {
    int32_t expansion, channels, count, stride;
  };
  constexpr Group kGroups[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2},
                               {6, 64, 4, 2}, {6, 96, 3, 1},  {6, 160, 3, 2},
                               {6, 320, 1, 1}};
  GraphMaker make(1);
  TensorId x = make.Input({1, 224, 224, 3});
  x = make.Conv2D(x, {.kernel_h = 3,
                      .kernel_w = 3,
                      .stride_h = 2,
                      .stride_w = 2,
                      .activation = Activation::kRelu6},
                  Channels(32));
  for (const Group& group : kGroups) {
    for (int32_t i = 0; i < group.count; ++i) {
      x = InvertedResidual(make, x, group.expansion, Channels(group.channels),
                           i == 0 ? group.stride : 1);
    }
  }
  x = make.Conv2D(x, {.activation = Activation::kRelu6}, 1280);
  x = make.AveragePool2D(x, {.kernel_h = 7, .kernel_w = 7, .same = false});
  x = make.Reshape(x, {1, 1280});
  x = make.FullyConnected(x, 1280, 1000);
  make.Output(make.Softmax(x));
  return make.graph();
}

TEST(MobileNetV2, At224FitsInto40KBWithoutAnyWorkDoneTwice) {
  const Graph graph = MobileNetV2();
  const auto model = MakePlan(graph, {});
  ASSERT_TRUE(model.has_value()) << model.error().what;
  EXPECT_EQ(model->schedule.plan.input_mode, InputMode::kStreamed);
  EXPECT_EQ(model->schedule.overhead_factor(), 1.0);
  EXPECT_LT(model->schedule.arena_bytes, 40 * 1024);
  RecordProperty("arena_bytes", std::to_string(model->schedule.arena_bytes));
}

}  // namespace
}  // namespace msf
