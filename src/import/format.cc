// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/format.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace msf {
namespace {

using std::string_view_literals::operator""sv;

struct Signature {
  std::string_view start;
  const char* what;
  const char* hint;
};

constexpr Signature kForeign[] = {
    {"version https://git-lfs"sv, "is a git-lfs pointer, not the model",
     "run git lfs pull"},
    {"\x89HDF\r\n\x1a\n"sv, "is an HDF5 file (Keras), not a .tflite",
     "convert it with the TFLite converter, fully quantised to int8"},
    {"PK\x03\x04"sv, "is a zip archive, not a .tflite",
     "unpack it, or convert the model in it to .tflite"},
    {"\x1f\x8b"sv, "is a gzip archive, not a .tflite", "unpack it"},
    {"\x7f"
     "ELF"sv,
     "is an ELF program or object, not a .tflite", "name the model file"},
    {"\x93NUMPY"sv, "is a NumPy array, not a .tflite", "name the model file"},
};

// An ONNX file is a protobuf message that starts with its IR version, a small
// number (tag 0x08), and goes on with any of the other fields of ModelProto:
// 2 producer_name ... 7 graph, 8 opset_import, 14 metadata_props.
bool LooksLikeOnnx(std::string_view bytes) {
  constexpr std::string_view kTags = "\x12\x1a\x22\x28\x32\x3a\x42\x72"sv;
  return bytes.size() > 3 && bytes[0] == '\x08' && bytes[1] > 0 &&
         bytes[1] < 32 && kTags.find(bytes[2]) != std::string_view::npos;
}

bool LooksLikeText(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isprint(byte) || std::isspace(byte);
  });
}

bool LooksLikeHtml(std::string_view bytes) {
  std::string start(bytes.substr(0, 64));
  std::transform(start.begin(), start.end(), start.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return start.find("<!doctype html") != std::string::npos ||
         start.find("<html") != std::string::npos;
}

// The identifier as one can print it: 'TFL2', or hexadecimal.
std::string Quoted(std::string_view identifier) {
  const bool printable =
      std::all_of(identifier.begin(), identifier.end(),
                  [](unsigned char c) { return c > ' ' && c < 0x7f; });
  if (printable) return "'" + std::string(identifier) + "'";
  std::string text;
  for (const char c : identifier) {
    static constexpr char kDigits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (!text.empty()) text += ' ';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

Result<ModelFormat> RecogniseFormat(const std::string& source,
                                    const std::vector<uint8_t>& bytes) {
  if (bytes.empty()) return UserError(source, "is empty", "check the file");
  // Enough to tell, and cheap for a large file.
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                               std::min<size_t>(bytes.size(), 4096));
  if (start.substr(0, 8).substr(std::min<size_t>(start.size(), 4)) == "TFL3") {
    return ModelFormat::kTflite;
  }
  for (const Signature& foreign : kForeign) {
    if (start.starts_with(foreign.start)) {
      return UserError(source, foreign.what, foreign.hint);
    }
  }
  if (LooksLikeOnnx(start)) return ModelFormat::kOnnx;
  if (LooksLikeHtml(start)) {
    return UserError(source, "is a web page, not the model",
                     "download the file itself (the \"raw\" link)");
  }
  if (LooksLikeText(start)) {
    return UserError(source, "is text, not a .tflite", "name the model file");
  }
  if (bytes.size() < 8) {
    return UserError(source,
                     "is too short for a .tflite (" +
                         std::to_string(bytes.size()) + " bytes)",
                     "check the file");
  }
  return UserError(source,
                   "is no model that msfc knows: a .tflite has the identifier "
                   "'TFL3' in bytes 4 to 7, this file has " +
                       Quoted(start.substr(4, 4)),
                   "check the file; export it again");
}

}  // namespace msf
