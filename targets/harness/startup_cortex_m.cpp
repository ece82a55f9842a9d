// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Vector table, reset and faults of any Cortex-M.
#include <stdint.h>

#include "machine.h"

extern "C" {

__attribute__((noreturn)) void Reset_Handler() {
#if defined(__ARM_FP)
  // Full access to the floating-point unit (CPACR) before its first use.
  *reinterpret_cast<volatile uint32_t *>(0xE000ED88) |= 0xFu << 20;
  __asm__ volatile("dsb\n isb");
#endif
  InitialiseMemory();
  harness_main();
}

__attribute__((noreturn, used)) void fault_entry(uint32_t pc) {
  uint32_t cause = 3;  // HardFault, the only one of Armv6-M
  uint32_t address = 0;
#if __ARM_ARCH >= 7
  cause = *reinterpret_cast<volatile uint32_t *>(0xE000ED28);    // CFSR
  address = *reinterpret_cast<volatile uint32_t *>(0xE000ED38);  // BFAR
#endif
  harness_fault(pc, cause, address);
}

// The interrupted pc is the seventh word of the exception frame. The handler
// goes on with a fresh stack: the fault may be the end of the old one.
__attribute__((naked)) void Fault_Handler() {
  __asm__ volatile(
      ".syntax unified\n"
      "mov r0, sp\n"
      "ldr r0, [r0, #24]\n"
      "ldr r1, =__stack_top\n"
      "mov sp, r1\n"
      "ldr r1, =fault_entry\n"
      "bx r1\n"
      ".ltorg\n");
}

// A counter that needs no interrupt leaves this one empty.
__attribute__((weak)) void SysTick_Handler() {}

struct VectorTable {
  uint32_t *stack;
  void (*handlers[15])();
};

__attribute__((section(".vectors"))) extern const VectorTable vector_table;
const VectorTable vector_table = {
    __stack_top,
    {Reset_Handler, Fault_Handler, Fault_Handler, Fault_Handler, Fault_Handler,
     Fault_Handler, nullptr, nullptr, nullptr, nullptr, Fault_Handler,
     Fault_Handler, nullptr, Fault_Handler, SysTick_Handler}};

}  // extern "C"
