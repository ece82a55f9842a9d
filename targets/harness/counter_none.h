// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// For boards, whose images are linked to see their sizes, and never run.
#ifndef HARNESS_COUNTER_H_
#define HARNESS_COUNTER_H_

#include <stdint.h>

inline void CounterStart() {}
inline void CounterStop() {}
inline uint64_t CounterNow() { return 0; }

#endif  // HARNESS_COUNTER_H_
