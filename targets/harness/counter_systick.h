// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Elapsed time on any Cortex-M: SysTick at the core's clock, made 64 bits wide
// by an interrupt at each wrap (five instructions in 2^24 ticks).
#ifndef HARNESS_COUNTER_H_
#define HARNESS_COUNTER_H_

#include <stdint.h>

#define HARNESS_REGISTER(address) \
  (*reinterpret_cast<volatile uint32_t *>(address))

constexpr uint32_t kSysTickControl = 0xE000E010;
constexpr uint32_t kSysTickReload = 0xE000E014;
constexpr uint32_t kSysTickValue = 0xE000E018;
constexpr uint32_t kInterruptControl = 0xE000ED04;
constexpr uint32_t kSysTickPending = 1u << 26;
constexpr uint32_t kSysTickClearPending = 1u << 25;
constexpr uint32_t kSysTickMask = 0x00FFFFFF;

static volatile uint32_t counter_wraps;

extern "C" void SysTick_Handler() { counter_wraps = counter_wraps + 1; }

inline void CounterStart() {
  HARNESS_REGISTER(kSysTickReload) = kSysTickMask;
  HARNESS_REGISTER(kSysTickValue) = 0;
  HARNESS_REGISTER(kSysTickControl) = 7;  // core clock, interrupt, on
}

// No interrupt may push a frame where stack use is being measured.
inline void CounterStop() {
  HARNESS_REGISTER(kSysTickControl) = 0;
  HARNESS_REGISTER(kInterruptControl) = kSysTickClearPending;
}

__attribute__((noinline)) inline uint64_t CounterNow() {
  for (;;) {
    const uint32_t wraps = counter_wraps;
    const uint32_t value = HARNESS_REGISTER(kSysTickValue);
    const bool pending =
        (HARNESS_REGISTER(kInterruptControl) & kSysTickPending) != 0;
    // At 0 the wrap may or may not have been noticed yet: look again.
    if (value == 0 || pending || counter_wraps != wraps) continue;
    return (static_cast<uint64_t>(wraps) << 24) | ((0u - value) & kSysTickMask);
  }
}

#endif  // HARNESS_COUNTER_H_
