// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Measures each case and prints a line for it:
//
//   msf table <hash> <cases>          which tables these are
//   msf body <words> <pairs> <dots> <helium>   MSF_PAIR_WORDS; whether there
//                are MSF_PAIR_CODES, MSF_DOT_CODES, MSF_ISA_HELIUM
//   msf calibration <instructions> <ticks> <nothing>
//   msf bench <case> <ticks>
//   msf end
//
// in hexadecimal. What it needs of a machine is in bench_port.h.
#include "bench_port.h"

#include "bench.h"
#include "kernels/msf_pair_s8.h"

extern "C" __attribute__((noinline)) void bench_nothing(const msf_call *) {
  __asm__ volatile("");
}

namespace {

constexpr uint32_t kTurns = 1u << 16;

void Print(const char *text) {
  while (*text != 0) BenchPut(*text++);
}

void PrintNumber(uint64_t value) {
  BenchPut(' ');
  int shift = 60;
  while (shift > 0 && ((value >> shift) & 15) == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) {
    BenchPut("0123456789abcdef"[(value >> shift) & 15]);
  }
}

// Codes, or float32 in (-1, 1).
void FillRam(bool floats) {
  uint32_t x = 2463534242u;
  for (int32_t i = 0; i < bench_ram_bytes; ++i) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    uint8_t byte = (uint8_t)x;
    if (floats && (i & 3) == 2) byte = (uint8_t)(byte & 0x7f);
    if (floats && (i & 3) == 3) byte = (uint8_t)((byte & 0x80) | 0x3e);
    bench_ram[i] = byte;
  }
}

msf_view ViewOf(const BenchView &from) {
  msf_view view = {};
  view.base = bench_ram + from.at;
  view.row_bytes = from.row_bytes;
  view.capacity = from.capacity;
  view.rows = from.rows;
  return view;
}

// Out of line, so that the loop is the same for the call and for nothing.
__attribute__((noinline)) uint64_t Time(msf_kernel kernel, msf_call *call,
                                        int32_t step, int32_t steps) {
  const uint64_t begin = BenchTicks();
  for (call->step = step; call->step < step + steps; ++call->step) {
    kernel(call);
  }
  return BenchTicks() - begin;
}

uint64_t TimeCase(const BenchCase &bench) {
  FillRam(bench.floats != 0);
  msf_call call;
  call.params = bench.params;
  for (int i = 0; i < MSF_MAX_INPUTS; ++i) call.in[i] = ViewOf(bench.in[i]);
  call.out = ViewOf(bench.out);
  call.more_rows = bench.more_rows;
  call.x = bench.x;
  call.x_end = bench.x_end;
  call.state = bench_ram + bench.state;
  call.scratch = bench_ram + bench.scratch;
  const uint64_t nothing =
      Time(&bench_nothing, &call, bench.step, bench.steps);
  const uint64_t ticks = Time(bench.kernel, &call, bench.step, bench.steps);
  return ticks > nothing ? ticks - nothing : 0;
}

int Pull(void *, int32_t, int32_t, int32_t, int32_t, void *) { return 0; }

uint64_t TimeNetwork(const msf_network *network) {
  msf_machine machine;
  msf_init(&machine, network, bench_ram, (size_t)bench_ram_bytes, bench_done);
  machine.pull = &Pull;
  const uint64_t begin = BenchTicks();
  msf_run(&machine);
  return BenchTicks() - begin;
}

void PrintTicks(int32_t number, uint64_t ticks) {
  Print("msf bench");
  PrintNumber((uint32_t)number);
  PrintNumber(ticks);
  Print("\n");
}

// Ticks of two readings of the counter, and of a loop of known length.
void PrintCalibration() {
  uint64_t begin = BenchTicks();
  const uint64_t nothing = BenchTicks() - begin;
  begin = BenchTicks();
  BenchLoop(kTurns);
  const uint64_t once = BenchTicks() - begin;
  begin = BenchTicks();
  BenchLoop(2 * kTurns);
  const uint64_t twice = BenchTicks() - begin;
  Print("msf calibration");
  PrintNumber(2 * kTurns);
  PrintNumber(twice - once);
  PrintNumber(nothing);
  Print("\n");
}

}  // namespace

void BenchMain() {
  Print("msf table");
  PrintNumber(bench_hash);
  PrintNumber((uint32_t)(bench_case_count + bench_network_count));
  Print("\n");
  Print("msf body");
  PrintNumber(MSF_PAIR_WORDS);
#if defined(MSF_PAIR_CODES)
  PrintNumber(1);
#else
  PrintNumber(0);
#endif
#if defined(MSF_DOT_CODES)
  PrintNumber(1);
#else
  PrintNumber(0);
#endif
#if defined(MSF_ISA_HELIUM)
  PrintNumber(1);
#else
  PrintNumber(0);
#endif
  Print("\n");
  PrintCalibration();
  for (int32_t i = 0; i < bench_case_count; ++i) {
    PrintTicks(i, TimeCase(bench_cases[i]));
  }
  for (int32_t i = 0; i < bench_network_count; ++i) {
    PrintTicks(bench_case_count + i, TimeNetwork(bench_networks[i]));
  }
  Print("msf end\n");
}
