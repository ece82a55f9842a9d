// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/network.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"
#include "tests/graph_maker.h"
#include "tests/import/model_builder.h"

namespace msf {
namespace {

TEST(LoadNetwork, RefusesAConstantOutput) {
  GraphMaker make(1);
  const TensorId in = make.Input({1, 4, 4, 2});
  make.Output(make.Conv2D(in, {.kernel_h = 3, .kernel_w = 3}, 2));
  Graph& graph = make.graph();
  const TempDir directory = TempDir::Create().value();
  const auto write = [&](const char* name) {
    const std::vector<uint8_t> bytes = ToTflite(graph);
    const std::string text(bytes.begin(), bytes.end());
    EXPECT_TRUE(directory.Write(name, text).has_value());
    return directory.path() + "/" + name;
  };
  EXPECT_TRUE(LoadNetwork(write("good.tflite")).has_value());
  const TensorId weights = graph.nodes[0].inputs[1];
  graph.outputs.push_back({.tensor = weights, .name = "weights"});
  const auto network = LoadNetwork(write("constant.tflite"));
  ASSERT_FALSE(network.has_value());
  EXPECT_EQ(network.error().kind, ErrorKind::kUser);
  EXPECT_NE(network.error().what.find("is a constant"), std::string::npos)
      << network.error().what;
}

}  // namespace
}  // namespace msf
