// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Runs an emitted model on an emulated machine and measures it. Two passes
// over the same runs, the arena painted before each run with another byte in
// each pass: outputs that differ have read stale memory, and a byte that ever
// differs from its paint was touched. The first pass counts instructions, the
// second, with the counter's interrupt off, the stack.
#include "counter.h"
#include "feed.h"
#include "harness_config.h"
#include "machine.h"
#include "print.h"

namespace {

constexpr uint8_t kArenaPaint[2] = {0xA5, 0x5A};
constexpr uint8_t kGuardPaint = 0xC3;
constexpr uint32_t kStackPaint = 0xDEADBEA7;
constexpr uint32_t kStackWindow = 256 * 1024;  // painted at most
constexpr uint32_t kCalibrationTurns = 1u << 21;
constexpr int32_t kCalibrationCalls = 16;
constexpr int32_t kLeastPull = 1;  // bytes, of an arena of any size

struct Feeder {
  uint32_t state[HARNESS_INPUTS + 1];
  const uint8_t *external[HARNESS_INPUTS + 1];
  int32_t run;
  bool timed;
  uint64_t ticks;  // spent in HarnessPull, as far as it can see itself
  uint32_t calls;
};

struct StackUse {
  uint32_t bytes;
  bool overflow;
};

enum Call { kCallInit, kCallRun, kCallPull };

}  // namespace

extern "C" {
alignas(HARNESS_ARENA_ALIGN) uint8_t harness_arena[HARNESS_ARENA_SIZE];
uint8_t harness_guard[32];  // the linker puts it right behind the arena
harness_model_type harness_model;
}

namespace {

Feeder feeder;
uint32_t touched_bytes;

__attribute__((noinline)) int HarnessPull(void *context, int32_t input,
                                          int32_t r, int32_t first,
                                          int32_t count, void *to) {
  Feeder *f = static_cast<Feeder *>(context);
  const HarnessInput &in = harness_inputs[input];
  const uint64_t begin = f->timed ? CounterNow() : 0;
  FillBytes(in, &f->state[input], f->run, r * in.row_bytes + first,
            static_cast<uint8_t *>(to), count);
  if (f->timed) f->ticks += CounterNow() - begin;
  ++f->calls;
  return 0;
}

// Everything for the next run except resident bytes.
void PrepareFeeder(int32_t run, bool timed) {
  feeder.run = run;
  feeder.timed = timed;
  feeder.ticks = 0;
  feeder.calls = 0;
  for (int32_t i = 0; i < HARNESS_INPUTS; ++i) {
    feeder.state[i] = harness_states[run * HARNESS_INPUTS + i];
    const HarnessInput &in = harness_inputs[i];
    if (in.mode != kExternal) continue;
    feeder.external[i] = in.data + static_cast<uint32_t>(run) * in.run_bytes;
  }
  harness_model.machine.pull = HarnessPull;
  harness_model.machine.pull_context = &feeder;
  harness_model.machine.external = feeder.external;
}

void FillResidentInputs() {
  const msf_machine *machine = &harness_model.machine;
  for (int32_t i = 0; i < HARNESS_INPUTS; ++i) {
    const HarnessInput &in = harness_inputs[i];
    if (in.mode != kResident) continue;
    FillBytes(in, &feeder.state[i], feeder.run, 0,
              msf_tensor_data(machine, machine->network->inputs[i]), in.bytes);
  }
}

void PaintArena(uint8_t paint) {
  for (uint32_t i = 0; i < HARNESS_ARENA_SIZE; ++i) harness_arena[i] = paint;
  for (uint8_t &guard : harness_guard) guard = kGuardPaint;
}

void NoteTouched(uint8_t paint) {
  uint32_t end = HARNESS_ARENA_SIZE;
  while (end > touched_bytes && harness_arena[end - 1] == paint) --end;
  touched_bytes = end;
  for (const uint8_t guard : harness_guard) {
    if (guard != kGuardPaint) {
      Line("overrun").End();
      SemihostingExit(1);
    }
  }
}

// Part of its caller, so that its frame is not taken for the model's.
__attribute__((always_inline)) inline msf_status MakeCall(Call call) {
  if (call == kCallInit) {
    return HARNESS_INIT(&harness_model, harness_arena, HARNESS_ARENA_SIZE);
  }
  if (call == kCallRun) return HARNESS_RUN(&harness_model);
  HarnessPull(&feeder, HARNESS_FIRST_STREAMED, 0, 0, kLeastPull, harness_arena);
  return MSF_OK;
}

// Stack bytes below this function's own frame. The paint must be laid in line:
// a function that did it would overwrite its own frame.
__attribute__((noinline)) msf_status MeasureStack(Call call, StackUse *use) {
  uint32_t *const sp = StackPointer();
  uint32_t *limit = __stack_limit;
  if (static_cast<uint32_t>(reinterpret_cast<uintptr_t>(sp) -
                            reinterpret_cast<uintptr_t>(limit)) >
      kStackWindow) {
    limit = sp - kStackWindow / 4;
  }
  for (volatile uint32_t *p = limit; p != sp; ++p) *p = kStackPaint;
  const msf_status status = MakeCall(call);
  const volatile uint32_t *p = limit;
  while (p != sp && *p == kStackPaint) ++p;
  use->overflow = p == limit;
  const uint32_t bytes = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(sp) -
                                               reinterpret_cast<uintptr_t>(p));
  if (bytes > use->bytes) use->bytes = bytes;
  if (use->overflow) {
    Line("stack_overflow").Number(bytes).End();
    SemihostingExit(1);
  }
  return status;
}

void PrintOutputs(int32_t pass, int32_t run) {
  const msf_machine *machine = &harness_model.machine;
  const msf_network *network = machine->network;
  for (int32_t i = 0; i < network->output_count; ++i) {
    const uint16_t tensor = network->outputs[i];
    const uint8_t *bytes = msf_tensor_data(machine, tensor);
    int32_t left =
        network->tensors[tensor].rows * network->tensors[tensor].row_bytes;
    while (left > 0) {
      const int32_t count = left < kBytesPerLine ? left : kBytesPerLine;
      Line("output")
          .Number(static_cast<uint32_t>(pass))
          .Number(static_cast<uint32_t>(run))
          .Bytes(bytes, count)
          .End();
      bytes += count;
      left -= count;
    }
  }
}

void Expect(const char *what, msf_status status, msf_status wanted) {
  if (status == wanted) return;
  Line(what).Number(static_cast<uint32_t>(status)).End();
  SemihostingExit(1);
}

// Ticks of a call that does nothing, of a known number of instructions, and
// of the part of HarnessPull that it cannot see itself.
void Calibrate() {
  uint64_t begin = CounterNow();
  const uint64_t nothing = CounterNow() - begin;
  begin = CounterNow();
  CalibrationLoop(kCalibrationTurns);
  const uint64_t once = CounterNow() - begin;
  begin = CounterNow();
  CalibrationLoop(2 * kCalibrationTurns);
  const uint64_t twice = CounterNow() - begin;
  Line("calibration")
      .Number(2 * kCalibrationTurns)
      .Number(twice - once)
      .Number(nothing)
      .End();
  uint64_t unseen = 0;
  if (HARNESS_STREAMED) {
    PrepareFeeder(0, true);
    for (int32_t i = 0; i < kCalibrationCalls; ++i) {
      const msf_pull pull = harness_model.machine.pull;
      begin = CounterNow();
      pull(harness_model.machine.pull_context, HARNESS_FIRST_STREAMED, 0, 0,
           kLeastPull, harness_arena);
      unseen += CounterNow() - begin - nothing;
    }
    unseen -= feeder.ticks;
  }
  Line("pull").Number(kCalibrationCalls).Number(unseen).End();
}

void CountingPass() {
  CounterStart();
  Calibrate();
  PaintArena(kArenaPaint[0]);
  Expect("init", MakeCall(kCallInit), MSF_OK);
  for (int32_t run = 0; run < HARNESS_RUNS; ++run) {
    PaintArena(kArenaPaint[0]);
    PrepareFeeder(run, true);
    FillResidentInputs();
    const uint64_t begin = CounterNow();
    const msf_status status = HARNESS_RUN(&harness_model);
    const uint64_t ticks = CounterNow() - begin;
    Expect("status", status, MSF_DONE);
    Line("run")
        .Number(static_cast<uint32_t>(run))
        .Number(ticks)
        .Number(feeder.ticks)
        .Number(feeder.calls)
        .End();
    NoteTouched(kArenaPaint[0]);
    PrintOutputs(0, run);
  }
  CounterStop();
}

void StackPass() {
  StackUse pull = {0, false};
  StackUse use = {0, false};
  PaintArena(kArenaPaint[1]);
  Expect("init", MeasureStack(kCallInit, &use), MSF_OK);
  if (HARNESS_STREAMED) {
    PrepareFeeder(0, false);
    MeasureStack(kCallPull, &pull);
  }
  for (int32_t run = 0; run < HARNESS_RUNS; ++run) {
    PaintArena(kArenaPaint[1]);
    PrepareFeeder(run, false);
    FillResidentInputs();
    Expect("status", MeasureStack(kCallRun, &use), MSF_DONE);
    NoteTouched(kArenaPaint[1]);
    PrintOutputs(1, run);
  }
  Line("stack").Number(use.bytes).Number(pull.bytes).End();
}

}  // namespace

extern "C" void harness_main() {
  Line("model")
      .Number(HARNESS_ARENA_SIZE)
      .Number(sizeof(harness_model_type))
      .End();
  CountingPass();
  StackPass();
  Line("touched").Number(touched_bytes).End();
  Line("end").End();
  SemihostingExit(0);
}

extern "C" void harness_fault(uint32_t pc, uint32_t cause, uint32_t address) {
  Line("fault").Number(pc).Number(cause).Number(address).End();
  SemihostingExit(1);
}
