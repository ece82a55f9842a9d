// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "msf/diagnostic.h"

namespace msf {

template <typename T>
using Result = tl::expected<T, Diagnostic>;

// A user error: `where` names file, node or option; `hint` the remedy.
inline tl::unexpected<Diagnostic> UserError(std::string where,
                                            std::string what,
                                            std::string hint = {}) {
  return tl::unexpected(Diagnostic{.kind = ErrorKind::kUser,
                                   .where = std::move(where),
                                   .what = std::move(what),
                                   .hint = std::move(hint)});
}

// A bug of ours that was noticed in time to say so.
inline tl::unexpected<Diagnostic> InternalError(std::string where,
                                                std::string what) {
  return tl::unexpected(Diagnostic{
      .kind = ErrorKind::kInternal,
      .where = std::move(where),
      .what = std::move(what),
      .hint = "this is a bug in msfc; please report it with the model"});
}

// Evaluates a Result; returns its error from the enclosing function, or binds
// its value to `lhs`.
#define MSF_CONCAT_INNER(a, b) a##b
#define MSF_CONCAT(a, b) MSF_CONCAT_INNER(a, b)
#define MSF_ASSIGN(lhs, expr) \
  MSF_ASSIGN_IMPL(MSF_CONCAT(msf_result_, __LINE__), lhs, expr)
#define MSF_ASSIGN_IMPL(tmp, lhs, expr)                      \
  auto tmp = (expr);                                         \
  if (!tmp) return tl::unexpected(std::move(tmp.error()));   \
  lhs = std::move(*tmp)

#define MSF_RETURN_IF_ERROR(expr)                              \
  do {                                                         \
    auto msf_status = (expr);                                  \
    if (!msf_status)                                           \
      return tl::unexpected(std::move(msf_status.error()));    \
  } while (false)

}  // namespace msf
