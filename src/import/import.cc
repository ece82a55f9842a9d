// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/import.h"

#include "import/format.h"
#include "import/tflite.h"
#include "support/file.h"

namespace msf {

Result<ModelFile> ReadModel(const std::string& path) {
  MSF_ASSIGN(const std::vector<uint8_t> bytes, ReadFile(path));
  MSF_ASSIGN(const ModelFormat format, RecogniseFormat(path, bytes));
  switch (format) {
    case ModelFormat::kTflite:
      return ReadTflite(path, bytes);
    case ModelFormat::kOnnx:
      return UserError(path, "is an ONNX model, which is not yet supported",
                       "convert it to an int8 .tflite");
  }
  return InternalError(path, "format without an importer");
}

Result<Graph> ImportModel(const std::string& path) {
  MSF_ASSIGN(ModelFile file, ReadModel(path));
  return RequireSupported(std::move(file));
}

}  // namespace msf
