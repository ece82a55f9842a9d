// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "driver/input_convert.h"
#include "driver/run.h"
#include "ir/graph.h"
#include "support/result.h"

namespace msf {

// What the user says about inputs.
struct InputRequest {
  // Nothing (random:1), "random:SEED", or a file for each network input. The
  // file's name tells what it holds: .npy, .csv, an image (.png, .jpg, .jpeg,
  // .bmp, .pgm, .ppm), else the raw bytes of one sample.
  std::vector<std::string> sources;
  std::optional<PixelRange> pixel_range;
  int32_t runs = 1;
};

// Reads and converts (see input_convert.h). A file with several samples gives
// one to each run and must have enough of them; a file with one gives it to
// every run.
Result<RunInput> ReadInputs(const InputRequest& request, const Graph& graph);

// "LOW,HIGH", as --pixel-range takes it.
Result<PixelRange> ParsePixelRange(const std::string& text);

}  // namespace msf
