// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The .tflite importer. Every number in the file is checked before it is
// used: whatever the bytes are, the answer is a Result.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "import/model_file.h"

namespace msf {

// `source_name` is the file's name for diagnostics, as the user gave it.
// Reads subgraph 0; others can only be reached by operators that msfc does
// not know.
Result<ModelFile> ReadTflite(const std::string& source_name,
                             const std::vector<uint8_t>& bytes);

// ReadTflite, and every node supported.
Result<Graph> ImportTflite(const std::string& source_name,
                           const std::vector<uint8_t>& bytes);

}  // namespace msf
