// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/npy.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace msf {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kMaxDimensions = 32;  // NumPy's own limit

// The dictionary of a header, a Python literal:
//   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
struct Header {
  std::string descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<int64_t>> shape;
};

class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  std::optional<Header> Parse() {
    Header header;
    if (!Take('{')) return std::nullopt;
    while (!Take('}')) {
      const std::optional<std::string> key = String();
      if (!key || !Take(':') || !Value(*key, header)) return std::nullopt;
      if (Take(',')) continue;
      if (!Take('}')) return std::nullopt;
      break;
    }
    if (header.descr.empty() || !header.fortran_order || !header.shape) {
      return std::nullopt;
    }
    return header;
  }

 private:
  void SkipSpace() {
    const size_t at = text_.find_first_not_of(" \t\r\n");
    text_.remove_prefix(std::min(at, text_.size()));
  }

  bool Take(char c) {
    SkipSpace();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool TakeWord(std::string_view word) {
    SkipSpace();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  std::optional<std::string> String() {
    SkipSpace();
    if (text_.empty()) return std::nullopt;
    const char quote = text_.front();
    if (quote != '\'' && quote != '"') return std::nullopt;
    const size_t end = text_.find(quote, 1);
    if (end == std::string_view::npos) return std::nullopt;
    std::string value(text_.substr(1, end - 1));
    text_.remove_prefix(end + 1);
    return value;
  }

  bool Value(const std::string& key, Header& header) {
    if (key == "descr") {
      SkipSpace();
      if (text_.starts_with('[')) return Structured(header);
      header.descr = String().value_or("");
      return !header.descr.empty();
    }
    if (key == "fortran_order") {
      header.fortran_order = TakeWord("True");
      return *header.fortran_order || TakeWord("False");
    }
    return key == "shape" && Tuple(header);
  }

  // A list of fields: skipped, and later refused by its first character.
  bool Structured(Header& header) {
    header.descr = "[]";
    int depth = 0;
    for (size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '[') ++depth;
      if (text_[i] == ']' && --depth == 0) {
        text_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }

  bool Tuple(Header& header) {
    std::vector<int64_t> shape;
    if (!Take('(')) return false;
    while (!Take(')')) {
      SkipSpace();
      int64_t size = 0;
      const char* end = text_.data() + text_.size();
      const auto [rest, error] = std::from_chars(text_.data(), end, size);
      if (error != std::errc() || size < 0) return false;
      text_.remove_prefix(static_cast<size_t>(rest - text_.data()));
      TakeWord("L");  // Python 2 wrote long integers so
      shape.push_back(size);
      if (shape.size() > kMaxDimensions) return false;
      if (Take(',')) continue;
      if (!Take(')')) return false;
      break;
    }
    header.shape = std::move(shape);
    return true;
  }

  std::string_view text_;
};

size_t SizeOf(NpyType type) {
  switch (type) {
    case NpyType::kInt8:
    case NpyType::kUInt8:
      return 1;
    case NpyType::kFloat32:
      return 4;
    case NpyType::kFloat64:
      return 8;
  }
  return 1;
}

Result<NpyType> TypeOf(const std::string& where, const std::string& descr) {
  const std::string kind = descr.substr(1);
  if (kind == "i1") return NpyType::kInt8;
  if (kind == "u1") return NpyType::kUInt8;
  if (descr == "<f4") return NpyType::kFloat32;
  if (descr == "<f8") return NpyType::kFloat64;
  if (descr == ">f4" || descr == ">f8") {
    return UserError(where, "is big endian ('" + descr + "')",
                     "save it as array.astype('<f4')");
  }
  return UserError(
      where,
      descr[0] == '[' ? std::string("is an array of records")
                      : "has elements of type '" + descr + "'",
      "give int8 (quantised), uint8 (pixels), float32 or float64 (real "
      "values)");
}

// The header's text; the data begin right behind it.
Result<std::string_view> HeaderText(const std::string& where,
                                    std::span<const uint8_t> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()),
                              file.size());
  if (!text.starts_with(kMagic)) {
    return UserError(where, "is not a .npy file", "write it with numpy.save");
  }
  const auto damaged = [&] {
    return UserError(where, "ends within its .npy header",
                     "the file is damaged; save it again");
  };
  if (file.size() < 10) return damaged();
  if (file[6] < 1 || file[6] > 3) {
    return UserError(
        where,
        "has .npy format " + std::to_string(file[6]) + ", known are 1 to 3",
        "save it again with numpy.save");
  }
  const size_t length_bytes = file[6] == 1 ? 2 : 4;
  const size_t begin = 8 + length_bytes;
  if (file.size() < begin) return damaged();
  size_t length = 0;
  for (size_t i = length_bytes; i-- > 0;) length = length << 8 | file[8 + i];
  if (file.size() - begin < length) return damaged();
  return text.substr(begin, length);
}

}  // namespace

Result<NpyArray> ParseNpy(const std::string& where,
                          std::span<const uint8_t> file) {
  MSF_ASSIGN(const std::string_view text, HeaderText(where, file));
  const std::optional<Header> header = HeaderParser(text).Parse();
  if (!header) {
    return UserError(where, "has a .npy header that cannot be read",
                     "the file is damaged; save it again");
  }
  if (*header->fortran_order) {
    return UserError(where, "is in Fortran order",
                     "save it as numpy.ascontiguousarray(array)");
  }
  NpyArray array;
  MSF_ASSIGN(array.type, TypeOf(where, header->descr));
  array.shape = *header->shape;
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* begin = data + text.size();
  const auto have = static_cast<size_t>(file.data() + file.size() - begin);
  const bool is_empty =
      std::count(array.shape.begin(), array.shape.end(), 0) > 0;
  size_t want = is_empty ? 0 : SizeOf(array.type);
  bool fits = true;
  for (const int64_t size : array.shape) {
    fits = fits && want <= have;  // so that the product cannot overflow
    if (!fits || is_empty) break;
    fits = static_cast<uint64_t>(size) <= have / want;
    if (fits) want *= static_cast<size_t>(size);
  }
  if (!fits || want != have) {
    return UserError(where,
                     "has " + std::to_string(have) +
                         " bytes of data, which are not those of its shape",
                     "the file is damaged; save it again");
  }
  array.data.assign(begin, begin + have);
  return array;
}

}  // namespace msf
