// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace msf {

// The stream of `random:SEED` inputs: the low bytes of a xorshift32 generator
// (Marsaglia, "Xorshift RNGs", 2003; shifts 13, 17, 5).
class RandomBytes {
 public:
  // A state of 0 would stay 0; it is taken as 1.
  explicit RandomBytes(uint32_t seed) : state_(seed == 0 ? 1 : seed) {}

  uint8_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return static_cast<uint8_t>(state_);
  }

  uint32_t state() const { return state_; }

 private:
  uint32_t state_;
};

}  // namespace msf
