// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace msf {

// Whether an identifier cannot name a network: it is a word of C, C++, their
// libraries or POSIX, which the user's program may include, its <name>.h would
// stand before a header of theirs, or the runtime and emitted files use it.
bool IsReserved(std::string_view name);

}  // namespace msf
