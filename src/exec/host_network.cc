// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "exec/host_network.h"

#include <algorithm>
#include <cstring>

#include "msf_kernels.h"
#include "plan/block.h"
#include "support/check.h"

namespace msf {
namespace {

// Appends `size` bytes at the next multiple of `size`, as a C compiler lays
// out struct members.
void AppendMember(std::vector<uint8_t>& image, const void* value,
                  size_t size) {
  image.resize((image.size() + size - 1) / size * size);
  const auto* bytes = static_cast<const uint8_t*>(value);
  image.insert(image.end(), bytes, bytes + size);
}

}  // namespace

msf_kernel FindKernel(const std::string& name) {
  struct Entry {
    const char* name;
    msf_kernel kernel;
  };
  static constexpr Entry kKernels[] = {
#define MSF_KERNEL(name) {#name, &name},
#include "kernels.def"
#undef MSF_KERNEL
  };
  for (const Entry& entry : kKernels) {
    if (name == entry.name) return entry.kernel;
  }
  return nullptr;
}

HostNetwork::HostNetwork(const Schedule& schedule, PatchSpy spy)
    : spy_(std::move(spy)) {
  for (const ScheduleTensor& tensor : schedule.tensors) {
    const bool external = tensor.external_input >= 0;
    tensors_.push_back(
        {.offset = external
                       ? MSF_EXTERNAL +
                             static_cast<uint32_t>(tensor.external_input)
                       : static_cast<uint32_t>(tensor.offset),
         .row_bytes = static_cast<int32_t>(tensor.row_bytes),
         .capacity = tensor.capacity,
         .rows = tensor.rows});
  }
  size_t max_stages = 0;
  for (const ScheduleBlock& block : schedule.blocks) {
    AddBlock(block);
    max_stages = std::max(max_stages, block.stages.size());
  }
  for (int32_t id : schedule.inputs) {
    inputs_.push_back(static_cast<uint16_t>(id));
  }
  for (int32_t id : schedule.outputs) {
    outputs_.push_back(static_cast<uint16_t>(id));
  }
  network_ = {.tensors = tensors_.data(),
              .blocks = blocks_.data(),
              .inputs = inputs_.data(),
              .outputs = outputs_.data(),
              .block_count = static_cast<uint16_t>(blocks_.size()),
              .input_count = static_cast<uint16_t>(inputs_.size()),
              .output_count = static_cast<uint16_t>(outputs_.size()),
              .max_stages = static_cast<uint16_t>(max_stages),
              .arena_size = static_cast<uint32_t>(schedule.arena_bytes),
              .arena_align = static_cast<uint32_t>(schedule.arena_align)};
}

void HostNetwork::AddBlock(const ScheduleBlock& block) {
  auto stages = std::make_unique<std::vector<msf_stage>>();
  for (const ScheduleStage& stage : block.stages) {
    stages->push_back(StageOf(stage));
  }
  auto goals = std::make_unique<std::vector<uint16_t>>();
  for (int32_t goal : block.goals) {
    goals->push_back(static_cast<uint16_t>(goal));
  }
  blocks_.push_back({.stages = stages->data(),
                     .goals = goals->data(),
                     .stage_count = static_cast<uint16_t>(stages->size()),
                     .goal_count = static_cast<uint16_t>(goals->size())});
  stages_.push_back(std::move(stages));
  goals_.push_back(std::move(goals));
}

msf_stage HostNetwork::StageOf(const ScheduleStage& stage) {
  auto reads = std::make_unique<std::vector<msf_read>>();
  for (const ScheduleRead& read : stage.reads) {
    reads->push_back({.tensor = static_cast<uint16_t>(read.tensor),
                      .producer = static_cast<int16_t>(read.producer),
                      .stride = read.need.stride,
                      .offset = read.need.offset,
                      .extent = read.need.extent});
  }
  msf_stage result{};
  if (stage.node >= 0) {
    result.kernel = FindKernel(stage.call.kernel);
    MSF_CHECK(result.kernel != nullptr);
    result.params =
        stage.patch ? PatchParamsOf(*stage.patch) : ParamsOf(stage.call);
  }
  result.input = static_cast<uint16_t>(std::max(stage.input, 0));
  result.piece_cols = static_cast<uint16_t>(stage.piece_cols);
  result.pixel_bytes = static_cast<uint16_t>(stage.pixel_bytes);
  result.reads = reads->data();
  result.read_count = static_cast<uint8_t>(reads->size());
  result.kind = RuntimeKind(stage.form.kind);
  result.output = static_cast<uint16_t>(stage.output);
  result.steps = stage.form.steps;
  result.rows_per_step = stage.form.rows_per_step;
  result.state_offset = static_cast<uint32_t>(stage.state_offset);
  result.scratch_offset = static_cast<uint32_t>(stage.scratch_offset);
  reads_.push_back(std::move(reads));
  return result;
}

const void* HostNetwork::PatchParamsOf(const SchedulePatch& patch) {
  auto nodes = std::make_unique<std::vector<msf_patch_node>>();
  for (size_t n = 0; n < patch.nodes.size(); ++n) {
    nodes->push_back(PatchNodeOf(patch, n));
  }
  patches_.push_back(std::make_unique<msf_patch_params>(patch.table));
  patches_.back()->nodes = nodes->data();
  patch_nodes_.push_back(std::move(nodes));
  return patches_.back().get();
}

msf_patch_node HostNetwork::PatchNodeOf(const SchedulePatch& patch, size_t n) {
  const SchedulePatchNode& node = patch.nodes[n];
  msf_patch_node table = node.table;
  table.reads = node.reads.data();
  if (node.rests()) return table;
  table.kernel = FindKernel(node.call.kernel);
  MSF_CHECK(table.kernel != nullptr);
  table.params = ParamsOf(node.call);
  if (!spy_) return table;
  spied_.push_back(std::make_unique<Spied>(
      Spied{this, &patch, n, table.kernel, table.params}));
  table.kernel = &HostNetwork::CallSpy;
  table.params = spied_.back().get();
  return table;
}

void HostNetwork::CallSpy(const msf_call* call) {
  const auto* spied = static_cast<const Spied*>(call->params);
  msf_call real = *call;
  real.params = spied->params;
  spied->self->spy_(*spied->patch, spied->n, spied->kernel, real);
}

const void* HostNetwork::ParamsOf(const KernelCall& call) {
  std::vector<uint8_t> image;
  for (const ParamField& field : call.fields) {
    if (field.array) {
      const uint8_t* array =
          field.array->bytes.empty() ? nullptr : field.array->bytes.data();
      AppendMember(image, &array, sizeof(array));
    } else {
      AppendMember(image, &field.value, sizeof(field.value));
    }
  }
  auto storage = std::make_unique<std::vector<std::max_align_t>>(
      image.size() / sizeof(std::max_align_t) + 1);
  if (!image.empty()) {
    std::memcpy(storage->data(), image.data(), image.size());
  }
  params_.push_back(std::move(storage));
  return params_.back()->data();
}

}  // namespace msf
