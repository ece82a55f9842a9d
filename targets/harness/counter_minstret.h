// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Retired instructions on RISC-V: the 64-bit CSR minstret.
#ifndef HARNESS_COUNTER_H_
#define HARNESS_COUNTER_H_

#include <stdint.h>

// Debian's GCC picks a 64-bit libgcc for any -march with _zicsr; so the
// extension is switched on around the instruction only.
#define HARNESS_READ_CSR(name, value)         \
  __asm__ volatile(                           \
      ".option push\n .option arch, +zicsr\n" \
      "csrr %0, " name "\n .option pop"       \
      : "=r"(value))

inline void CounterStart() {}
inline void CounterStop() {}

__attribute__((noinline)) inline uint64_t CounterNow() {
  uint32_t high, low, again;
  do {
    HARNESS_READ_CSR("minstreth", high);
    HARNESS_READ_CSR("minstret", low);
    HARNESS_READ_CSR("minstreth", again);
  } while (high != again);
  return (static_cast<uint64_t>(high) << 32) | low;
}

#endif  // HARNESS_COUNTER_H_
