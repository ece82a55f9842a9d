// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/crc32.h"

#include <zlib.h>

namespace msf {

uint32_t Crc32(const std::vector<uint8_t>& bytes, uint32_t crc) {
  return static_cast<uint32_t>(
      crc32_z(crc, bytes.data(), bytes.size()));
}

}  // namespace msf
