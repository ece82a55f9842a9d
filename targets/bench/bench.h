// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Tables of what is measured; see bench_main.cpp.
#ifndef BENCH_H_
#define BENCH_H_

#include <stdint.h>

#include "msf_kernels.h"
#include "msf_runtime.h"

// Places are offsets in bench_ram.
struct BenchView {
  int32_t at;
  int32_t row_bytes;
  int32_t capacity;
  int32_t rows;
};

// Steps [step, step + steps) of a kernel.
struct BenchCase {
  msf_kernel kernel;
  const void *params;
  BenchView in[MSF_MAX_INPUTS];
  BenchView out;
  int32_t state;
  int32_t scratch;
  int32_t step;
  int32_t steps;
  int32_t more_rows;
  int32_t x;
  int32_t x_end;
  int32_t floats;  // 1: it reads float32
};

// From the generated bench_cases.cpp. Networks come behind the cases.
extern const BenchCase bench_cases[];
extern const int32_t bench_case_count;
extern const msf_network *const bench_networks[];
extern const int32_t bench_network_count;
extern const uint32_t bench_hash;  // of all tables
extern uint8_t bench_ram[];
extern const int32_t bench_ram_bytes;
extern int32_t bench_done[];  // for the machine

// Stands in for kernels where what calls them is measured.
extern "C" void bench_nothing(const msf_call *call);

#endif  // BENCH_H_
