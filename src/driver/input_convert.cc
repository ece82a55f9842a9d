// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/input_convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace msf {
namespace {

using Bytes = std::vector<uint8_t>;

std::string PortText(const Port& port) {
  return fmt::format("input '{}' ({} {})", port.name, ToString(port.dtype),
                     ToString(port.shape));
}

int64_t Elements(const Port& port) {
  int64_t count = 1;
  for (const int32_t size : port.shape) count *= size;
  return count;
}

// Appends elements to the bytes of one sample.
class Writer {
 public:
  Writer(const InputTarget& target, Bytes& bytes)
      : port_(target.port), range_(target.pixel_range), bytes_(bytes) {}

  void Code(int8_t code) { bytes_.push_back(static_cast<uint8_t>(code)); }

  void Pixel(uint8_t pixel) {
    if (range_) {
      Real(range_->low + pixel * (range_->high - range_->low) / 255);
    } else if (port_.dtype == DType::kFloat32) {
      Real(pixel / 255.0);
    } else {
      Code(static_cast<int8_t>(pixel - 128));
    }
  }

  void Real(double value) {
    if (port_.dtype == DType::kFloat32) {
      const auto element = static_cast<float>(value);
      const size_t at = bytes_.size();
      bytes_.resize(at + sizeof(element));
      std::memcpy(&bytes_[at], &element, sizeof(element));
      return;
    }
    const double code =
        std::round(value / static_cast<double>(port_.quant.scale())) +
        port_.quant.zero_point();
    Code(static_cast<int8_t>(std::clamp(code, -128.0, 127.0)));
  }

 private:
  const Port& port_;
  const std::optional<PixelRange>& range_;
  Bytes& bytes_;
};

// Whether the input has a type that anything but raw bytes can become.
Result<void> CheckType(const std::string& where, const InputTarget& target,
                       bool is_real) {
  const Port& port = target.port;
  if (port.dtype != DType::kInt8 && port.dtype != DType::kFloat32) {
    return UserError(where, "cannot be converted for " + PortText(port),
                     "give the raw bytes of the input");
  }
  if (is_real && port.dtype == DType::kInt8 && !port.quant.IsQuantized()) {
    return UserError(where,
                     "holds real values, but " + PortText(port) +
                         " has no scale to quantise them with",
                     "give int8 codes in a .npy file");
  }
  return {};
}

// A shape without its dimensions of 1.
template <typename T>
std::vector<int64_t> Squeezed(const std::vector<T>& shape) {
  std::vector<int64_t> result;
  for (const T size : shape) {
    if (size != 1) result.push_back(size);
  }
  return result;
}

// How many samples an array of this shape holds; 0 if it does not match.
int64_t SampleCount(const std::vector<int64_t>& shape, const Port& port) {
  const std::vector<int64_t> have = Squeezed(shape);
  const std::vector<int64_t> flat =
      Squeezed(std::vector<int64_t>{Elements(port)});
  for (const std::vector<int64_t>& sample : {Squeezed(port.shape), flat}) {
    if (have == sample) return 1;
    if (!have.empty() && std::equal(have.begin() + 1, have.end(),
                                    sample.begin(), sample.end())) {
      return have[0];
    }
  }
  return 0;
}

// Calls write(writer, i) for every element of the samples that are wanted.
template <typename Write>
Samples Convert(int64_t count, const InputTarget& target, const Write& write) {
  Samples samples{.count = count};
  const int64_t elements = Elements(target.port);
  for (int64_t s = 0; s < std::min(count, target.max_samples); ++s) {
    Bytes& bytes = samples.bytes.emplace_back();
    Writer writer(target, bytes);
    for (int64_t i = 0; i < elements; ++i) write(writer, s * elements + i);
  }
  return samples;
}

Samples Pixels(const Bytes& pixels, int64_t count, const InputTarget& target) {
  Samples samples = Convert(count, target, [&](Writer& writer, int64_t i) {
    writer.Pixel(pixels[static_cast<size_t>(i)]);
  });
  samples.are_pixels = true;
  return samples;
}

template <typename T>
bool AllFinite(const NpyArray& array) {
  const auto count = static_cast<int64_t>(array.data.size() / sizeof(T));
  for (int64_t i = 0; i < count; ++i) {
    if (!std::isfinite(array.At<T>(i))) return false;
  }
  return true;
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x"));
}

template <typename T>
Result<Samples> RealSamples(const std::string& where, const NpyArray& array,
                            int64_t count, const InputTarget& target) {
  if (!AllFinite<T>(array)) {
    return UserError(where, "holds values that are not finite",
                     "give real numbers only");
  }
  return Convert(count, target, [&](Writer& writer, int64_t i) {
    writer.Real(static_cast<double>(array.At<T>(i)));
  });
}

}  // namespace

Result<Samples> SamplesOf(const std::string& where, const NpyArray& array,
                          const InputTarget& target) {
  const bool is_real =
      array.type == NpyType::kFloat32 || array.type == NpyType::kFloat64;
  const bool is_pixels = array.type == NpyType::kUInt8;
  MSF_RETURN_IF_ERROR(
      CheckType(where, target, is_real || (is_pixels && target.pixel_range)));
  const Port& port = target.port;
  const int64_t count = SampleCount(array.shape, port);
  if (count == 0) {
    return UserError(
        where,
        fmt::format("has shape {}, {} needs its own, or N samples of it",
                    ShapeText(array.shape), PortText(port)),
        "save it in that shape; channels come last");
  }
  switch (array.type) {
    case NpyType::kFloat32:
      return RealSamples<float>(where, array, count, target);
    case NpyType::kFloat64:
      return RealSamples<double>(where, array, count, target);
    case NpyType::kUInt8:
      return Pixels(array.data, count, target);
    case NpyType::kInt8:
      break;
  }
  if (port.dtype != DType::kInt8) {
    return UserError(
        where, "holds int8 codes, " + PortText(port) + " takes real values",
        "save it as float32");
  }
  return Convert(count, target, [&](Writer& writer, int64_t i) {
    writer.Code(array.At<int8_t>(i));
  });
}

Result<Samples> SamplesOf(const std::string& where, const CsvTable& table,
                          const InputTarget& target) {
  MSF_RETURN_IF_ERROR(CheckType(where, target, true));
  const int64_t elements = Elements(target.port);
  const auto total = static_cast<int64_t>(table.values.size());
  // A sample begins at the start of a line.
  if (total % elements != 0 || elements % table.columns != 0) {
    return UserError(
        where,
        fmt::format("has {} lines of {} numbers, {} needs {} for a sample",
                    table.lines, table.columns, PortText(target.port),
                    elements),
        "give each sample a line, or several whole lines");
  }
  return Convert(total / elements, target, [&](Writer& writer, int64_t i) {
    writer.Real(table.values[static_cast<size_t>(i)]);
  });
}

Result<Hwc> ImageShape(const std::string& where, const Port& port) {
  const Shape& shape = port.shape;
  const int32_t channels = shape.empty() ? 0 : shape.back();
  if (shape.size() != 4 || shape[0] != 1 || (channels != 1 && channels != 3)) {
    return UserError(where,
                     "is an image, but " + PortText(port) +
                         " is not 1 x height x width x 1 or 3",
                     "give a .npy file of the input's shape");
  }
  return Hwc{shape[1], shape[2], channels};
}

Result<Samples> SamplesOf(const std::string& where, const Image& image,
                          const InputTarget& target) {
  MSF_RETURN_IF_ERROR(CheckType(where, target, target.pixel_range.has_value()));
  return Pixels(image.pixels, 1, target);
}

}  // namespace msf
