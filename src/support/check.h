// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace msf {

// Reports a broken invariant of msfc itself and ends the process (exit 3).
[[noreturn]] void CheckFailed(const char* file, int line, const char* what);

}  // namespace msf

// For invariants of ours only; what a user's file can cause is a Diagnostic.
#define MSF_CHECK(condition) \
  ((condition) ? (void)0 : ::msf::CheckFailed(__FILE__, __LINE__, #condition))
