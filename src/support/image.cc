// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/image.h"

#include <stb/stb_image.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <memory>
#include <string_view>

#include "support/check.h"

namespace msf {
namespace {

// A position between two neighbouring samples.
struct Between {
  int32_t low = 0;
  int32_t high = 0;
  double part = 0;  // of `high`
};

std::vector<Between> Positions(int32_t from, int32_t to) {
  std::vector<Between> positions;
  const double scale = static_cast<double>(from) / to;
  for (int32_t i = 0; i < to; ++i) {
    const double at = std::clamp((i + 0.5) * scale - 0.5, 0.0, from - 1.0);
    const auto low = static_cast<int32_t>(at);
    positions.push_back(
        {.low = low, .high = std::min(low + 1, from - 1), .part = at - low});
  }
  return positions;
}

// Hands a file to the decoder, which takes zeros for what is cut off from most
// formats. Rows' padding, which it skips, may be missing at the end.
struct Reader {
  std::span<const uint8_t> rest;
  bool was_cut = false;          // more was wanted than there is
  const char* buffer = nullptr;  // the decoder's, which it fills first

  static int Read(void* user, char* to, int size) {
    auto& self = *static_cast<Reader*>(user);
    const size_t count = std::min(static_cast<size_t>(size), self.rest.size());
    if (self.buffer == nullptr) self.buffer = to;
    // Into its buffer it takes what it can get, and comes back when it needs
    // more; elsewhere it needs all.
    self.was_cut |= count == 0 || (to != self.buffer &&
                                   count < static_cast<size_t>(size));
    std::copy_n(self.rest.begin(), count, to);
    self.rest = self.rest.subspan(count);
    return static_cast<int>(count);
  }
  static void Skip(void* user, int size) {
    auto& self = *static_cast<Reader*>(user);
    const auto count = static_cast<size_t>(std::max(size, 0));
    self.rest = self.rest.subspan(std::min(count, self.rest.size()));
  }
  static int IsAtEnd(void* user) {
    return static_cast<Reader*>(user)->rest.empty() ? 1 : 0;
  }
};

}  // namespace

bool LooksLikeImage(std::span<const uint8_t> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()),
                              file.size());
  return text.starts_with("\x89PNG\r\n") || text.starts_with("\xFF\xD8\xFF") ||
         text.starts_with("BM") || text.starts_with("P5") ||
         text.starts_with("P6");
}

Result<Image> DecodeImage(const std::string& where,
                          std::span<const uint8_t> file, int32_t channels) {
  MSF_CHECK(channels == 1 || channels == 3);
  // The decoder knows more formats; these are the ones that are well tested.
  if (!LooksLikeImage(file) || file.size() > INT_MAX) {
    return UserError(where, "is not an image that msfc can read",
                     "give a PNG, JPEG, BMP, PGM or PPM");
  }
  const int size = static_cast<int>(file.size());
  int width = 0;
  int height = 0;
  int in_file = 0;
  const int64_t most = std::min(kMaxImagePixels, kMaxPixelsPerByte * size);
  if (stbi_info_from_memory(file.data(), size, &width, &height, &in_file) &&
      static_cast<int64_t>(width) * height > most) {
    return UserError(where,
                     "is an image of " + std::to_string(width) + " x " +
                         std::to_string(height) +
                         " pixels, more than msfc takes or its bytes can hold",
                     "scale it down to the input's size");
  }
  Reader reader{.rest = file};
  const stbi_io_callbacks callbacks{
      .read = &Reader::Read, .skip = &Reader::Skip, .eof = &Reader::IsAtEnd};
  const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> pixels(
      stbi_load_from_callbacks(&callbacks, &reader, &width, &height, &in_file,
                               channels),
      &stbi_image_free);
  if (!pixels || width <= 0 || height <= 0) {
    const char* reason = stbi_failure_reason();
    return UserError(where,
                     std::string("cannot be decoded: ") +
                         (reason != nullptr ? reason : "no pixels"),
                     "the file is damaged; save it again as PNG");
  }
  if (reader.was_cut) {
    return UserError(where, "is cut off: pixels are missing at its end",
                     "the file is damaged; save or copy it again");
  }
  Image image{.height = height, .width = width, .channels = channels};
  const size_t count = static_cast<size_t>(height) *
                       static_cast<size_t>(width) *
                       static_cast<size_t>(channels);
  image.pixels.assign(pixels.get(), pixels.get() + count);
  return image;
}

Image ResizeBilinear(const Image& image, int32_t height, int32_t width) {
  Image result{.height = height, .width = width, .channels = image.channels};
  const std::vector<Between> rows = Positions(image.height, height);
  const std::vector<Between> columns = Positions(image.width, width);
  const auto pixel = [&](int32_t y, int32_t x, int32_t c) {
    const size_t at =
        (static_cast<size_t>(y) * static_cast<size_t>(image.width) +
         static_cast<size_t>(x)) *
            static_cast<size_t>(image.channels) +
        static_cast<size_t>(c);
    return static_cast<double>(image.pixels[at]);
  };
  for (const Between& y : rows) {
    for (const Between& x : columns) {
      for (int32_t c = 0; c < image.channels; ++c) {
        const double top =
            std::lerp(pixel(y.low, x.low, c), pixel(y.low, x.high, c), x.part);
        const double bottom = std::lerp(pixel(y.high, x.low, c),
                                        pixel(y.high, x.high, c), x.part);
        result.pixels.push_back(
            static_cast<uint8_t>(std::lround(std::lerp(top, bottom, y.part))));
      }
    }
  }
  return result;
}

}  // namespace msf
