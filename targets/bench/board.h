// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What is left to you: make the board print. Cycles are read here from DWT
// (Cortex-M3 and up), SysTick (Cortex-M0, M0+, M23) or mcycle (RISC-V); a core
// that has none of them needs another BoardCycles().
#ifndef BOARD_H_
#define BOARD_H_

#include <stdint.h>

// Clocks at their full speed, caches on as in your product, the serial port.
inline void BoardInit() {}

// Sends a character, and waits until there is room for the next.
inline void BoardPutchar(char c) {
#error "board.h: send c to your serial port here, and remove this line"
  (void)c;
}

#if defined(__riscv)

inline void BoardStartCycles() {}
inline uint32_t BoardCycles() {
  uint32_t cycles;
  __asm__ volatile("csrr %0, 0xb00" : "=r"(cycles));  // mcycle
  return cycles;
}
constexpr uint32_t kBoardCyclesMask = 0xFFFFFFFF;

#elif defined(__thumb2__) && !defined(BOARD_USE_SYSTICK)

inline volatile uint32_t *BoardRegister(uint32_t address) {
  return reinterpret_cast<volatile uint32_t *>(address);
}
inline void BoardStartCycles() {
  *BoardRegister(0xE000EDFC) |= 1u << 24;  // DEMCR: TRCENA
  *BoardRegister(0xE0001FB0) = 0xC5ACCE55;  // DWT_LAR, where it is locked (M7)
  *BoardRegister(0xE0001000) |= 1;          // DWT_CTRL: CYCCNTENA
}
inline uint32_t BoardCycles() { return *BoardRegister(0xE0001004); }
constexpr uint32_t kBoardCyclesMask = 0xFFFFFFFF;

#else

inline volatile uint32_t *BoardRegister(uint32_t address) {
  return reinterpret_cast<volatile uint32_t *>(address);
}
inline void BoardStartCycles() {
  *BoardRegister(0xE000E014) = 0x00FFFFFF;
  *BoardRegister(0xE000E018) = 0;
  *BoardRegister(0xE000E010) = 5;  // the core's clock, no interrupt
}
inline uint32_t BoardCycles() { return ~*BoardRegister(0xE000E018); }
constexpr uint32_t kBoardCyclesMask = 0x00FFFFFF;

#endif

#endif  // BOARD_H_
