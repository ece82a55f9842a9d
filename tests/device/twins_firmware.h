// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// For programs that compare the twins of kernels with the portable ones, see
// kernel_firmware.h. A program defines CompareTwins().
#ifndef TWINS_FIRMWARE_H_
#define TWINS_FIRMWARE_H_

#include <stddef.h>
#include <stdint.h>

#include "harness/machine.h"
#include "harness/print.h"
#include "msf_kernels.h"

// Calls both kernels on cases drawn at random.
void CompareTwins();

// Small numbers from a fixed seed.
class Draw {
 public:
  explicit Draw(uint32_t seed) : state_(seed * 2654435761u + 1) {}

  uint32_t Word() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }
  int32_t Int(int32_t low, int32_t high) {
    const uint32_t span =
        static_cast<uint32_t>(high) - static_cast<uint32_t>(low) + 1;
    const uint32_t word = Word();
    return static_cast<int32_t>(static_cast<uint32_t>(low) +
                                (span == 0 ? word : word % span));
  }
  bool OneIn(int32_t n) { return Int(1, n) == 1; }

  // Random, or now and then all at the ends of the range.
  void Int8s(int8_t *values, int32_t count) {
    const bool extreme = OneIn(8);
    for (int32_t i = 0; i < count; ++i) {
      const int32_t end = OneIn(2) ? -128 : 127;
      values[i] = static_cast<int8_t>(extreme ? end : Int(-128, 127));
    }
  }

  // Multipliers and shifts of `count` channels as layers have them.
  // `is_simple`: with shifts that msf_simple_requantize() takes.
  void Scales(bool is_simple, int32_t count, int32_t *multipliers,
              int8_t *shifts) {
    for (int32_t i = 0; i < count; ++i) {
      multipliers[i] = Int(1 << 30, INT32_MAX);
      if (OneIn(8)) multipliers[i] = -multipliers[i];
      if (OneIn(16)) multipliers[i] = 0;
      shifts[i] = static_cast<int8_t>(is_simple ? Int(-22, -1) : Int(-31, 2));
      if (OneIn(2)) shifts[i] = static_cast<int8_t>(Int(-12, -6));
    }
  }

 private:
  uint32_t state_;
};

// Ends the program, with the numbers of the case, if bytes differ.
inline void ExpectEqual(const uint8_t *a, const uint8_t *b, size_t bytes,
                        const char *kernel, uint32_t seed) {
  for (size_t i = 0; i < bytes; ++i) {
    if (a[i] == b[i]) continue;
    Line(kernel).Number(seed).Number(i).Number(a[i]).Number(b[i]).End();
    SemihostingExit(1);
  }
}

extern "C" void harness_main() {
  CompareTwins();
  SemihostingExit(0);
}

extern "C" void harness_fault(uint32_t pc, uint32_t cause, uint32_t address) {
  Line("fault").Number(pc).Number(cause).Number(address).End();
  SemihostingExit(1);
}

#endif  // TWINS_FIRMWARE_H_
