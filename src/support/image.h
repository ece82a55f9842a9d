// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "support/result.h"

namespace msf {

struct Image {
  int32_t height = 0;
  int32_t width = 0;
  int32_t channels = 0;         // 1 (grey) or 3 (red, green, blue)
  std::vector<uint8_t> pixels;  // [height][width][channels]
};

// More pixels than this are refused, and more than kMaxPixelsPerByte times the
// file's bytes: Deflate makes at most 1032 bytes of one, of 8 pixels each in a
// black and white PNG.
inline constexpr int64_t kMaxImagePixels = int64_t{1} << 26;
inline constexpr int64_t kMaxPixelsPerByte = 8 * 1032;

// Whether the bytes begin like a PNG, JPEG, BMP, PGM or PPM.
bool LooksLikeImage(std::span<const uint8_t> file);

// Decodes to `channels`, 1 or 3. Alpha is dropped; colour becomes grey as
// (77 R + 150 G + 29 B) / 256; 16 bits a channel become 8.
Result<Image> DecodeImage(const std::string& where,
                          std::span<const uint8_t> file, int32_t channels);

// Bilinear, pixel centres at half steps, borders repeated, rounded to nearest
// (the "half_pixel_centers" of TensorFlow's resize_bilinear).
Image ResizeBilinear(const Image& image, int32_t height, int32_t width);

}  // namespace msf
