// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "msf_runtime.h"

namespace {

int32_t Min(int32_t a, int32_t b) { return a < b ? a : b; }

// Rows [0, result) of the read's tensor must be there before step `step`.
int32_t RowsNeeded(const msf_read &read, const msf_tensor &tensor,
                   int32_t step) {
  return Min(step * read.stride + read.offset + read.extent, tensor.rows);
}

// The stage that must run before `stage` can do its next step, or -1.
int32_t MissingProducer(const msf_block *block, const msf_tensor *tensors,
                        const int32_t *done, int32_t stage) {
  const msf_stage &consumer = block->stages[stage];
  for (int32_t i = 0; i < consumer.read_count; ++i) {
    const msf_read &read = consumer.reads[i];
    if (read.producer < 0) continue;
    const int32_t written = msf_rows_written(&block->stages[read.producer],
                                             tensors, done[read.producer]);
    if (written < RowsNeeded(read, tensors[read.tensor], done[stage])) {
      return read.producer;
    }
  }
  return -1;
}

// The unfinished goal with the least progress, done / steps; -1 if none.
int32_t FurthestBehind(const msf_block *block, const int32_t *done) {
  int32_t best = -1;
  for (int32_t g = 0; g < block->goal_count; ++g) {
    const int32_t s = block->goals[g];
    const int32_t steps = block->stages[s].steps;
    if (done[s] >= steps) continue;
    if (best < 0 || static_cast<int64_t>(done[s]) * block->stages[best].steps <
                        static_cast<int64_t>(done[best]) * steps) {
      best = s;
    }
  }
  return best;
}

// A network input is always received to its last row, so that a caller may
// push every row it has.
int32_t UnfinishedFeed(const msf_block *block, const int32_t *done) {
  for (int32_t s = 0; s < block->stage_count; ++s) {
    const msf_stage &stage = block->stages[s];
    if (stage.kind == MSF_STAGE_FEED && done[s] < stage.steps) return s;
  }
  return -1;
}

msf_view View(const msf_machine *machine, const msf_tensor &tensor) {
  msf_view view;
  view.fresh_base = nullptr;
  view.base = nullptr;
  if ((tensor.offset & MSF_EXTERNAL) == 0) {
    view.base = machine->arena + tensor.offset;
  } else if (machine->external != nullptr) {
    view.base = const_cast<uint8_t *>(
        machine->external[tensor.offset & ~MSF_EXTERNAL]);
  }
  view.row_bytes = tensor.row_bytes;
  view.capacity = tensor.capacity;
  view.rows = tensor.rows;
  return view;
}

// Out of line: it keeps the stack below kernels flat.
__attribute__((noinline)) void Fill(const msf_machine *machine,
                                    const msf_tensor &tensor, msf_view *view) {
  *view = View(machine, tensor);
}

void ClearSteps(msf_machine *machine) {
  for (int32_t s = 0; s < machine->network->max_stages; ++s) {
    machine->done[s] = 0;
  }
}

// Receives bytes [first, first + count) of the next row of a streamed input.
// False if they are not there yet.
bool Receive(const msf_machine *machine, int32_t input, int32_t r,
             int32_t first, int32_t count, uint8_t *to) {
  if (machine->pushed_count > 0 && machine->pushed_input == input) {
    const uint8_t *from = machine->pushed + first;
    for (int32_t i = 0; i < count; ++i) to[i] = from[i];
    return true;
  }
  if (machine->pull == nullptr) return false;
  return machine->pull(machine->pull_context, input, r, first, count, to) == 0;
}

// Receives a row piece by piece, and makes the output's row of them.
bool FeedPieces(msf_machine *machine, const msf_stage *stage, int32_t r,
                int32_t row_bytes) {
  const msf_network *network = machine->network;
  uint8_t *piece = machine->arena + stage->scratch_offset;
  msf_call call;
  call.params = stage->params;
  call.step = r;
  call.more_rows = 0;
  call.state = nullptr;
  call.scratch = nullptr;
  Fill(machine, network->tensors[stage->output], &call.out);
  Fill(machine, network->tensors[network->inputs[stage->input]], &call.in[0]);
  call.in[0].capacity = 1;
  while (machine->columns_in * stage->pixel_bytes < row_bytes) {
    const int32_t first = machine->columns_in * stage->pixel_bytes;
    const int32_t count =
        Min(stage->piece_cols * stage->pixel_bytes, row_bytes - first);
    if (!Receive(machine, stage->input, r, first, count, piece)) return false;
    call.in[0].base = piece - first;
    call.x = machine->columns_in;
    call.x_end = call.x + stage->piece_cols;
    stage->kernel(&call);
    machine->columns_in += stage->piece_cols;
  }
  machine->columns_in = 0;
  return true;
}

bool HasExternalInputs(const msf_machine *machine) {
  const msf_network *network = machine->network;
  for (int32_t i = 0; i < network->input_count; ++i) {
    const msf_tensor &tensor = network->tensors[network->inputs[i]];
    if ((tensor.offset & MSF_EXTERNAL) == 0) continue;
    if (machine->external == nullptr || machine->external[i] == nullptr) {
      return false;
    }
  }
  return true;
}

}  // namespace

extern "C" {

int32_t msf_rows_written(const msf_stage *stage, const msf_tensor *tensors,
                         int32_t done) {
  if (stage->kind == MSF_STAGE_ROW || stage->kind == MSF_STAGE_FEED) {
    return Min(done * stage->rows_per_step, tensors[stage->output].rows);
  }
  return done < stage->steps ? 0 : tensors[stage->output].rows;
}

int32_t msf_next_stage(const msf_block *block, const msf_tensor *tensors,
                       const int32_t *done) {
  int32_t stage = FurthestBehind(block, done);
  if (stage < 0) return UnfinishedFeed(block, done);
  for (;;) {
    const int32_t producer = MissingProducer(block, tensors, done, stage);
    if (producer < 0) return stage;
    stage = producer;
  }
}

void msf_run_stage(const msf_machine *machine, const msf_stage *stage,
                   int32_t step) {
  const msf_tensor *tensors = machine->network->tensors;
  msf_call call;
  call.params = stage->params;
  for (int32_t i = 0; i < stage->read_count; ++i) {
    Fill(machine, tensors[stage->reads[i].tensor], &call.in[i]);
  }
  Fill(machine, tensors[stage->output], &call.out);
  call.step = step;
  call.more_rows = 0;
  call.x = 0;
  call.x_end = MSF_WHOLE_ROW;
  call.state = machine->arena + stage->state_offset;
  call.scratch = machine->arena + stage->scratch_offset;
  stage->kernel(&call);
}

int msf_feed_row(msf_machine *machine, const msf_stage *stage, int32_t r) {
  const msf_network *network = machine->network;
  const int32_t row_bytes =
      network->tensors[network->inputs[stage->input]].row_bytes;
  if (stage->kernel != nullptr) {
    if (!FeedPieces(machine, stage, r, row_bytes)) return 1;
  } else {
    const msf_view view = View(machine, network->tensors[stage->output]);
    if (!Receive(machine, stage->input, r, 0, row_bytes, msf_row(&view, r))) {
      return 1;
    }
  }
  if (machine->pushed_count > 0 && machine->pushed_input == stage->input) {
    machine->pushed += row_bytes;
    --machine->pushed_count;
  }
  return 0;
}

msf_status msf_init(msf_machine *machine, const msf_network *network,
                    void *arena, size_t arena_size, int32_t *done) {
  if (machine == nullptr || network == nullptr || done == nullptr ||
      (arena == nullptr && network->arena_size > 0)) {
    return MSF_ERROR_ARGUMENT;
  }
  if (arena_size < network->arena_size) return MSF_ERROR_ARENA_SIZE;
  if (reinterpret_cast<uintptr_t>(arena) % network->arena_align != 0) {
    return MSF_ERROR_ARENA_ALIGN;
  }
  machine->network = network;
  machine->arena = static_cast<uint8_t *>(arena);
  machine->done = done;
  machine->external = nullptr;
  machine->pull = nullptr;
  machine->pull_context = nullptr;
  msf_reset(machine);
  return MSF_OK;
}

void msf_reset(msf_machine *machine) {
  machine->block = 0;
  machine->pushed = nullptr;
  machine->pushed_count = 0;
  machine->pushed_input = -1;
  machine->columns_in = 0;
  ClearSteps(machine);
}

msf_status msf_step(msf_machine *machine) {
  const msf_network *network = machine->network;
  if (network->block_count == 0) return MSF_DONE;
  if (!HasExternalInputs(machine)) return MSF_ERROR_ARGUMENT;
  if (machine->block >= network->block_count) {
    machine->block = 0;
    ClearSteps(machine);
  }
  const msf_block *block = &network->blocks[machine->block];
  const int32_t s = msf_next_stage(block, network->tensors, machine->done);
  if (s < 0) {
    ClearSteps(machine);
    ++machine->block;
    return machine->block < network->block_count ? MSF_OK : MSF_DONE;
  }
  const msf_stage *stage = &block->stages[s];
  const int32_t step = machine->done[s];
  if (stage->kind == MSF_STAGE_FEED) {
    if (msf_feed_row(machine, stage, step) != 0) return MSF_NEED_INPUT;
  } else {
    msf_run_stage(machine, stage, step);
  }
  machine->done[s] = step + 1;
  return MSF_OK;
}

msf_status msf_run(msf_machine *machine) {
  msf_status status = MSF_OK;
  while (status == MSF_OK) status = msf_step(machine);
  return status;
}

msf_status msf_push_rows(msf_machine *machine, int32_t input, const void *rows,
                         int32_t count) {
  if (rows == nullptr || count < 0 || input < 0 ||
      input >= machine->network->input_count) {
    return MSF_ERROR_ARGUMENT;
  }
  machine->pushed = static_cast<const uint8_t *>(rows);
  machine->pushed_count = count;
  machine->pushed_input = input;
  const msf_status status = msf_run(machine);
  machine->pushed = nullptr;
  const bool refused = machine->pushed_count > 0;
  machine->pushed_count = 0;
  return refused && status >= 0 ? MSF_ERROR_ARGUMENT : status;
}

int32_t msf_wanted_input(const msf_machine *machine) {
  const msf_network *network = machine->network;
  if (machine->block >= network->block_count) return -1;
  const msf_block *block = &network->blocks[machine->block];
  const int32_t s = msf_next_stage(block, network->tensors, machine->done);
  if (s < 0 || block->stages[s].kind != MSF_STAGE_FEED) return -1;
  return block->stages[s].input;
}

uint8_t *msf_tensor_data(const msf_machine *machine, uint16_t tensor) {
  return View(machine, machine->network->tensors[tensor]).base;
}

}  // extern "C"
