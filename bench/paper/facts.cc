// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/facts.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "support/file.h"
#include "support/size.h"

namespace msf::paper {
namespace {

using Json = nlohmann::ordered_json;  // models in the order of the file

constexpr const char* kHint = "docs/paper.md shows what a facts file needs";

// Far above any microcontroller, and low enough for sums in 64 bits.
constexpr int64_t kMaxSide = 1024;
constexpr int64_t kMaxChannels = 4096;
constexpr int64_t kMaxKernel = 32;
constexpr int64_t kMaxStride = 32;
constexpr size_t kMaxLayers = 128;
constexpr int64_t kMaxBytes = int64_t{1} << 28;  // a map, all weights
constexpr int64_t kMaxMacs = int64_t{1} << 40;
constexpr int64_t kBytesOfK = 1000;

[[noreturn]] void Refuse(const std::string& reason) {
  throw std::invalid_argument(reason);
}

const Json& Member(const Json& object, const char* key) {
  if (!object.is_object()) {
    Refuse(fmt::format("an object with '{}' is expected", key));
  }
  if (!object.contains(key)) Refuse(fmt::format("'{}' is missing", key));
  return object.at(key);
}

std::string Text(const Json& object, const char* key) {
  const Json& text = Member(object, key);
  if (!text.is_string()) Refuse(fmt::format("{} is no text", key));
  return text.get<std::string>();
}

int64_t WithinRange(const Json& value, const std::string& name, int64_t low,
                    int64_t high) {
  if (!value.is_number_integer()) {
    Refuse(fmt::format("{} is {}, not a whole number", name, value.dump()));
  }
  const auto number = value.get<int64_t>();
  if (number < low || number > high) {
    Refuse(fmt::format("{} is {}, not within {}..{}", name, value.dump(), low,
                       high));
  }
  return number;
}

int64_t Number(const Json& object, const char* key, int64_t low, int64_t high) {
  return WithinRange(Member(object, key), key, low, high);
}

// An array that is not empty.
const Json& Array(const Json& object, const char* key) {
  const Json& array = Member(object, key);
  if (!array.is_array() || array.empty()) {
    Refuse(fmt::format("{} is no list, or an empty one", key));
  }
  return array;
}

LayerKind ParseKind(const std::string& kind) {
  if (kind == "conv") return LayerKind::kConv;
  if (kind == "depthwise") return LayerKind::kDepthwise;
  Refuse("kind '" + kind + "' is neither conv nor depthwise");
}

Layer ParseLayer(const Json& object) {
  return {.kind = ParseKind(Text(object, "kind")),
          .channels = Number(object, "channels", 1, kMaxChannels),
          .kernel = Number(object, "kernel", 1, kMaxKernel),
          .stride = Number(object, "stride", 1, kMaxStride),
          .padding = Number(object, "padding", 0, kMaxKernel - 1)};
}

// Whether the kernel fits and a depthwise layer keeps its channels.
void CheckLayer(const SizedLayer& sized, size_t index) {
  const Layer& layer = sized.layer;
  if (layer.padding >= layer.kernel || layer.kernel > sized.padded_side()) {
    Refuse(fmt::format(
        "layer {}: a kernel of {} with padding {} does not fit a side of {}",
        index, layer.kernel, layer.padding, sized.side));
  }
  if (layer.kind == LayerKind::kDepthwise && layer.channels != sized.channels) {
    Refuse(fmt::format("layer {}: depthwise with {} channels of {}", index,
                       layer.channels, sized.channels));
  }
  if (sized.input_bytes() > kMaxBytes || sized.output_bytes() > kMaxBytes) {
    Refuse(fmt::format("layer {}: has a map above {} bytes", index,
                       WithCommas(kMaxBytes)));
  }
}

void CheckNetwork(const Network& network) {
  const std::vector<SizedLayer> layers = SizeLayers(network);
  int64_t reduction = 1;
  int64_t weights = 0;
  int64_t macs = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    CheckLayer(layers[i], i);
    reduction *= layers[i].layer.stride;
    weights += layers[i].layer.channels * layers[i].element_macs();
    macs += layers[i].macs();
    if (reduction > kMaxSide || weights > kMaxBytes || macs > kMaxMacs) {
      Refuse(fmt::format(
          "layer {}: strides multiply to more than {}, weights "
          "to more than {} bytes or MACs to more than {}",
          i, kMaxSide, WithCommas(kMaxBytes), WithCommas(kMaxMacs)));
    }
  }
}

Network ParseNetwork(const Json& object) {
  const Json& input = Array(object, "input");
  if (input.size() != 3 || input[0] != input[1]) {
    Refuse("input is " + input.dump() + ", not [side, side, channels]");
  }
  Network network{
      .side = WithinRange(input[0], "input side", 1, kMaxSide),
      .channels = WithinRange(input[2], "input channels", 1, kMaxChannels)};
  const Json& layers = Array(object, "layers");
  if (layers.size() > kMaxLayers) {
    Refuse(
        fmt::format("has {} layers, more than {}", layers.size(), kMaxLayers));
  }
  for (const Json& layer : layers) network.layers.push_back(ParseLayer(layer));
  CheckNetwork(network);
  return network;
}

// What stands between `before` and `after`, as a number.
double NumberBetween(const std::string& text, std::string_view before,
                     std::string_view after) {
  const bool is_framed = text.starts_with(before) && text.ends_with(after) &&
                         text.size() > before.size() + after.size();
  size_t read = 0;
  double number = 0;
  if (is_framed) {
    const std::string digits =
        text.substr(before.size(), text.size() - before.size() - after.size());
    try {
      number = std::stod(digits, &read);
    } catch (const std::exception&) {
      read = 0;
    }
    if (read != digits.size()) read = 0;
  }
  if (read == 0 || !(number > 0)) {
    Refuse(fmt::format("limit '{}' is not '{}NUMBER{}'", text, before, after));
  }
  return number;
}

void ParseLimit(const Json& object, PublishedRow& row) {
  const auto problem = Text(object, "problem");
  row.limit = Text(object, "limit");
  if (problem == "P1") {
    row.problem = Problem::kLeastRam;
    row.limit_value = NumberBetween(row.limit, "F ", "");
  } else if (problem == "P2") {
    row.problem = Problem::kLeastMacs;
    row.limit_value = kBytesOfK * NumberBetween(row.limit, "", " K");
  } else {
    Refuse("problem '" + problem + "' is neither P1 nor P2");
  }
}

// Blocks that follow each other from the first layer to the last.
std::vector<Block> ParseBlocks(const Json& object, size_t layers) {
  std::vector<Block> blocks;
  const auto end = static_cast<int32_t>(layers);
  int32_t next = 0;
  for (const Json& pair : Array(object, "blocks")) {
    if (!pair.is_array() || pair.size() != 2) {
      Refuse("block " + pair.dump() + " is not [first, last]");
    }
    const Block block{
        .first = static_cast<int32_t>(WithinRange(pair[0], "block", 0, end)),
        .last = static_cast<int32_t>(WithinRange(pair[1], "block", 0, end))};
    if (block.first != next || block.last < next || block.last >= end) {
      Refuse(fmt::format("block {} does not go on from layer {}", pair.dump(),
                         next));
    }
    next = block.last + 1;
    blocks.push_back(block);
  }
  if (next != end) {
    Refuse(fmt::format("blocks end at layer {} of {}", next, end));
  }
  return blocks;
}

PublishedRow ParseRow(const Json& object, size_t layers) {
  PublishedRow row;
  ParseLimit(object, row);
  row.cost.ram_bytes = Number(object, "ram_analytic", 1, INT64_MAX);
  row.cost.macs = Number(object, "macs", 1, INT64_MAX);
  row.generated_code_bytes = Number(object, "ram_generated_code", 1, INT64_MAX);
  row.blocks = ParseBlocks(object, layers);
  return row;
}

Model ParseModel(const std::string& key, const Json& object) {
  Model model{.key = key,
              .name = Text(object, "name"),
              .network = ParseNetwork(object),
              .macs = Number(object, "macs", 1, kMaxMacs)};
  for (const Json& row : Array(object, "published")) {
    model.rows.push_back(ParseRow(row, model.network.layers.size()));
  }
  return model;
}

std::vector<Model> ParseModels(const Json& facts, std::string& where) {
  const Json& listed = Member(facts, "models");
  if (!listed.is_object() || listed.empty()) {
    Refuse("models is no object, or an empty one");
  }
  const std::string file = where;
  std::vector<Model> models;
  for (const auto& [key, model] : listed.items()) {
    where = file + ": model " + key;
    models.push_back(ParseModel(key, model));
  }
  return models;
}

}  // namespace

Result<std::vector<Model>> ParseFacts(std::string_view json,
                                      const std::string& where) {
  std::string here = where;
  try {
    return ParseModels(Json::parse(json), here);
  } catch (const std::exception& error) {
    return UserError(here, error.what(), kHint);
  }
}

Result<std::vector<Model>> ReadFacts(const std::string& path) {
  MSF_ASSIGN(const std::vector<uint8_t> bytes, ReadFile(path));
  return ParseFacts({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                    path);
}

}  // namespace msf::paper
