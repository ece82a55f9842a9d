// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/result.h"

namespace msf {

enum class ModelFormat { kTflite, kOnnx };

// By the first bytes. What is no model is refused with a guess at what it is
// instead: people pass git-lfs pointers, web pages and archives.
Result<ModelFormat> RecogniseFormat(const std::string& source,
                                    const std::vector<uint8_t>& bytes);

}  // namespace msf
