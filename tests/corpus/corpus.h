// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The real networks beside the clone, and what TFLite's reference kernels make
// of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exec/reference.h"
#include "ir/graph.h"

namespace msf {

// shared/ beside the clone ($MSF_SOURCE_DIR/../shared), if it is there.
std::optional<std::filesystem::path> SharedFolder();

// Says why a test of the corpus is skipped.
inline constexpr const char* kNoCorpus =
    "no corpus beside the clone: ../shared/models";

// What goldens/<model>.json holds.
struct Golden {
  struct Run {
    uint32_t input_crc32 = 0;
    uint32_t output_crc32 = 0;
  };
  std::string model;  // "mlperf_vww96_int8"
  int64_t macs = 0;
  std::vector<Run> runs;
  std::map<int32_t, uint32_t> tensors;  // of run 0: index in the file -> CRC
  std::vector<uint8_t> outputs;         // of all runs, one after the other
};

Golden ReadGolden(const std::string& model);
std::vector<std::string> ModelsWithGoldens();
std::string PathOf(const std::string& model);  // of its .tflite

uint32_t Crc32Of(const std::vector<Bytes>& buffers);  // one after the other

// Inputs of `count` runs of random:1.
std::vector<std::vector<Bytes>> RandomRuns(const Graph& graph, size_t count);

}  // namespace msf
