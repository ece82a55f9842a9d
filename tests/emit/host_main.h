// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "plan/plan.h"

namespace msf {

// A program that puts an emitted model called `net` through its face on the
// host: self-test, refusals of init, several inferences and instances, and
// the mode's own ways in. Exit 0 if all is well; else it names the line.
std::string HostMain(InputMode mode);

}  // namespace msf
