// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// TRANSPOSE of elements of 1, 2 or 4 bytes, up to rank 6 (TFLite
// kernels/internal/reference/transpose.h). Dimensions are those of the file's
// shape; no element can be written before the whole input is there.
#include <cstring>

#include "ops/forms.h"
#include "ops/operands.h"

namespace msf {
namespace {

constexpr size_t kMaxRank = 6;  // MSF_TRANSPOSE_MAX_RANK

const std::vector<int32_t>& PermutationOf(const Node& node) {
  return std::get<TransposeAttrs>(node.attrs).permutation;
}

// Dimension d of the output is dimension permutation[d] of the input.
Result<std::vector<int32_t>> CheckPermutation(
    const std::vector<int64_t>& permutation, size_t rank) {
  std::vector<bool> seen(rank, false);
  std::vector<int32_t> checked;
  for (int64_t from : permutation) {
    const bool in_range = from >= 0 && from < static_cast<int64_t>(rank);
    if (!in_range || seen[static_cast<size_t>(from)]) {
      return UserError("",
                       "the permutation has " + std::to_string(from) +
                           (in_range ? " twice" : ", which is no dimension"),
                       "the file is damaged; export it again");
    }
    seen[static_cast<size_t>(from)] = true;
    checked.push_back(static_cast<int32_t>(from));
  }
  if (checked.size() != rank) {
    return UserError("",
                     "the permutation has " + std::to_string(checked.size()) +
                         " entries for a tensor of rank " +
                         std::to_string(rank),
                     "the file is damaged; export it again");
  }
  return checked;
}

Result<Attrs> Parse(const OptionReader&, const Graph& graph, const Node& node) {
  MSF_RETURN_IF_ERROR(CheckArity(graph, node, 2, 2));
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  MSF_RETURN_IF_ERROR(CheckComputed(input, "input"));
  MSF_RETURN_IF_ERROR(CheckDType(output, input.dtype, "output"));
  if (ByteSize(input.dtype) > 4) {
    return UserError("",
                     std::string("transposing ") + ToString(input.dtype) +
                         " is not supported",
                     "use INT8, INT16, INT32 or FLOAT32");
  }
  if (input.shape.size() > kMaxRank) {
    return UserError("",
                     "the input has rank " +
                         std::to_string(input.shape.size()) +
                         ", only up to 6 is supported",
                     "reshape it in the model");
  }
  std::vector<int64_t> entries;
  MSF_ASSIGN(entries,
             ConstantIntegers(graph.tensor(node.inputs[1]), "permutation"));
  TransposeAttrs attrs;
  MSF_ASSIGN(attrs.permutation, CheckPermutation(entries, input.shape.size()));
  Shape shape;
  for (int32_t from : attrs.permutation) {
    shape.push_back(input.shape[static_cast<size_t>(from)]);
  }
  if (shape != output.shape) {
    return UserError("",
                     "the output has shape " + ToString(output.shape) +
                         ", the permutation gives " + ToString(shape),
                     "the file is damaged; export it again");
  }
  return attrs;
}

Result<Hwc> Infer(const Graph& graph, const Node& node) {
  return DeclaredOutput(graph, node, graph.tensor(node.inputs[0]).elements());
}

std::vector<StageForm> Forms(const Graph& graph, const Node& node) {
  return {WholeForm(graph.tensor(node.inputs[0]))};
}

// Output dimensions with the distance of their neighbours in the input.
struct Loop {
  int32_t dim = 1;
  int32_t stride = 0;  // in elements
};

std::vector<Loop> LoopsOf(const Graph& graph, const Node& node) {
  const Shape& shape = graph.tensor(node.inputs[0]).shape;
  std::vector<int32_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;) {
    strides[d - 1] = strides[d] * shape[d];
  }
  std::vector<Loop> loops;
  for (int32_t from : PermutationOf(node)) {
    const auto d = static_cast<size_t>(from);
    loops.push_back({.dim = shape[d], .stride = strides[d]});
  }
  return loops;
}

// Drops dimensions of 1 and joins those that stay neighbours, so that most
// transposes are loops over two or three dimensions.
std::vector<Loop> Joined(const std::vector<Loop>& loops) {
  std::vector<Loop> joined;
  for (const Loop& loop : loops) {
    if (loop.dim == 1) continue;
    if (!joined.empty() && joined.back().stride == loop.stride * loop.dim) {
      joined.back() = {.dim = joined.back().dim * loop.dim,
                       .stride = loop.stride};
    } else {
      joined.push_back(loop);
    }
  }
  return joined;
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm&) {
  std::vector<Loop> loops = Joined(LoopsOf(graph, node));
  int32_t run_bytes = ByteSize(graph.tensor(node.inputs[0]).dtype);
  const int32_t element_bytes = run_bytes;
  if (!loops.empty() && loops.back().stride == 1) {
    run_bytes *= loops.back().dim;
    loops.pop_back();
  }
  if (loops.empty()) loops.push_back({});
  std::vector<int32_t> dims;
  std::vector<int32_t> strides;
  for (const Loop& loop : loops) {
    dims.push_back(loop.dim);
    strides.push_back(loop.stride * element_bytes);
  }
  KernelCall call{.kernel = "msf_transpose",
                  .params_type = "msf_transpose_params",
                  .fields = {}};
  call.Int32s("dims", dims)
      .Int32s("strides", strides)
      .Int("rank", static_cast<int64_t>(dims.size()))
      .Int("run_bytes", run_bytes);
  return call;
}

// Splits each output position into indices and looks up the input element.
void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Tensor& out = graph.tensor(node.outputs[0]);
  const std::vector<Loop> loops = LoopsOf(graph, node);
  const auto element = static_cast<size_t>(ByteSize(out.dtype));
  for (int64_t i = 0; i < out.elements(); ++i) {
    int64_t rest = i;
    int64_t source = 0;
    for (size_t d = loops.size(); d-- > 0;) {
      source += rest % loops[d].dim * loops[d].stride;
      rest /= loops[d].dim;
    }
    std::memcpy(output + static_cast<size_t>(i) * element,
                inputs[0] + static_cast<size_t>(source) * element, element);
  }
}

}  // namespace

extern const OpDef kTranspose = {.name = "Transpose",
                                 .tflite = "TRANSPOSE",
                                 .parse = &Parse,
                                 .infer = &Infer,
                                 .forms = &Forms,
                                 .kernel = &Kernel,
                                 .reference = &Reference};

}  // namespace msf
