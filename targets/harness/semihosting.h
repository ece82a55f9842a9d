// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// How the harness talks to the emulator: Arm semihosting, which RISC-V shares
// but for the instruction that traps.
#ifndef HARNESS_SEMIHOSTING_H_
#define HARNESS_SEMIHOSTING_H_

#include <stdint.h>

enum {
  kSemihostingWrite0 = 0x04,       // a string that ends in 0
  kSemihostingExitExtended = 0x20  // {reason, status}
};
constexpr uint32_t kSemihostingExitReason = 0x20026;  // the program ended

#if defined(__riscv)
// A fixed pattern: three uncompressed instructions in one page; hence a
// function of its own, which takes its arguments where semihosting wants them.
__attribute__((naked, noinline, aligned(16))) inline uint32_t Semihosting(
    uint32_t /*operation*/, const void * /*argument*/) {
  __asm__ volatile(
      ".option push\n .option norvc\n"
      "slli x0, x0, 0x1f\n ebreak\n srai x0, x0, 7\n"
      ".option pop\n ret\n");
}
#else
inline uint32_t Semihosting(uint32_t operation, const void *argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
#endif

inline void SemihostingWrite(const char *text) {
  Semihosting(kSemihostingWrite0, text);
}

[[noreturn]] inline void SemihostingExit(uint32_t status) {
  const uint32_t block[2] = {kSemihostingExitReason, status};
  for (;;) Semihosting(kSemihostingExitExtended, block);
}

#endif  // HARNESS_SEMIHOSTING_H_
