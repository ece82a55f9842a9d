// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Names of models: what is emitted must compile next to the C and C++
// libraries and the runtime.
#include <algorithm>
#include <cctype>

#include "emit/model_files.h"
#include "emit/reserved_names.h"

namespace msf {
namespace {

constexpr size_t kMaxMadeName = 64;  // characters of a name that we make

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
  name = name.substr(0, kMaxMadeName);
  if (!IsReserved(name)) return name;
  // Nothing at the end of msf_x helps.
  return IsReserved(name + "_net") ? "my_" + name : name + "_net";
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
  if (IsReserved(name)) {
    return UserError(
        "--name", "'" + name + "' is a name of C, C++, their libraries or the runtime", remedy);
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
