// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// For programs that compare the twins of kernels with the portable ones, see
// kernel_firmware.h. A program defines CompareTwins().
#ifndef TWINS_FIRMWARE_H_
#define TWINS_FIRMWARE_H_

#include <stddef.h>
#include <stdint.h>

#include "harness/machine.h"
#include "harness/print.h"
#include "msf_kernels.h"

// Calls both kernels on cases drawn at random.
void CompareTwins();

// Small numbers from a fixed seed.
class Draw {
 public:
  explicit Draw(uint32_t seed) : state_(seed * 2654435761u + 1) {}

  uint32_t Word() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }
  int32_t Int(int32_t low, int32_t high) {
    const uint32_t span =
        static_cast<uint32_t>(high) - static_cast<uint32_t>(low) + 1;
    const uint32_t word = Word();
    return static_cast<int32_t>(static_cast<uint32_t>(low) +
                                (span == 0 ? word : word % span));
  }
  bool OneIn(int32_t n) { return Int(1, n) == 1; }

  // Random, or now and then all at the ends of the range.
  void Int8s(int8_t *values, int32_t count) {
    const bool extreme = OneIn(8);
    for (int32_t i = 0; i < count; ++i) {
      const int32_t end = OneIn(2) ? -128 : 127;
      values[i] = static_cast<int8_t>(extreme ? end : Int(-128, 127));
    }
  }

  // Of a scale as layers have it.
  int32_t Multiplier() { return Int(1 << 30, INT32_MAX); }

 private:
  uint32_t state_;
};

constexpr int32_t kMostChannels = 72;
constexpr int32_t kMostBytes = 65536;

// The tensors of a case; its kernels get pointers into them.
inline int8_t inputs[2][kMostBytes];
inline int8_t weights[kMostBytes];
inline int32_t bias[kMostChannels];
inline int32_t multipliers[kMostChannels];
inline int8_t shifts[kMostChannels];
inline int32_t state[kMostBytes / 4];
inline uint8_t outputs[2][kMostBytes];

template <typename Params>
void DrawClamp(Draw *draw, Params *p) {
  p->clamp_min = draw->OneIn(2) ? -128 : draw->Int(-128, 0);
  p->clamp_max = draw->OneIn(2) ? 127 : draw->Int(0, 127);
}

// What layers with weights have alike. Unless scales are simple, shifts are
// `least_shift` and more.
template <typename Params>
void DrawLayer(Draw *draw, int32_t channels, int32_t least_shift, Params *p) {
  p->weights = weights;
  p->bias = bias;
  p->multipliers = multipliers;
  p->shifts = shifts;
  p->scale_step = draw->OneIn(4) ? 0 : 1;
  p->simple_scales = draw->OneIn(4) ? 0 : draw->Int(1, 2);
  p->output_zero_point = draw->Int(-128, 127);
  DrawClamp(draw, p);
  draw->Int8s(weights, kMostBytes);
  const int32_t most = draw->OneIn(4) ? 1 << 29 : 20000;
  for (int32_t i = 0; i < channels; ++i) {
    bias[i] = draw->Int(-most, most);
    multipliers[i] = draw->Multiplier();
    if (p->simple_scales < 2 && draw->OneIn(8)) {
      multipliers[i] = -multipliers[i];
    }
    if (draw->OneIn(16)) multipliers[i] = 0;
    const int32_t shift = p->simple_scales ? draw->Int(-22, -1)
                                           : draw->Int(least_shift, 2);
    const bool usual = draw->OneIn(2);
    shifts[i] = static_cast<int8_t>(usual ? draw->Int(-12, -6) : shift);
  }
}

// A tensor with all its rows in memory.
inline msf_view WholeView(void *base, int32_t row_bytes, int32_t rows) {
  msf_view view = {};
  view.base = static_cast<uint8_t *>(base);
  view.row_bytes = row_bytes;
  view.capacity = view.rows = rows;
  return view;
}

struct Pair {
  msf_kernel twin;
  msf_kernel portable;
  const char *name;
};

// All rows of a stage's output, call.more_rows + 1 at once, or, if it
// accumulates, all its steps; columns are made in two parts if x_split > 0.
inline void RunStage(msf_kernel kernel, msf_call call, int32_t steps,
                     int32_t x_split, uint8_t *output) {
  const int32_t rows = 1 + call.more_rows;
  call.out.base = output;
  call.state = state;
  for (call.step = 0; call.step < steps; call.step += rows) {
    if (call.step + rows > steps) call.more_rows = steps - call.step - 1;
    call.x = 0;
    call.x_end = x_split;
    if (x_split > 0) kernel(&call);
    call.x = x_split;
    call.x_end = MSF_WHOLE_ROW;
    kernel(&call);
  }
}

// Fills both outputs with the same, and some bytes behind them.
inline int32_t PaintOutputs(const msf_call &call) {
  constexpr int32_t kGuard = 64;
  const int32_t bytes = call.out.row_bytes * call.out.rows + kGuard;
  for (int32_t i = 0; i < bytes; ++i) outputs[0][i] = outputs[1][i] = 0xA5;
  return bytes;
}

// Ends the program, with the numbers of the case, if bytes differ.
inline void ExpectEqualOutputs(int32_t bytes, const char *name, uint32_t seed) {
  for (int32_t i = 0; i < bytes; ++i) {
    if (outputs[0][i] == outputs[1][i]) continue;
    Line(name)
        .Number(seed)
        .Number(static_cast<uint32_t>(i))
        .Number(outputs[0][i])
        .Number(outputs[1][i])
        .End();
    SemihostingExit(1);
  }
}

inline void Compare(const Pair &pair, const msf_call &call, int32_t steps,
                    int32_t x_split, uint32_t seed) {
  const int32_t bytes = PaintOutputs(call);
  RunStage(pair.twin, call, steps, x_split, outputs[0]);
  RunStage(pair.portable, call, steps, x_split, outputs[1]);
  ExpectEqualOutputs(bytes, pair.name, seed);
}

extern "C" void harness_main() {
  CompareTwins();
  SemihostingExit(0);
}

extern "C" void harness_fault(uint32_t pc, uint32_t cause, uint32_t address) {
  Line("fault").Number(pc).Number(cause).Number(address).End();
  SemihostingExit(1);
}

#endif  // TWINS_FIRMWARE_H_
