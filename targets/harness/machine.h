// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What a startup file and harness_main.cpp need from each other, and the few
// lines of assembly that differ between architectures.
#ifndef HARNESS_MACHINE_H_
#define HARNESS_MACHINE_H_

#include <stdint.h>

extern "C" {

// Called by the startup file with memory initialised.
[[noreturn]] void harness_main(void);

// Called by the startup file's fault handler on a fresh stack: address of the
// instruction, and the architecture's cause.
[[noreturn]] void harness_fault(uint32_t pc, uint32_t cause, uint32_t address);

// From the linker script.
extern uint32_t __data_load[], __data_start[], __data_end[];
extern uint32_t __bss_start[], __bss_end[];
extern uint32_t __stack_limit[], __stack_top[];

}  // extern "C"

inline uint32_t *StackPointer() {
  uint32_t *sp;
#if defined(__riscv)
  __asm__ volatile("mv %0, sp" : "=r"(sp));
#else
  __asm__ volatile("mov %0, sp" : "=r"(sp));
#endif
  return sp;
}

// Two instructions a turn.
__attribute__((noinline)) inline void CalibrationLoop(uint32_t turns) {
#if defined(__riscv)
  __asm__ volatile("1: addi %0, %0, -1\n bnez %0, 1b" : "+r"(turns));
#else
  __asm__ volatile(".syntax unified\n1: subs %0, %0, #1\n bne 1b"
                   : "+l"(turns)
                   :
                   : "cc");
#endif
}

// Startup files call this once; word by word, before any other code.
inline void InitialiseMemory() {
  const uint32_t *from = __data_load;
  for (uint32_t *to = __data_start; to != __data_end;) *to++ = *from++;
  for (uint32_t *to = __bss_start; to != __bss_end;) *to++ = 0;
}

#endif  // HARNESS_MACHINE_H_
