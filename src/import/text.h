// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace msf {

// A name from a file, safe for terminals and JSON: what is not UTF-8 and
// control characters become '?', what is longer is cut and ends in "...".
// The cut also keeps memory in proportion to a file whose tensors share one
// long name.
std::string CleanText(std::string_view text, size_t max_bytes = 1024);

}  // namespace msf
