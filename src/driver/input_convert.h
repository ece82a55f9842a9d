// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// From what a file holds to the bytes of a network input:
//
//   file             int8 input                     float32 input
//   .npy int8        codes as they are              refused
//   .npy uint8       pixels: code = pixel - 128     pixel / 255
//   .npy float, csv  real values, quantised         as they are
//   image            pixels: code = pixel - 128     pixel / 255
//
// Quantised: round(value / scale) + zero point, halves away from zero, kept
// within [-128, 127]. A PixelRange makes pixels real values instead, 0 low and
// 255 high.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "support/csv.h"
#include "support/image.h"
#include "support/npy.h"
#include "support/result.h"

namespace msf {

struct PixelRange {
  double low = 0;
  double high = 1;
};

// The network input that bytes are made for.
struct InputTarget {
  const Port& port;
  std::optional<PixelRange> pixel_range;
  int64_t max_samples = 1;  // more are not converted
};

// The samples of a file. `count` is how many it holds; `bytes` has the first
// ones, at most InputTarget::max_samples.
struct Samples {
  int64_t count = 0;
  bool are_pixels = false;  // PixelRange had a say
  std::vector<std::vector<uint8_t>> bytes;
};

// The array must have the input's shape, or be flat, with N samples in front
// or not; dimensions of 1 do not count. `where` names the file in errors.
Result<Samples> SamplesOf(const std::string& where, const NpyArray& array,
                          const InputTarget& target);

// A line is a sample, or a sample is several lines.
Result<Samples> SamplesOf(const std::string& where, const CsvTable& table,
                          const InputTarget& target);

// Height, width and channels (1 or 3) of an input that images may fill.
Result<Hwc> ImageShape(const std::string& where, const Port& port);

// `image` has the size of ImageShape.
Result<Samples> SamplesOf(const std::string& where, const Image& image,
                          const InputTarget& target);

}  // namespace msf
