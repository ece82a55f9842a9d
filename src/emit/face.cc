// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "emit/model_files.h"

namespace msf {
namespace {

const char* CType(DType dtype) {
  return dtype == DType::kFloat32 ? "float"
         : dtype == DType::kInt32 ? "int32_t"
                                  : "int8_t";
}

// "PERSON_DETECT_INPUT" for port 0, "PERSON_DETECT_INPUT1" for port 1.
std::string PortMacro(const EmitContext& context, const char* what, size_t i) {
  return context.macro + "_" + what + (i == 0 ? "" : std::to_string(i));
}

std::string PortMacros(const EmitContext& context, const char* what,
                       const std::vector<Port>& ports) {
  std::string text = fmt::format("#define {}_{}_COUNT {}\n", context.macro,
                                 what, ports.size());
  for (size_t i = 0; i < ports.size(); ++i) {
    const Port& port = ports[i];
    const Tensor& tensor = context.graph.tensor(port.tensor);
    const std::string macro = PortMacro(context, what, i);
    text += fmt::format("/* '{}' {} {} */\n", CommentText(port.name),
                        ToString(port.dtype), ToString(port.shape));
    text += fmt::format("#define {}_SIZE {}u /* bytes */\n", macro,
                        tensor.bytes());
    text += fmt::format("#define {}_ROWS {}\n#define {}_ROW_BYTES {}\n", macro,
                        tensor.hwc.h, macro, tensor.row_bytes());
    if (port.quant.IsQuantized()) {
      text += fmt::format(
          "#define {}_SCALE {:#.9g}f\n#define {}_ZERO_POINT ({})\n", macro,
          port.quant.scale(), macro, port.quant.zero_point());
    }
  }
  return text;
}

// Bytes that are received at a time of network input i.
int64_t PieceBytes(const EmitContext& context, size_t i) {
  for (const ScheduleBlock& block : context.schedule.blocks) {
    for (const ScheduleStage& stage : block.stages) {
      if (stage.input == static_cast<int32_t>(i) && stage.piece_cols > 0) {
        return int64_t{stage.piece_cols} * stage.pixel_bytes;
      }
    }
  }
  return context.graph.tensor(context.graph.inputs[i].tensor).row_bytes();
}

std::string PieceMacros(const EmitContext& context) {
  std::string text;
  for (size_t i = 0; i < context.graph.inputs.size(); ++i) {
    text += fmt::format("#define {}_PIECE_BYTES {} /* at a time */\n",
                        PortMacro(context, "INPUT", i), PieceBytes(context, i));
  }
  return text;
}

size_t MaxStages(const Schedule& schedule) {
  size_t most = 1;
  for (const ScheduleBlock& block : schedule.blocks) {
    most = std::max(most, block.stages.size());
  }
  return most;
}

std::string InputFunctions(const EmitContext& context) {
  const std::string& n = context.options.name;
  switch (context.schedule.plan.input_mode) {
    case InputMode::kStreamed:
      return fmt::format(
          "/* Hands over the next `count` rows of the input and runs until "
          "they are used\n"
          " * up: MSF_NEED_INPUT until the last row, then MSF_DONE. */\n"
          "msf_status {0}_push_rows({0} *m, const {0}_input_t *rows, "
          "int32_t count);\n"
          "/* The same for a network with several inputs; wanted_input says "
          "which one is\n"
          " * due (-1: none). */\n"
          "msf_status {0}_push_rows_to({0} *m, int32_t input, "
          "const void *rows, int32_t count);\n"
          "int32_t {0}_wanted_input(const {0} *m);\n"
          "/* Or let run() fetch rows: pull(context, input, row, first, count, "
          "to) copies\n"
          " * bytes [first, first + count) of a row, at most INPUT_PIECE_BYTES, "
          "and returns 0. */\n"
          "void {0}_set_pull({0} *m, msf_pull pull, void *context);\n",
          n);
    case InputMode::kResident:
      return fmt::format(
          "/* Where to write the input before run(); inside the arena, "
          "overwritten by\n"
          " * run(). */\n"
          "{0}_input_t *{0}_input({0} *m);\n"
          "void *{0}_input_at({0} *m, int32_t input);\n",
          n);
    case InputMode::kExternal:
      return fmt::format(
          "/* Where the input lies during run(): RAM or flash of yours. */\n"
          "void {0}_set_input({0} *m, int32_t input, const void *data);\n",
          n);
  }
  return {};
}

}  // namespace

std::string FaceHeader(const EmitContext& context) {
  const std::string& n = context.options.name;
  const Schedule& schedule = context.schedule;
  std::string text = context.Banner(
      fmt::format("Network '{}' in {} bytes of RAM.", n, schedule.arena_bytes));
  text += fmt::format(
      "#ifndef {0}_H_\n#define {0}_H_\n\n#include \"msf_runtime.h\"\n\n"
      "#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n",
      context.macro);
  text += fmt::format(
      "#define {0}_ARENA_SIZE {1}u /* exact, in bytes */\n"
      "#define {0}_ARENA_ALIGN {2}u\n"
      "#define {0}_MACS {3}ull /* of one inference under this plan */\n"
      "#define {0}_STEPS {4}ull /* of stages, in one inference */\n"
      "#define {0}_MAX_STAGES {5}\n"
      "#define {0}_INPUT_MODE \"{6}\"\n",
      context.macro, schedule.arena_bytes, schedule.arena_align, schedule.macs,
      schedule.steps, MaxStages(schedule), ToString(schedule.plan.input_mode));
  text += PortMacros(context, "INPUT", context.graph.inputs);
  if (schedule.plan.input_mode == InputMode::kStreamed) {
    text += PieceMacros(context);
  }
  text += PortMacros(context, "OUTPUT", context.graph.outputs);
  const DType input = context.graph.inputs.empty()
                          ? DType::kInt8
                          : context.graph.inputs[0].dtype;
  const DType output = context.graph.outputs.empty()
                           ? DType::kInt8
                           : context.graph.outputs[0].dtype;
  text += fmt::format(
      "\ntypedef {1} {0}_input_t;\ntypedef {2} {0}_output_t;\n\n", n,
      CType(input), CType(output));
  text += fmt::format(
      "/* An instance. You own it and the arena; use the functions. */\n"
      "typedef struct {0} {{\n  msf_machine machine;\n"
      "  int32_t done[{1}_MAX_STAGES];\n",
      n, context.macro);
  if (schedule.plan.input_mode == InputMode::kExternal) {
    text += fmt::format("  const uint8_t *external[{}];\n",
                        std::max<size_t>(context.graph.inputs.size(), 1));
  }
  text += fmt::format("}} {};\n\n", n);
  text += fmt::format(
      "/* `arena`: {1}_ARENA_SIZE bytes, aligned to {1}_ARENA_ALIGN. */\n"
      "msf_status {0}_init({0} *m, void *arena, size_t size);\n",
      n, context.macro);
  text += InputFunctions(context);
  text += fmt::format(
      "/* One inference; MSF_DONE at its end. */\n"
      "msf_status {0}_run({0} *m);\n"
      "/* One bounded slice of it: MSF_OK while there is more to do. */\n"
      "msf_status {0}_step({0} *m);\n"
      "/* The result; valid after MSF_DONE and until the next run. */\n"
      "const {0}_output_t *{0}_output(const {0} *m);\n"
      "const void *{0}_output_at(const {0} *m, int32_t output);\n\n"
      "/* Runs a known input and compares every output byte; 0 if equal. In "
      "{0}_selftest.cpp. */\n"
      "int {0}_selftest(void *arena, size_t size);\n\n"
      "#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {1}_H_ */\n",
      n, context.macro);
  return text;
}

}  // namespace msf
