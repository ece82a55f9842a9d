// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The facts file: layer lists and published results of the msf-CNN paper. Its
// form is in docs/paper.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/paper/cost_model.h"
#include "support/result.h"

namespace msf::paper {

enum class Problem {
  kLeastRam,   // P1: the limit is an overhead factor, "F 1.3", "F Inf"
  kLeastMacs,  // P2: the limit is RAM, "64 K"; K = 1000 bytes
};

// A plan as published.
struct PublishedRow {
  Problem problem = Problem::kLeastRam;
  std::string limit;       // as the file writes it
  double limit_value = 0;  // overhead factor, or bytes
  Cost cost;
  int64_t generated_code_bytes = 0;  // RAM of the code made from the plan
  std::vector<Block> blocks;
};

struct Model {
  std::string key;   // "mbv2"
  std::string name;  // "MBV2-w0.35"
  Network network;
  int64_t macs = 0;  // of the plain network
  std::vector<PublishedRow> rows;
};

// Errors name the file, the model and what is wrong with it.
Result<std::vector<Model>> ReadFacts(const std::string& path);
Result<std::vector<Model>> ParseFacts(std::string_view json,
                                      const std::string& where);

}  // namespace msf::paper
