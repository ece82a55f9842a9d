// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Networks so small that every plan of them can be tried.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "plan/unit_graph.h"
#include "tests/graph_maker.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {

// A chain of windows, now and then with an addition around some of them or
// with two ways that meet again.
inline Graph SmallNetwork(uint32_t seed) {
  GraphMaker make(seed);
  Dice& dice = make.dice();
  const auto window = [&](int32_t stride) {
    return WindowChoice{.kernel_h = dice.Int(1, 3),
                        .kernel_w = dice.Int(1, 3),
                        .stride_h = stride,
                        .stride_w = stride};
  };
  TensorId x = make.Input({1, dice.Int(2, 9), dice.Int(1, 6), dice.Int(1, 6)});
  const TensorId start = x;
  for (int32_t n = dice.Int(1, 4); n > 0; --n) {
    switch (dice.Int(0, 3)) {
      case 0:
        x = make.DepthwiseConv2D(x, window(dice.Int(1, 2)));
        break;
      case 1:
        x = make.Conv2D(x, {}, dice.Int(1, 9));
        break;
      case 2:
        x = make.Conv2D(x, window(dice.Int(1, 2)), dice.Int(1, 9));
        break;
      default:
        x = make.MaxPool2D(x, window(1));
    }
  }
  if (make.shape(x) == make.shape(start)) {
    x = make.Add(x, start);
  } else if (dice.OneIn(4)) {
    const TensorId one = make.Conv2D(x, window(1), 2);
    x = make.Add(one, make.Conv2D(x, window(1), 2));
  }
  make.Output(x);
  return std::move(make.graph());
}

struct Subject {
  UnitGraph graph;
  bool all_sizes = false;  // of patches
  std::string text;
};

inline Subject SubjectFor(uint32_t seed) {
  const RandomGraphOptions small{
      .max_nodes = 4, .max_side = 5, .dead_code = false};
  const Graph graph =
      seed % 2 == 0 ? SmallNetwork(seed) : RandomGraph(seed, small);
  const auto mode = static_cast<InputMode>(Dice(seed).Int(0, 2));
  return {BuildUnitGraph(graph, mode), seed % 4 == 3, Dump(graph)};
}

}  // namespace msf
