// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The port for a board: what board.h has. A case takes fewer cycles than the
// counter holds, so that one that wraps does no harm.
#include "board.h"
#include "bench_port.h"

namespace {

uint32_t last;
uint64_t wraps;

}  // namespace

void BenchPut(char c) {
  if (c == '\n') BoardPutchar('\r');
  BoardPutchar(c);
}

uint64_t BenchTicks() {
  const uint32_t now = BoardCycles() & kBoardCyclesMask;
  if (now < last) wraps += (uint64_t)kBoardCyclesMask + 1;
  last = now;
  return wraps + now;
}

void BenchLoop(uint32_t turns) {
#if defined(__riscv)
  __asm__ volatile("1: addi %0, %0, -1\n bnez %0, 1b" : "+r"(turns));
#else
  __asm__ volatile(".syntax unified\n1: subs %0, %0, #1\n bne 1b"
                   : "+l"(turns)
                   :
                   : "cc");
#endif
}

int main() {
  BoardInit();
  BoardStartCycles();
  BenchMain();
  for (;;) {
  }
}
