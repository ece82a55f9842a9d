// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Entry and traps of any RV32 core in machine mode.
#include <stdint.h>

#include "machine.h"

extern "C" {

// Debian's GCC picks a 64-bit libgcc for any -march with _zicsr; so the
// extension is switched on around the instructions only.
__attribute__((naked, section(".init"), used)) void _start() {
  __asm__ volatile(
      ".option push\n .option norelax\n"
      "la gp, __global_pointer$\n"
      ".option pop\n"
      "la sp, __stack_top\n"
      "la t0, trap_handler\n"
      ".option push\n .option arch, +zicsr\n"
      "csrw mtvec, t0\n"
      ".option pop\n"
      "j start_c\n");
}

__attribute__((noreturn, used)) void start_c() {
  InitialiseMemory();
  harness_main();
}

// Goes on with a fresh stack: the fault may be the end of the old one.
__attribute__((naked, aligned(4), used)) void trap_handler() {
  __asm__ volatile(
      "la sp, __stack_top\n"
      ".option push\n .option arch, +zicsr\n"
      "csrr a0, mepc\n"
      "csrr a1, mcause\n"
      "csrr a2, mtval\n"
      ".option pop\n"
      "j harness_fault\n");
}

}  // extern "C"
