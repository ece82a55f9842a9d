// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Names of models: what is emitted must compile next to the C and C++
// libraries and the runtime.
#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "emit/model_files.h"

namespace msf {
namespace {

constexpr size_t kMaxMadeName = 64;  // characters of a name that we make

// Keywords of C and C++, and alternative spellings.
const std::set<std::string_view> kKeywords = {"alignas",
                                              "alignof",
                                              "and",
                                              "and_eq",
                                              "asm",
                                              "auto",
                                              "bitand",
                                              "bitor",
                                              "bool",
                                              "break",
                                              "case",
                                              "catch",
                                              "char",
                                              "char8_t",
                                              "char16_t",
                                              "char32_t",
                                              "class",
                                              "co_await",
                                              "co_return",
                                              "co_yield",
                                              "compl",
                                              "concept",
                                              "const",
                                              "const_cast",
                                              "consteval",
                                              "constexpr",
                                              "constinit",
                                              "continue",
                                              "decltype",
                                              "default",
                                              "delete",
                                              "do",
                                              "double",
                                              "dynamic_cast",
                                              "else",
                                              "enum",
                                              "explicit",
                                              "export",
                                              "extern",
                                              "false",
                                              "float",
                                              "for",
                                              "friend",
                                              "goto",
                                              "if",
                                              "inline",
                                              "int",
                                              "long",
                                              "mutable",
                                              "namespace",
                                              "new",
                                              "noexcept",
                                              "not",
                                              "not_eq",
                                              "nullptr",
                                              "operator",
                                              "or",
                                              "or_eq",
                                              "private",
                                              "protected",
                                              "public",
                                              "register",
                                              "reinterpret_cast",
                                              "requires",
                                              "restrict",
                                              "return",
                                              "short",
                                              "signed",
                                              "sizeof",
                                              "static",
                                              "static_assert",
                                              "static_cast",
                                              "struct",
                                              "switch",
                                              "template",
                                              "this",
                                              "thread_local",
                                              "throw",
                                              "true",
                                              "try",
                                              "typedef",
                                              "typeid",
                                              "typename",
                                              "typeof",
                                              "union",
                                              "unsigned",
                                              "using",
                                              "virtual",
                                              "void",
                                              "volatile",
                                              "wchar_t",
                                              "while",
                                              "xor",
                                              "xor_eq"};

// <name>.h would stand before the library's.
const std::set<std::string_view> kHeaders = {
    "assert",   "complex",  "ctype",  "errno",       "fenv",    "float",
    "inttypes", "iso646",   "limits", "locale",      "math",    "setjmp",
    "signal",   "stdalign", "stdarg", "stdatomic",   "stdbool", "stddef",
    "stdint",   "stdio",    "stdlib", "stdnoreturn", "string",  "strings",
    "tgmath",   "threads",  "time",   "uchar",       "unistd",  "wchar",
    "wctype"};

// Names that the libraries or every program have, and those of emitted files.
const std::set<std::string_view> kOthers = {
    "int8_t",   "int16_t",  "int32_t",   "int64_t",     "uint8_t",  "uint16_t",
    "uint32_t", "uint64_t", "intptr_t",  "uintptr_t",   "intmax_t", "uintmax_t",
    "size_t",   "ssize_t",  "ptrdiff_t", "max_align_t", "NULL",     "std",
    "main",     "setup",    "loop",      "memcpy",      "memset",   "memmove",
    "memcmp",   "Differs",  "Fill",      "Input",       "Pull",     "kTensors",
    "kBlocks",  "kNetwork"};

std::string Lower(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

bool IsTaken(const std::string& name) {
  const std::string lower = Lower(name);  // some file systems ignore case
  return kKeywords.contains(name) || kHeaders.contains(lower) ||
         kOthers.contains(name) || lower == "msf" ||
         lower.starts_with("msf_") || name.starts_with("kInput") ||
         name.starts_with("kOutput") || name.starts_with("kExternal");
}

bool IsWord(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

}  // namespace

std::string CIdentifier(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    const bool is_word = u < 0x80 && std::isalnum(u) != 0;
    if (!is_word && (name.empty() || name.back() == '_')) continue;
    name += is_word ? static_cast<char>(std::tolower(u)) : '_';
  }
  while (name.ends_with('_')) name.pop_back();
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0) {
    name = "m" + name;
  }
  if (IsTaken(name)) name = "my_" + name;
  return name.substr(0, kMaxMadeName);
}

Result<void> CheckName(const std::string& name) {
  const std::string remedy = "for example --name " + CIdentifier(name);
  const bool is_identifier =
      !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) != 0 &&
      std::all_of(name.begin(), name.end(), IsWord);
  if (!is_identifier) {
    return UserError(
        "--name",
        "'" + name + "' is not a C identifier that begins with a letter",
        remedy);
  }
  if (name.find("__") != std::string::npos) {
    return UserError("--name",
                     "'" + name +
                         "' has two underscores in a row, which C++ "
                         "keeps for itself",
                     remedy);
  }
  if (IsTaken(name)) {
    return UserError(
        "--name", "'" + name + "' is a name of C, C++ or the runtime", remedy);
  }
  return {};
}

std::string CommentText(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    const bool is_plain = c >= 0x20 && c < 0x7f;
    const char last = safe.empty() ? ' ' : safe.back();
    if ((last == '*' && c == '/') || (last == '/' && c == '*')) safe += ' ';
    safe += is_plain ? c : '_';
  }
  return safe;
}

}  // namespace msf
