// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The port for emulated machines: semihosting, lines at a time.
#include "bench_port.h"
#include "harness/counter.h"
#include "harness/machine.h"
#include "harness/semihosting.h"

namespace {

char line[128];
uint32_t length;

}  // namespace

void BenchPut(char c) {
  if (length < sizeof line - 1) line[length++] = c;
  if (c != '\n') return;
  line[length] = 0;
  SemihostingWrite(line);
  length = 0;
}

uint64_t BenchTicks() { return CounterNow(); }

void BenchLoop(uint32_t turns) { CalibrationLoop(turns); }

extern "C" void harness_main() {
  CounterStart();
  BenchMain();
  CounterStop();
  SemihostingExit(0);
}

extern "C" void harness_fault(uint32_t, uint32_t, uint32_t) {
  SemihostingWrite("msf fault\n");
  SemihostingExit(1);
}
