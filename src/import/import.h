// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// From a path to a Graph. The format is told by the file's content, never by
// its name.
#pragma once

#include <string>

#include "import/model_file.h"

namespace msf {

// For reports: unsupported nodes are listed, not refused. Errors: the file
// cannot be read, is no model, or is damaged.
Result<ModelFile> ReadModel(const std::string& path);

// For everything that runs the network: ReadModel, and every node supported.
Result<Graph> ImportModel(const std::string& path);

}  // namespace msf
