// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/target/mini_model.h"

#include <fmt/format.h>

#include "support/random_bytes.h"

namespace msf {
namespace {

constexpr char kHeader[] = R"(
#ifndef MINI_H_
#define MINI_H_
#include "msf_runtime.h"
#ifdef __cplusplus
extern "C" {{
#endif
#define MINI_ARENA_SIZE {arena}u
#define MINI_ARENA_ALIGN 16
typedef struct mini {{
  msf_machine machine;
  int32_t done[2];
}} mini;
msf_status mini_init(mini *m, void *arena, size_t size);
msf_status mini_run(mini *m);
#ifdef __cplusplus
}}
#endif
#endif
)";

// Stage 0 receives the input; without a stream it is left out, and the sum
// is stage 0.
constexpr char kSource[] = R"(
#include "mini.h"

extern "C" void mini_sum(const msf_call *call) {{
  {kernel}
  const uint8_t *a = msf_row(&call->in[0], 2 * call->step);
  const uint8_t *b = msf_row(&call->in[0], 2 * call->step + 1);
  uint8_t *out = msf_row(&call->out, call->step);
  for (int32_t i = 0; i < call->out.row_bytes; ++i) {{
    out[i] = static_cast<uint8_t>(a[i] + b[i]);
  }}
}}

namespace {{
const msf_tensor kTensors[] = {{
    {{{in_offset}, {row_bytes}, {capacity}, {rows}}},
    {{{out_offset}, {row_bytes}, {out_rows}, {out_rows}}}}};
const msf_read kReads[] = {{{{0, {producer}, 2, 0, 2}}}};
const msf_stage kStages[] = {{
{feed}    {{mini_sum, nullptr, kReads, 1, MSF_STAGE_ROW, 1, 0, 0, 0, {out_rows}, 1,
     0, {extra_offset}}}}};
const uint16_t kGoals[] = {{{goal}}};
const msf_block kBlocks[] = {{{{kStages, kGoals, {goal} + 1, 1}}}};
const uint16_t kInputs[] = {{0}};
const uint16_t kOutputs[] = {{1}};
const msf_network kNetwork = {{kTensors, kBlocks, kInputs, kOutputs, 1, 1, 1,
                              {goal} + 1, MINI_ARENA_SIZE, MINI_ARENA_ALIGN}};
}}

extern "C" msf_status mini_init(mini *m, void *arena, size_t size) {{
  return msf_init(&m->machine, &kNetwork, arena, size, m->done);
}}
extern "C" msf_status mini_run(mini *m) {{ return msf_run(&m->machine); }}
)";

int RingRows(const MiniModel& model) {
  switch (model.mode) {
    case HarnessInputMode::kStreamed:
      return 2;
    case HarnessInputMode::kResident:
      return model.rows;
    case HarnessInputMode::kExternal:
      break;
  }
  return 0;
}

}  // namespace

int MiniModel::ArenaBytes() const {
  return (RingRows(*this) + rows / 2) * row_bytes + extra_arena;
}

EmulationRequest MiniRequest(const MiniModel& model, int runs) {
  using fmt::arg;
  const bool streamed = model.mode == HarnessInputMode::kStreamed;
  const bool external = model.mode == HarnessInputMode::kExternal;
  EmulationRequest request;
  request.model_name = "mini";
  request.files = RuntimeFiles();
  request.files["mini.h"] =
      fmt::format(kHeader, arg("arena", model.ArenaBytes()));
  request.files["mini.cpp"] = fmt::format(
      kSource, arg("kernel", model.kernel),
      arg("in_offset", external ? "MSF_EXTERNAL" : "0"),
      arg("out_offset", RingRows(model) * model.row_bytes),
      arg("extra_offset", model.ArenaBytes() - model.extra_arena),
      arg("row_bytes", model.row_bytes), arg("rows", model.rows),
      arg("out_rows", model.rows / 2),
      arg("capacity", external ? model.rows : RingRows(model)),
      arg("producer", streamed ? 0 : -1), arg("goal", streamed ? 1 : 0),
      arg("feed", streamed ? fmt::format("    {{nullptr, nullptr, nullptr, 0, "
                                         "MSF_STAGE_FEED, 0, 0, 0, 0, {}, 1, "
                                         "0, 0}},\n",
                                         model.rows)
                           : ""));
  request.inputs.push_back(
      {.mode = model.mode, .rows = model.rows, .row_bytes = model.row_bytes});
  request.runs = runs;
  request.timeout_seconds = 60;
  return request;
}

std::vector<std::vector<uint8_t>> MiniOutputs(const MiniModel& model,
                                              int runs) {
  RandomBytes stream(1);
  std::vector<std::vector<uint8_t>> outputs;
  for (int run = 0; run < runs; ++run) {
    std::vector<uint8_t> output;
    for (int r = 0; r < model.rows / 2; ++r) {
      std::vector<uint8_t> sum(static_cast<std::size_t>(model.row_bytes));
      for (int half = 0; half < 2; ++half) {
        for (uint8_t& byte : sum) {
          byte = static_cast<uint8_t>(byte + stream.Next());
        }
      }
      output.insert(output.end(), sum.begin(), sum.end());
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace msf
