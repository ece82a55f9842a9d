// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "support/file.h"

namespace msf {
namespace {

constexpr std::string_view kRandom = "random:";

Result<uint32_t> ParseSeed(const std::string& source) {
  uint32_t seed = 0;
  const char* begin = source.data() + kRandom.size();
  const char* end = source.data() + source.size();
  const auto [rest, error] = std::from_chars(begin, end, seed);
  if (error != std::errc() || rest != end || seed == 0) {
    return UserError("--input", "'" + source + "' has no seed from 1 to 2^32-1",
                     "for example --input random:1");
  }
  return seed;
}

bool IsRandom(const std::string& source) {
  return source.rfind(kRandom, 0) == 0;
}

enum class FileKind { kRaw, kNpy, kCsv, kImage };

FileKind KindOf(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  for (char& c : extension) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (extension == ".npy") return FileKind::kNpy;
  if (extension == ".csv") return FileKind::kCsv;
  for (const char* image : {".png", ".jpg", ".jpeg", ".bmp", ".pgm", ".ppm"}) {
    if (extension == image) return FileKind::kImage;
  }
  return FileKind::kRaw;
}

Result<Samples> RawSample(const std::string& path, const Port& port,
                          int64_t expected, Bytes bytes) {
  if (static_cast<int64_t>(bytes.size()) != expected) {
    return UserError(
        path,
        fmt::format("holds {} bytes, input '{}' ({} {}) needs {}", bytes.size(),
                    port.name, ToString(port.dtype), ToString(port.shape),
                    expected),
        "give the input's bytes as they are, or a file whose name ends in "
        ".npy, .csv, .png, .jpg, .bmp, .pgm or .ppm");
  }
  return Samples{.count = 1, .bytes = {std::move(bytes)}};
}

Result<Samples> ImageSample(const std::string& path, const Bytes& bytes,
                            const InputTarget& target,
                            std::vector<std::string>& notes) {
  MSF_ASSIGN(const Hwc shape, ImageShape(path, target.port));
  MSF_ASSIGN(Image image, DecodeImage(path, bytes, shape.c));
  if (image.height != shape.h || image.width != shape.w) {
    notes.push_back(
        fmt::format("{}: resized from {} x {} to {} x {} (bilinear)", path,
                    image.width, image.height, shape.w, shape.h));
    image = ResizeBilinear(image, shape.h, shape.w);
  }
  return SamplesOf(path, image, target);
}

Result<Samples> ReadSamples(const std::string& path, int64_t expected_bytes,
                            const InputTarget& target,
                            std::vector<std::string>& notes) {
  MSF_ASSIGN(Bytes bytes, ReadFile(path));
  switch (KindOf(path)) {
    case FileKind::kNpy: {
      MSF_ASSIGN(const NpyArray array, ParseNpy(path, bytes));
      return SamplesOf(path, array, target);
    }
    case FileKind::kCsv: {
      MSF_ASSIGN(const CsvTable table, ParseCsv(path, bytes));
      return SamplesOf(path, table, target);
    }
    case FileKind::kImage:
      return ImageSample(path, bytes, target, notes);
    case FileKind::kRaw:
      break;
  }
  return RawSample(path, target.port, expected_bytes, std::move(bytes));
}

tl::unexpected<Diagnostic> NoPixels() {
  return UserError("--pixel-range", "no input is an image or a uint8 array",
                   "leave it out");
}

}  // namespace

Result<RunInput> ReadInputs(const InputRequest& request, const Graph& graph) {
  const std::vector<std::string>& sources = request.sources;
  RunInput input;
  if (request.pixel_range && (sources.empty() || IsRandom(sources[0]))) {
    return NoPixels();
  }
  if (sources.empty()) return input;
  if (sources.size() == 1 && IsRandom(sources[0])) {
    MSF_ASSIGN(input.seed, ParseSeed(sources[0]));
    return input;
  }
  if (std::any_of(sources.begin(), sources.end(), IsRandom)) {
    return UserError("--input", "random:SEED stands beside other inputs",
                     "it fills all inputs of the network: give it alone");
  }
  if (sources.size() != graph.inputs.size()) {
    return UserError("--input",
                     fmt::format("{} given, the network has {} inputs",
                                 sources.size(), graph.inputs.size()),
                     "give --input once for each input, in order");
  }
  bool has_pixels = false;
  for (size_t i = 0; i < sources.size(); ++i) {
    const InputTarget target{.port = graph.inputs[i],
                             .pixel_range = request.pixel_range,
                             .max_samples = request.runs};
    MSF_ASSIGN(Samples samples,
               ReadSamples(sources[i], graph.tensor(target.port.tensor).bytes(),
                           target, input.notes));
    if (samples.count > 1 && samples.count < request.runs) {
      return UserError(sources[i],
                       fmt::format("holds {} samples, {} runs need as many",
                                   samples.count, request.runs),
                       fmt::format("give --runs {}", samples.count));
    }
    if (samples.count > request.runs) {
      input.notes.push_back(fmt::format("{}: {} of {} samples used (--runs)",
                                        sources[i], request.runs,
                                        samples.count));
    }
    has_pixels = has_pixels || samples.are_pixels;
    input.data.push_back(std::move(samples.bytes));
  }
  if (request.pixel_range && !has_pixels) return NoPixels();
  return input;
}

Result<PixelRange> ParsePixelRange(const std::string& text) {
  PixelRange range;
  const char* end = text.data() + text.size();
  const auto low = std::from_chars(text.data(), end, range.low);
  const bool has_comma =
      low.ec == std::errc() && low.ptr != end && *low.ptr == ',';
  const auto high =
      std::from_chars(has_comma ? low.ptr + 1 : end, end, range.high);
  if (!has_comma || high.ec != std::errc() || high.ptr != end ||
      !std::isfinite(range.low) || !std::isfinite(range.high) ||
      range.low == range.high) {
    return UserError("--pixel-range", "'" + text + "' is not LOW,HIGH",
                     "for example --pixel-range -1,1");
  }
  return range;
}

}  // namespace msf
