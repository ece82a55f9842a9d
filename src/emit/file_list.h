// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The list of a network's files, which ends its <name>.cpp: whoever writes the
// network again knows by it what is no longer needed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emit/emitter.h"

namespace msf {

// As a comment.
std::string FileList(const std::vector<EmittedFile>& files);

// The paths in a source that ends with such a comment.
std::optional<std::vector<std::string>> ListedFiles(std::string_view source);

}  // namespace msf
