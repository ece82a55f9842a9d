// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emit/host_main.h"

namespace msf {
namespace {

// Generic over the network: shapes come from its tables. Set(), in the mode's
// part below, hands inputs to an instance.
constexpr char kCommon[] = R"(
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vector>

#include "net.h"

#define CHECK(c)                                              \
  do {                                                        \
    if (!(c)) {                                               \
      fprintf(stderr, "host_main:%d: %s\n", __LINE__, #c);    \
      exit(1);                                                \
    }                                                         \
  } while (0)

typedef std::vector<uint8_t> Bytes;

// An arena of exactly the right size, so that a sanitizer sees its end.
struct Instance {
  void *arena = nullptr;
  net m;
  std::vector<Bytes> inputs;
  int32_t pulled = 0;
  Instance() {
    const size_t align = NET_ARENA_ALIGN > 16 ? NET_ARENA_ALIGN : 16;
    CHECK(posix_memalign(&arena, align, NET_ARENA_SIZE) == 0);
    CHECK(net_init(&m, arena, NET_ARENA_SIZE) == MSF_OK);
  }
  ~Instance() { free(arena); }
  Instance(const Instance &) = delete;
};

const msf_tensor &TensorOf(const net &m, uint16_t index) {
  return m.machine.network->tensors[index];
}

int32_t BytesOf(const msf_tensor &t) { return t.rows * t.row_bytes; }

std::vector<Bytes> MakeInputs(const net &m, unsigned seed) {
  std::vector<Bytes> inputs;
  srand(seed);
  for (int i = 0; i < NET_INPUT_COUNT; ++i) {
    Bytes bytes;
    const uint16_t index = m.machine.network->inputs[i];
    while ((int32_t)bytes.size() < BytesOf(TensorOf(m, index))) {
      const int8_t code = (int8_t)(rand() >> 8);
      const float value = (float)code / 16;
      uint8_t raw[sizeof(net_input_t)];
      if (sizeof(raw) == sizeof(float)) memcpy(raw, &value, sizeof(raw));
      if (sizeof(raw) == 1) raw[0] = (uint8_t)code;
      bytes.insert(bytes.end(), raw, raw + sizeof(raw));
    }
    inputs.push_back(bytes);
  }
  return inputs;
}

std::vector<Bytes> Outputs(const net &m) {
  std::vector<Bytes> outputs;
  CHECK((const void *)net_output(&m) == net_output_at(&m, 0));
  for (int i = 0; i < NET_OUTPUT_COUNT; ++i) {
    const uint8_t *data = (const uint8_t *)net_output_at(&m, i);
    CHECK(data != nullptr);
    const uint16_t index = m.machine.network->outputs[i];
    outputs.push_back(Bytes(data, data + BytesOf(TensorOf(m, index))));
  }
  return outputs;
}

void Set(Instance &instance, unsigned seed);

std::vector<Bytes> RunOnce(Instance &instance, unsigned seed) {
  Set(instance, seed);
  CHECK(net_run(&instance.m) == MSF_DONE);
  return Outputs(instance.m);
}

// Outputs of a fresh instance.
std::vector<Bytes> Fresh(unsigned seed) {
  Instance instance;
  return RunOnce(instance, seed);
}

void InitRefusesWhatCannotWork() {
  net m;
  std::vector<uint8_t> room(NET_ARENA_SIZE + 2 * NET_ARENA_ALIGN + 1);
  const uintptr_t base =
      ((uintptr_t)room.data() / NET_ARENA_ALIGN + 1) * NET_ARENA_ALIGN;
  void *arena = (void *)base;
  CHECK(net_init(&m, arena, NET_ARENA_SIZE) == MSF_OK);
  CHECK(net_init(&m, arena, NET_ARENA_SIZE + 1) == MSF_OK);
  CHECK(net_init(nullptr, arena, NET_ARENA_SIZE) == MSF_ERROR_ARGUMENT);
  if (NET_ARENA_SIZE > 0) {
    CHECK(net_init(&m, nullptr, NET_ARENA_SIZE) == MSF_ERROR_ARGUMENT);
    CHECK(net_init(&m, arena, NET_ARENA_SIZE - 1u) == MSF_ERROR_ARENA_SIZE);
    CHECK(net_init(&m, arena, 0) == MSF_ERROR_ARENA_SIZE);
    CHECK(net_selftest(arena, NET_ARENA_SIZE - 1u) != 0);
  }
  if (NET_ARENA_ALIGN > 1) {
    CHECK(net_init(&m, (void *)(base + 1), NET_ARENA_SIZE) ==
          MSF_ERROR_ARENA_ALIGN);
  }
}

void SelftestPasses() {
  Instance instance;
  CHECK(net_selftest(instance.arena, NET_ARENA_SIZE) == 0);
}

void ASecondInferenceStartsAfresh() {
  Instance instance;
  const std::vector<Bytes> first = RunOnce(instance, 1);
  CHECK(RunOnce(instance, 2) == Fresh(2));
  CHECK(RunOnce(instance, 1) == first);
  CHECK(first != Fresh(2));
}

void StepsAreAsManyAsPromised() {
  Instance instance;
  for (unsigned seed = 1; seed <= 2; ++seed) {
    Set(instance, seed);
    uint64_t steps = 1;
    msf_status status = net_step(&instance.m);
    for (; status == MSF_OK; ++steps) status = net_step(&instance.m);
    CHECK(status == MSF_DONE);
    // A block's end is a slice of its own.
    const uint64_t promised = NET_STEPS;
    CHECK(steps >= promised);
    CHECK(steps <= promised + instance.m.machine.network->block_count + 1u);
    CHECK(Outputs(instance.m) == Fresh(seed));
  }
}

void TwoInstancesDoNotMeet() {
  Instance a, b;
  Set(a, 3);
  Set(b, 4);
  msf_status of_a = MSF_OK, of_b = MSF_OK;
  while (of_a == MSF_OK || of_b == MSF_OK) {
    if (of_a == MSF_OK) of_a = net_step(&a.m);
    if (of_b == MSF_OK) of_b = net_step(&b.m);
  }
  CHECK(of_a == MSF_DONE && of_b == MSF_DONE);
  CHECK(Outputs(a.m) == Fresh(3));
  CHECK(Outputs(b.m) == Fresh(4));
}

void ModeTests();

int main() {
  InitRefusesWhatCannotWork();
  SelftestPasses();
  ASecondInferenceStartsAfresh();
  StepsAreAsManyAsPromised();
  TwoInstancesDoNotMeet();
  ModeTests();
  return 0;
}
)";

constexpr char kStreamed[] = R"(
int Pull(void *context, int32_t input, int32_t r, int32_t first, int32_t count,
         void *to) {
  Instance *instance = (Instance *)context;
  const size_t bytes =
      TensorOf(instance->m, instance->m.machine.network->inputs[input])
          .row_bytes;
  CHECK(first + count <= (int32_t)bytes);
  memcpy(to, &instance->inputs[input][r * bytes + first], (size_t)count);
  instance->pulled += count;
  return 0;
}

void Set(Instance &instance, unsigned seed) {
  instance.inputs = MakeInputs(instance.m, seed);
  net_set_pull(&instance.m, &Pull, &instance);
}

void RowsPushedOneByOneGiveTheSame() {
  Instance instance;
  for (unsigned seed = 1; seed <= 2; ++seed) {
    instance.inputs = MakeInputs(instance.m, seed);
    std::vector<size_t> at(NET_INPUT_COUNT, 0);
    msf_status status = net_run(&instance.m);  // starves at once
    CHECK(status == MSF_NEED_INPUT);
    while (status == MSF_NEED_INPUT) {
      const int32_t i = net_wanted_input(&instance.m);
      CHECK(i >= 0 && i < NET_INPUT_COUNT);
      const size_t bytes =
          TensorOf(instance.m, instance.m.machine.network->inputs[i]).row_bytes;
      CHECK(at[i] + bytes <= instance.inputs[i].size());
      Bytes row(&instance.inputs[i][at[i]], &instance.inputs[i][at[i]] + bytes);
      status = NET_INPUT_COUNT == 1
                   ? net_push_rows(&instance.m, (net_input_t *)row.data(), 1)
                   : net_push_rows_to(&instance.m, i, row.data(), 1);
      at[i] += bytes;
    }
    CHECK(status == MSF_DONE);
    CHECK(net_wanted_input(&instance.m) == -1);
    for (int i = 0; i < NET_INPUT_COUNT; ++i) {
      CHECK(at[i] == instance.inputs[i].size());
    }
    CHECK(Outputs(instance.m) == Fresh(seed));
  }
}

void AllRowsAtOnceGiveTheSameAndOneTooManyIsRefused() {
  if (NET_INPUT_COUNT > 1) return;
  Instance instance;
  Bytes rows = MakeInputs(instance.m, 5)[0];
  const net_input_t *data = (const net_input_t *)rows.data();
  CHECK(net_push_rows(&instance.m, data, NET_INPUT_ROWS) == MSF_DONE);
  CHECK(Outputs(instance.m) == Fresh(5));
  CHECK(net_push_rows(&instance.m, nullptr, 1) == MSF_ERROR_ARGUMENT);
  CHECK(net_push_rows(&instance.m, data, -1) == MSF_ERROR_ARGUMENT);
  CHECK(net_push_rows_to(&instance.m, 7, data, 1) == MSF_ERROR_ARGUMENT);
  rows.resize(rows.size() + NET_INPUT_ROW_BYTES);
  data = (const net_input_t *)rows.data();
  CHECK(net_push_rows(&instance.m, data, NET_INPUT_ROWS + 1) ==
        MSF_ERROR_ARGUMENT);
}

void EveryByteIsPulledOnce() {
  Instance instance;
  RunOnce(instance, 1);
  int32_t bytes = 0;
  for (int i = 0; i < NET_INPUT_COUNT; ++i) {
    const msf_tensor &tensor =
        TensorOf(instance.m, instance.m.machine.network->inputs[i]);
    bytes += tensor.rows * tensor.row_bytes;
  }
  CHECK(instance.pulled == bytes);
}

void ModeTests() {
  RowsPushedOneByOneGiveTheSame();
  AllRowsAtOnceGiveTheSameAndOneTooManyIsRefused();
  EveryByteIsPulledOnce();
}
)";

constexpr char kResident[] = R"(
void Set(Instance &instance, unsigned seed) {
  instance.inputs = MakeInputs(instance.m, seed);
  for (int i = 0; i < NET_INPUT_COUNT; ++i) {
    memcpy(net_input_at(&instance.m, i), instance.inputs[i].data(),
           instance.inputs[i].size());
  }
}

void ModeTests() {
  Instance instance;
  CHECK((void *)net_input(&instance.m) == net_input_at(&instance.m, 0));
}
)";

constexpr char kExternal[] = R"(
void Set(Instance &instance, unsigned seed) {
  instance.inputs = MakeInputs(instance.m, seed);
  for (int i = 0; i < NET_INPUT_COUNT; ++i) {
    net_set_input(&instance.m, i, instance.inputs[i].data());
  }
}

void ModeTests() {
  Instance instance;
  if (NET_STEPS > 0) CHECK(net_run(&instance.m) == MSF_ERROR_ARGUMENT);
  instance.inputs = MakeInputs(instance.m, 1);
  if (NET_INPUT_COUNT > 1) {  // all of them must be there
    net_set_input(&instance.m, 1, instance.inputs[1].data());
    CHECK(net_run(&instance.m) == MSF_ERROR_ARGUMENT);
  }
  RunOnce(instance, 1);
  CHECK(instance.inputs == MakeInputs(instance.m, 1));  // not written to
}
)";

}  // namespace

std::string HostMain(InputMode mode) {
  const char* part = mode == InputMode::kStreamed   ? kStreamed
                     : mode == InputMode::kResident ? kResident
                                                    : kExternal;
  return std::string(kCommon) + part;
}

}  // namespace msf
