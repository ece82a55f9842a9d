// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "support/result.h"

namespace msf {

// Somebody wished for the end of `work` ("the run") on `where`.
inline tl::unexpected<Diagnostic> Cancelled(std::string where,
                                            const std::string& work) {
  return tl::unexpected(
      Diagnostic{.kind = ErrorKind::kCancelled,
                 .where = std::move(where),
                 .what = work + " was cancelled; nothing was written"});
}

}  // namespace msf
