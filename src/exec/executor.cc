// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "exec/executor.h"

#include <algorithm>
#include <cstring>

#include "support/check.h"

namespace msf {
namespace {

constexpr uint8_t kPaint[] = {0xA5, 0x5A};

}  // namespace

Executor::Executor(const Graph& graph, const Schedule& schedule, PatchSpy spy)
    : graph_(graph),
      schedule_(schedule),
      network_(schedule, std::move(spy)),
      arena_(static_cast<size_t>(schedule.arena_bytes)),
      // At least one: a network without nodes has no stages.
      done_(std::max<size_t>(network()->max_stages, 1)) {
  const msf_status status = msf_init(&machine_, network(), arena_.data(),
                                     arena_.size(), done_.data());
  MSF_CHECK(status == MSF_OK);
  machine_.pull = &Executor::Pull;
  machine_.pull_context = this;
}

int Executor::Pull(void* context, int32_t input, int32_t r, int32_t first,
                   int32_t count, void* to) {
  const auto* self = static_cast<const Executor*>(context);
  const auto index = static_cast<size_t>(input);
  const ScheduleTensor& tensor =
      self->schedule_
          .tensors[static_cast<size_t>(self->schedule_.inputs[index])];
  std::memcpy(to, (*self->inputs_)[index].data() + r * tensor.row_bytes + first,
              static_cast<size_t>(count));
  return 0;
}

void Executor::Start(const std::vector<Bytes>& inputs) {
  inputs_ = &inputs;
  msf_reset(&machine_);
  external_.clear();
  for (size_t i = 0; i < inputs.size(); ++i) {
    external_.push_back(inputs[i].data());
    if (schedule_.plan.input_mode == InputMode::kResident) {
      std::memcpy(msf_tensor_data(&machine_, network()->inputs[i]),
                  inputs[i].data(), inputs[i].size());
    }
  }
  machine_.external = external_.data();
}

std::vector<Bytes> Executor::ReadOutputs() const {
  std::vector<Bytes> outputs;
  for (size_t i = 0; i < graph_.outputs.size(); ++i) {
    const uint8_t* data =
        msf_tensor_data(&machine_, network_.network()->outputs[i]);
    const int64_t bytes = graph_.tensor(graph_.outputs[i].tensor).bytes();
    outputs.emplace_back(data, data + bytes);
  }
  return outputs;
}

void Executor::Paint(uint8_t pattern) {
  std::fill(arena_.begin(), arena_.end(), pattern);
}

void Executor::CountTouched(uint8_t pattern) {
  auto end = static_cast<int64_t>(arena_.size());
  while (end > 0 && arena_[static_cast<size_t>(end - 1)] == pattern) --end;
  touched_bytes_ = std::max(touched_bytes_, end);
}

template <typename RunOnce>
std::vector<Bytes> Executor::RunPainted(const std::vector<Bytes>& inputs,
                                        const RunOnce& run_once) {
  std::vector<Bytes> outputs;
  for (uint8_t pattern : kPaint) {
    Paint(pattern);
    Start(inputs);
    run_once();
    CountTouched(pattern);
    std::vector<Bytes> again = ReadOutputs();
    MSF_CHECK(outputs.empty() || outputs == again);
    outputs = std::move(again);
  }
  return outputs;
}

std::vector<Bytes> Executor::Run(const std::vector<Bytes>& inputs) {
  return RunPainted(inputs, [&] {
    const msf_status status = msf_run(&machine_);
    MSF_CHECK(status == MSF_DONE);
  });
}

std::vector<Bytes> Executor::RunPushed(const std::vector<Bytes>& inputs,
                                       int32_t rows_per_push) {
  machine_.pull = nullptr;
  std::vector<Bytes> outputs = RunPainted(inputs, [&] {
    std::vector<int32_t> pushed(inputs.size(), 0);
    msf_status status = msf_run(&machine_);
    while (status == MSF_NEED_INPUT) {
      const auto i = static_cast<size_t>(msf_wanted_input(&machine_));
      const msf_tensor& tensor = network()->tensors[network()->inputs[i]];
      const int32_t count =
          inputs.size() == 1 ? std::min(rows_per_push, tensor.rows - pushed[i])
                             : 1;
      status = msf_push_rows(
          &machine_, static_cast<int32_t>(i),
          inputs[i].data() + int64_t{pushed[i]} * tensor.row_bytes, count);
      pushed[i] += count;
    }
    MSF_CHECK(status == MSF_DONE);
  });
  machine_.pull = &Executor::Pull;
  return outputs;
}

}  // namespace msf
