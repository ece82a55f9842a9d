// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace msf {

// zlib's CRC-32 of the bytes; `crc` continues an earlier call.
uint32_t Crc32(const std::vector<uint8_t>& bytes, uint32_t crc = 0);

}  // namespace msf
