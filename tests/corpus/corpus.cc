// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/corpus/corpus.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "support/crc32.h"
#include "support/random_bytes.h"

namespace msf {
namespace {

namespace fs = std::filesystem;

uint32_t Hex(const nlohmann::json& text) {
  return static_cast<uint32_t>(
      std::stoul(text.get<std::string>(), nullptr, 16));
}

}  // namespace

std::optional<fs::path> SharedFolder() {
  const char* source = std::getenv("MSF_SOURCE_DIR");
  if (source == nullptr) return std::nullopt;
  const fs::path shared = fs::path(source) / ".." / "shared";
  if (!fs::is_directory(shared / "models")) return std::nullopt;
  return shared;
}

Golden ReadGolden(const std::string& model) {
  const fs::path folder = *SharedFolder() / "goldens";
  std::ifstream file(folder / (model + ".json"));
  const auto json = nlohmann::json::parse(file);
  Golden golden;
  golden.model = model;
  golden.macs = json.value("macs", int64_t{0});
  for (const auto& run : json.at("runs")) {
    golden.runs.push_back(
        {Hex(run.at("input_crc32")), Hex(run.at("output_crc32"))});
  }
  for (const auto& node : json.at("nodes_of_run_0")) {
    golden.tensors[node.at("tensor").get<int32_t>()] = Hex(node.at("crc32"));
  }
  std::ifstream bytes(folder / (model + ".out.bin"), std::ios::binary);
  golden.outputs.assign(std::istreambuf_iterator<char>(bytes), {});
  return golden;
}

std::vector<std::string> ModelsWithGoldens() {
  std::vector<std::string> models;
  for (const auto& entry :
       fs::directory_iterator(*SharedFolder() / "goldens")) {
    if (entry.path().extension() != ".json") continue;
    const std::string model = entry.path().stem().string();
    if (fs::exists(PathOf(model))) models.push_back(model);
  }
  std::sort(models.begin(), models.end());
  return models;
}

std::string PathOf(const std::string& model) {
  return (*SharedFolder() / "models" / (model + ".tflite")).string();
}

uint32_t Crc32Of(const std::vector<Bytes>& buffers) {
  uint32_t crc = 0;
  for (const Bytes& bytes : buffers) crc = Crc32(bytes, crc);
  return crc;
}

std::vector<std::vector<Bytes>> RandomRuns(const Graph& graph, size_t count) {
  RandomBytes stream(1);
  std::vector<std::vector<Bytes>> runs;
  for (size_t run = 0; run < count; ++run) {
    runs.push_back(RandomInputs(graph, stream));
  }
  return runs;
}

}  // namespace msf
