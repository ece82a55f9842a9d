// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The network's inputs: baked bytes, or a xorshift32 stream that the host has
// cut into one start state for each input of each run.
#ifndef HARNESS_FEED_H_
#define HARNESS_FEED_H_

#include <stdint.h>

enum HarnessInputMode { kStreamed = 0, kResident = 1, kExternal = 2 };

struct HarnessInput {
  uint8_t mode;
  uint8_t is_float;
  int32_t row_bytes;
  int32_t bytes;
  const uint8_t *data;  // null: random
  uint32_t run_bytes;   // distance of one run's data from the next's
};

// From the generated harness_inputs.cpp.
extern const HarnessInput harness_inputs[];
extern const uint32_t harness_states[];  // [run][input]

inline uint8_t NextRandomByte(uint32_t *state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  *state = x;
  return static_cast<uint8_t>(x);
}

// The bits of the float32 (int8)byte / 128, without floating point.
inline uint32_t RandomFloatBits(uint8_t byte) {
  const int32_t value = static_cast<int8_t>(byte);
  if (value == 0) return 0;
  const uint32_t sign = value < 0 ? 0x80000000u : 0u;
  uint32_t magnitude = static_cast<uint32_t>(value < 0 ? -value : value);
  uint32_t exponent = 127;  // of 128 / 128
  for (; magnitude < 128; magnitude <<= 1) --exponent;
  return sign | (exponent << 23) | ((magnitude & 127) << 16);
}

// Goes on with the stream; byte stores only, `to` may be unaligned.
inline void FillRandom(const HarnessInput &input, uint32_t *state, uint8_t *to,
                       int32_t bytes) {
  if (!input.is_float) {
    for (int32_t i = 0; i < bytes; ++i) to[i] = NextRandomByte(state);
    return;
  }
  for (int32_t i = 0; i + 4 <= bytes; i += 4) {
    const uint32_t bits = RandomFloatBits(NextRandomByte(state));
    for (int32_t b = 0; b < 4; ++b) {
      to[i + b] = static_cast<uint8_t>(bits >> (8 * b));
    }
  }
}

inline void FillBytes(const HarnessInput &input, uint32_t *state, int32_t run,
                      int32_t from, uint8_t *to, int32_t bytes) {
  if (input.data == nullptr) {
    FillRandom(input, state, to, bytes);
    return;
  }
  const uint8_t *data =
      input.data + static_cast<uint32_t>(run) * input.run_bytes + from;
  for (int32_t i = 0; i < bytes; ++i) to[i] = data[i];
}

#endif  // HARNESS_FEED_H_
