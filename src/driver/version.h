// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace msf {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace msf
