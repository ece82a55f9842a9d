// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Runs one form of a node with its runtime kernel, as harshly as the contract
// of ops/op_def.h allows: rings as small as the needs permit, every byte that
// the needs do not cover poisoned, state and scratch filled with rubbish.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string_view>
#include <vector>

#include "ir/graph.h"
#include "msf_kernels.h"
#include "ops/op_def.h"
#include "support/check.h"

namespace msf {

using Bytes = std::vector<uint8_t>;

// The runtime's kernel of that name; null if kernels.def does not list it.
inline msf_kernel FindKernel(std::string_view name) {
#define MSF_KERNEL(kernel) \
  if (name == #kernel) return &kernel;
#include "kernels.def"
#undef MSF_KERNEL
  return nullptr;
}

// The parameter struct that a KernelCall's fields describe, laid out as a C
// compiler of this host would. Lives as long as its arrays must.
class ParamsImage {
 public:
  explicit ParamsImage(const KernelCall& call) {
    for (const ParamField& field : call.fields) {
      if (field.array) {
        // One allocation each and no byte more, so that sanitizers see the
        // end; int32 elements come out aligned.
        const Bytes& bytes = arrays_.emplace_back(field.array->bytes);
        const void* pointer = bytes.data();
        Append(&pointer, sizeof(pointer));
      } else {
        Append(&field.value, sizeof(field.value));
      }
    }
  }

  const void* data() const { return words_.data(); }

 private:
  void Append(const void* value, size_t size) {
    size_ = (size_ + size - 1) / size * size;
    words_.resize((size_ + size + 7) / 8);
    std::memcpy(reinterpret_cast<uint8_t*>(words_.data()) + size_, value, size);
    size_ += size;
  }

  std::deque<Bytes> arrays_;
  std::vector<uint64_t> words_;  // for alignment
  size_t size_ = 0;
};

// Rows [first, last) that step `step` reads of a tensor with `rows` rows.
struct RowRange {
  int32_t first = 0;
  int32_t last = 0;
};

inline RowRange NeededRows(const RowNeed& need, int32_t step, int32_t rows) {
  const int32_t start = step * need.stride + need.offset;
  const int32_t first = std::clamp(start, 0, rows);
  return {first, std::clamp(start + need.extent, first, rows)};
}

// A ring of the smallest capacity that the need allows.
class PoisonedRing {
 public:
  PoisonedRing(const Tensor& tensor, const Bytes& rows, const RowNeed& need,
               int32_t steps)
      : rows_(rows), need_(need) {
    MSF_CHECK(static_cast<int64_t>(rows.size()) == tensor.bytes());
    int32_t capacity = 1;
    for (int32_t step = 0; step < steps; ++step) {
      const RowRange range = NeededRows(need, step, tensor.hwc.h);
      capacity = std::max(capacity, range.last - range.first);
    }
    view_ = {.base = nullptr,
             .row_bytes = static_cast<int32_t>(tensor.row_bytes()),
             .capacity = capacity,
             .rows = tensor.hwc.h};
  }

  // The rows of `step` and nothing else.
  const msf_view& Fill(int32_t step, uint8_t poison) {
    const auto row_bytes = static_cast<size_t>(view_.row_bytes);
    ring_.assign(static_cast<size_t>(view_.capacity) * row_bytes, poison);
    view_.base = ring_.data();
    const RowRange range = NeededRows(need_, step, view_.rows);
    for (int32_t r = range.first; r < range.last; ++r) {
      std::memcpy(msf_row(&view_, r),
                  rows_.data() + static_cast<size_t>(r) * row_bytes, row_bytes);
    }
    before_ = ring_;
    return view_;
  }

  bool Unchanged() const { return ring_ == before_; }

 private:
  const Bytes& rows_;
  RowNeed need_;
  msf_view view_ = {};
  Bytes ring_;
  Bytes before_;
};

// One pass over all steps. `ring_output`: kRow writes into a ring of one row
// instead of a whole tensor, and the row in two parts if its form may.
inline Bytes RunFormOnce(const Graph& graph, const Node& node,
                         const KernelCall& call, const StageForm& form,
                         const std::vector<Bytes>& inputs, uint8_t poison,
                         bool ring_output) {
  const msf_kernel kernel = FindKernel(call.kernel);
  EXPECT_NE(kernel, nullptr) << call.kernel;
  if (kernel == nullptr) return {};
  const ParamsImage params(call);
  const std::vector<TensorId> ids = ActivationInputs(graph, node);
  MSF_CHECK(ids.size() == inputs.size() && ids.size() == form.needs.size());
  std::vector<PoisonedRing> rings;
  for (size_t i = 0; i < ids.size(); ++i) {
    rings.emplace_back(graph.tensor(ids[i]), inputs[i], form.needs[i],
                       form.steps);
  }

  const Tensor& out = graph.tensor(node.outputs[0]);
  const auto row_bytes = static_cast<size_t>(out.row_bytes());
  Bytes result(static_cast<size_t>(out.bytes()), poison);
  constexpr size_t kGuard = 16;
  const bool rolling = ring_output && form.kind == StageKind::kRow;
  Bytes memory((rolling ? row_bytes : result.size()) + kGuard, poison);
  const Bytes untouched = memory;
  std::vector<uint32_t> state(static_cast<size_t>(form.state_bytes + 3) / 4,
                              poison * 0x01010101u);

  for (int32_t step = 0; step < form.steps; ++step) {
    std::vector<uint32_t> scratch(
        static_cast<size_t>(form.scratch_bytes + 3) / 4, poison * 0x01010101u);
    msf_call c = {};
    c.params = params.data();
    for (size_t i = 0; i < rings.size(); ++i) {
      c.in[i] = rings[i].Fill(step, poison);
    }
    c.out = {.base = memory.data(),
             .row_bytes = static_cast<int32_t>(row_bytes),
             .capacity = rolling ? 1 : out.hwc.h,
             .rows = out.hwc.h};
    c.step = step;
    c.x = 0;
    c.x_end = MSF_WHOLE_ROW;
    c.state = state.data();
    c.scratch = scratch.data();
    if (ring_output && !form.columns.empty()) {
      c.x_end = out.hwc.w / 2;
      if (c.x_end > 0) kernel(&c);
      c.x = c.x_end;
      c.x_end = MSF_WHOLE_ROW;
    }
    kernel(&c);
    for (const PoisonedRing& ring : rings) {
      EXPECT_TRUE(ring.Unchanged()) << "wrote into its input, step " << step;
    }
    if (form.kind == StageKind::kAccumulate && step + 1 < form.steps) {
      EXPECT_EQ(memory, untouched) << "wrote before the last step: " << step;
    }
    if (form.kind == StageKind::kRow) {
      std::memcpy(result.data() + static_cast<size_t>(step) * row_bytes,
                  msf_row(&c.out, step), row_bytes);
    }
  }
  if (form.kind != StageKind::kRow) {
    std::memcpy(result.data(), memory.data(), result.size());
  }
  EXPECT_TRUE(std::all_of(memory.end() - kGuard, memory.end(),
                          [&](uint8_t byte) { return byte == poison; }))
      << "wrote past the end of its output";
  return result;
}

// As a patch runs it: a few columns of `rows` rows in a call, of whole tensors.
inline Bytes RunManyRows(const Graph& graph, const Node& node,
                         const KernelCall& call,
                         const std::vector<Bytes>& inputs, int32_t rows,
                         int32_t columns) {
  const ParamsImage params(call);
  const Tensor& out = graph.tensor(node.outputs[0]);
  std::vector<Bytes> tensors = inputs;
  Bytes result(static_cast<size_t>(out.bytes()), 0x5a);
  const auto view = [&](TensorId id, Bytes& bytes) {
    const Tensor& tensor = graph.tensor(id);
    return msf_view{.base = bytes.data(),
                    .row_bytes = static_cast<int32_t>(tensor.row_bytes()),
                    .capacity = tensor.hwc.h,
                    .rows = tensor.hwc.h};
  };
  msf_call c = {};
  c.params = params.data();
  const std::vector<TensorId> ids = ActivationInputs(graph, node);
  for (size_t i = 0; i < ids.size(); ++i) c.in[i] = view(ids[i], tensors[i]);
  c.out = view(node.outputs[0], result);
  for (c.step = 0; c.step < out.hwc.h; c.step += rows) {
    c.more_rows = std::min(rows, out.hwc.h - c.step) - 1;
    for (c.x = 0; c.x < out.hwc.w; c.x = c.x_end) {
      c.x_end = std::min(c.x + columns, out.hwc.w);
      FindKernel(call.kernel)(&c);
    }
  }
  return result;
}

// Expects `wanted` from the kernels that run the form inside patches.
inline void ExpectPatchKernels(const OpDef& op, const Graph& graph,
                               const Node& node, StageForm form,
                               const std::vector<Bytes>& inputs,
                               const Bytes& wanted) {
  for (const int32_t columns : {1, 3, 6}) {
    form.columns_per_call = columns;
    const KernelCall call = op.kernel(graph, node, form);
    EXPECT_EQ(RunFormOnce(graph, node, call, form, inputs, 0x55, true), wanted);
    EXPECT_EQ(RunFormOnce(graph, node, call, form, inputs, 0xaa, false),
              wanted);
    if (!call.many_rows) continue;
    for (const int32_t rows : {1, 2, 3}) {
      EXPECT_EQ(RunManyRows(graph, node, call, inputs, rows, columns), wanted)
          << rows << " rows, " << columns << " columns at once";
    }
  }
}

// The output bytes of one form. `inputs` holds the whole tensor for each
// ActivationInputs() entry. Runs twice with different poison and expects the
// same bytes, so a read that the needs do not announce shows. Then the same as
// part of a patch.
inline Bytes RunForm(const OpDef& op, const Graph& graph, const Node& node,
                     const StageForm& form, const std::vector<Bytes>& inputs) {
  if (form.kind == StageKind::kRow) {
    EXPECT_EQ(form.steps, graph.tensor(node.outputs[0]).hwc.h);
  }
  const KernelCall call = op.kernel(graph, node, form);
  const Bytes a = RunFormOnce(graph, node, call, form, inputs, 0x55, true);
  const Bytes b = RunFormOnce(graph, node, call, form, inputs, 0xaa, false);
  EXPECT_EQ(a, b) << "the output depends on bytes outside the needs";
  if (form.kind == StageKind::kRow && !form.columns.empty()) {
    ExpectPatchKernels(op, graph, node, form, inputs, a);
  }
  return a;
}

// The output bytes of the operator's reference.
inline Bytes RunReference(const OpDef& op, const Graph& graph, const Node& node,
                          const std::vector<Bytes>& inputs) {
  std::vector<const uint8_t*> pointers;
  size_t next = 0;
  for (TensorId id : node.inputs) {
    if (id == kNoTensor) {
      pointers.push_back(nullptr);
    } else if (graph.tensor(id).IsConstant()) {
      pointers.push_back(graph.tensor(id).data->data());
    } else {
      pointers.push_back(inputs.at(next++).data());
    }
  }
  Bytes output(static_cast<size_t>(graph.tensor(node.outputs[0]).bytes()));
  op.reference(graph, node, pointers, output.data());
  return output;
}

}  // namespace msf
