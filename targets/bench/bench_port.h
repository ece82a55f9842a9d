// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What bench_main.cpp needs of a machine.
#ifndef BENCH_PORT_H_
#define BENCH_PORT_H_

#include <stdint.h>

void BenchMain();           // in bench_main.cpp
void BenchPut(char c);      // prints
uint64_t BenchTicks();      // of a counter that runs
void BenchLoop(uint32_t turns);  // two instructions a turn

#endif  // BENCH_PORT_H_
