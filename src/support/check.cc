// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/check.h"

#include <cstdio>
#include <cstdlib>

namespace msf {

void CheckFailed(const char* file, int line, const char* what) {
  std::fprintf(stderr, "msfc: internal error: %s:%d: %s\n", file, line, what);
  std::fflush(nullptr);
  std::_Exit(3);
}

}  // namespace msf
