// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Networks of one node, of every kind that a kernel is measured in. Sizes and
// windows are those of small networks, and now and then odd ones.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "calibrate/net_maker.h"

namespace msf {

// Adds an input and a node that reads it, and returns its output; nothing if
// what the dice say is impossible.
using NodeMaker = std::function<std::optional<TensorId>(NetMaker&)>;
const std::vector<NodeMaker>& NodeMakers();

int32_t AnyChannels(BenchDice& dice);
Hwc AnyPicture(BenchDice& dice);
BenchWindow SquareWindow(BenchDice& dice, int32_t size);

// Whether the window makes at least one pixel of such a picture.
bool Fits(const BenchWindow& window, const Hwc& in);

}  // namespace msf
