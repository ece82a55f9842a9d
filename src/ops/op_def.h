// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What an operator is to msfc: a table of plain functions. One operator, one
// file (ops/<name>.cc), one line in ir/ops.def.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"
#include "support/result.h"

namespace msf {

// The options of a node as the file has them, by the file format's own field
// names ("stride_w"). Implemented by the importer; operators never see
// flatbuffers or protobuf.
class OptionReader {
 public:
  virtual ~OptionReader() = default;
  virtual int64_t Int(std::string_view field, int64_t if_absent) const = 0;
  virtual float Float(std::string_view field, float if_absent) const = 0;
};

// --- How a node runs, row by row -------------------------------------------

// What one call of a stage's kernel does.
enum class StageKind {
  kRow,         // step s writes rows [s * n, (s + 1) * n), n = rows_per_step
  kAccumulate,  // step r reads input row r; the last step writes all outputs
  kWhole,       // one step reads all inputs and writes all outputs
  kFeed,        // step r receives row r of a streamed network input
  kStrips,      // each step reads all inputs and writes some columns of a few
                // rows; the last step completes the output
};

// Step s reads rows [s * stride + offset, s * stride + offset + extent) of an
// input, cut to the rows that exist.
struct RowNeed {
  int32_t stride = 1;
  int32_t offset = 0;
  int32_t extent = 1;
  // The kernel goes through output row and input row element by element,
  // upwards, and reads before it writes: the output row may lie on the input
  // row, or begin below it.
  bool in_place = false;
  // Step 0 reads so many rows more, above the others.
  int32_t lead = 0;

  // The first row that step s reads, if it exists.
  int32_t First(int32_t s) const {
    return s * stride + offset - (s == 0 ? lead : 0);
  }
  // The same without the lead: what output row r reads first.
  int32_t Top(int32_t r) const { return r * stride + offset; }
  // Behind the last row that step s reads, if it exists.
  int32_t End(int32_t s) const { return s * stride + offset + extent; }
  bool operator==(const RowNeed&) const = default;
};

// One way to run a node. Several may exist (a dense layer can wait for its
// whole input, or accumulate as rows arrive); the solver chooses.
struct StageForm {
  StageKind kind = StageKind::kRow;
  int32_t steps = 0;           // calls for one inference
  int32_t rows_per_step = 1;   // kRow: output rows that a call makes
  std::vector<RowNeed> needs;  // one for each ActivationInputs() entry
  // The same for columns: what output column x reads of each input. Empty if
  // the kernel makes whole rows only.
  std::vector<RowNeed> columns;
  int64_t state_bytes = 0;     // int32 aligned, kept from first to last step
  int64_t scratch_bytes = 0;   // int32 aligned, for the time of one call
  int64_t macs = 0;            // of all steps together
  // Columns that most calls make where the node is part of a patch; 0: whole
  // rows. For the choice of the kernel; any kernel makes any columns.
  int32_t columns_per_call = 0;
};

// --- Lowering to a kernel of the runtime -----------------------------------

// A constant array of the emitted model.
struct ConstArray {
  DType dtype = DType::kInt8;  // kInt8 or kInt32
  std::vector<uint8_t> bytes;  // little endian
};

// A member of the kernel's parameter struct, in the struct's order.
struct ParamField {
  std::string name;
  std::optional<ConstArray> array;  // a `const T *` member if present,
  int32_t value = 0;                // else an `int32_t` member
};

// A call of a runtime kernel: its function and the initialiser of its params.
struct KernelCall {
  std::string kernel;       // a line in runtime/kernels.def: "msf_add_s8"
  std::string params_type;  // "msf_add_params"
  std::vector<ParamField> fields;
  bool many_rows = false;  // the kernel heeds msf_call.more_rows

  KernelCall& Int(std::string name, int64_t value);
  KernelCall& Int8s(std::string name, const std::vector<int8_t>& values);
  KernelCall& Int32s(std::string name, const std::vector<int32_t>& values);

  // Requires that there is one of this name.
  const ParamField& Field(std::string_view name) const;
};

// --- Slices of channels ----------------------------------------------------

// What a node does that runs for some channels at a time.
enum class SliceRole {
  kOutputs,      // makes some output channels out of all input channels
  kChannelWise,  // makes output channels out of the same input channels
  kInputs,       // adds some input channels up to int32 sums of all outputs
};

// Channels [first, first + count) of the tensor that is sliced: the output, or
// with kInputs the input.
struct ChannelSlice {
  SliceRole role = SliceRole::kOutputs;
  int32_t first = 0;
  int32_t count = 0;
  int32_t sums_rows = 0;  // kInputs: rows and columns of sums at hand
  int32_t sums_cols = 0;
  // kChannelWise: channels of the pixels that it writes to; 0: its own alone.
  int32_t pixel_channels = 0;
};

// --- The operator ----------------------------------------------------------

struct OpDef {
  const char* name;    // "Conv2D", as in ir/ops.def
  const char* tflite;  // "CONV_2D"

  // Attributes of `node` (whose inputs and outputs are set, attrs not yet)
  // from the file's options and constant inputs. Refuses, with the reason in
  // Diagnostic::what, everything that `infer`, `forms`, `kernel` and
  // `reference` could not handle: types, ranks, batch, zero kernel sizes,
  // missing or wrong constants, scales that are not positive.
  Result<Attrs> (*parse)(const OptionReader& options, const Graph& graph,
                         const Node& node);

  // Shape of the (only) output from attributes and inputs.
  Result<Hwc> (*infer)(const Graph& graph, const Node& node);

  // Every way to run the node, the plainest first. Never empty.
  std::vector<StageForm> (*forms)(const Graph& graph, const Node& node);

  // The kernel that runs `form`.
  KernelCall (*kernel)(const Graph& graph, const Node& node,
                       const StageForm& form);

  // Whole tensors in, whole tensor out, straight from the definition; written
  // apart from the runtime kernels so that each checks the other. `inputs`
  // stand for node.inputs (constants included, null where absent).
  void (*reference)(const Graph& graph, const Node& node,
                    const std::vector<const uint8_t*>& inputs,
                    uint8_t* output);

  // The roles in which slices of the node may run. Null: none, ever.
  std::vector<SliceRole> (*slice_roles)(const Graph& graph,
                                        const Node& node) = nullptr;

  // The kernel that runs the node and, tap by tap, `producer`, whose output it
  // alone reads and which then is nowhere. Nothing if there is none. Null: never.
  std::optional<KernelCall> (*with_taps)(const Graph& graph,
                                         const Node& producer,
                                         const Node& node) = nullptr;

  // The kernel that runs a slice of `form`, which is the first one. Where
  // slice_roles is.
  KernelCall (*slice)(const Graph& graph, const Node& node,
                      const StageForm& form,
                      const ChannelSlice& slice) = nullptr;
};

// The definition behind a node. Requires attrs that are not monostate.
const OpDef& OpDefOf(const Node& node);

// By the name in a .tflite file ("CONV_2D"); null if msfc does not know it.
const OpDef* FindTfliteOp(std::string_view tflite_name);

// All operators in the order of ops.def.
const std::vector<const OpDef*>& AllOps();

// MACs of one plain inference (of the first form).
int64_t Macs(const Graph& graph, const Node& node);
int64_t Macs(const Graph& graph);

}  // namespace msf
