// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "emit/model_files.h"
#include "support/random_bytes.h"

namespace msf {
namespace {

std::string ByteList(const std::vector<uint8_t>& bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    text += i % 16 == 0 ? (i == 0 ? "    " : "\n    ") : " ";
    text += fmt::format("{},", bytes[i]);
  }
  return text;
}

// State of the random stream where each input begins: streamed rows of several
// inputs interleave.
std::vector<uint32_t> StreamStates(const EmitContext& context) {
  RandomBytes stream(context.options.selftest_seed);
  std::vector<uint32_t> states;
  for (const Port& port : context.graph.inputs) {
    states.push_back(stream.state());
    const int64_t draws = context.graph.tensor(port.tensor).elements();
    for (int64_t i = 0; i < draws; ++i) stream.Next();
  }
  return states;
}

constexpr const char* kFillRow = R"(
// Fills `count` elements from the random stream, as `msfc run --input random:SEED`.
void Fill(uint32_t *state, void *row, int32_t count, bool is_float) {
  for (int32_t i = 0; i < count; ++i) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    const int8_t value = (int8_t)(uint8_t)*state;
    if (is_float) {
      ((float *)row)[i] = (float)value / 128.0f;
    } else {
      ((int8_t *)row)[i] = value;
    }
  }
}
)";

std::string Inputs(const EmitContext& context) {
  std::string text = "struct Input {\n  uint32_t state;\n"
                     "  int32_t elements;\n"
                     "  bool is_float;\n};\n\n";
  const std::vector<uint32_t> states = StreamStates(context);
  text += fmt::format("const Input kInputs[{}_INPUT_COUNT] = {{\n",
                      context.macro);
  for (size_t i = 0; i < states.size(); ++i) {
    const Tensor& tensor =
        context.graph.tensor(context.graph.inputs[i].tensor);
    text += fmt::format(
        "    {{{:#x}u, {}, {}}},\n", states[i],
        tensor.elements(),
        tensor.dtype == DType::kFloat32);
  }
  return text + "};\n";
}

std::string ExpectedOutputs(const EmitContext& context) {
  std::string text;
  for (size_t i = 0; i < context.options.selftest_outputs.size(); ++i) {
    const auto& bytes = context.options.selftest_outputs[i];
    text += fmt::format("const uint8_t kOutput{}[{}] = {{\n{}\n}};\n", i,
                        bytes.size(), ByteList(bytes));
  }
  return text;
}

std::string Body(const EmitContext& context) {
  const std::string& n = context.options.name;
  std::string text = fmt::format(
      "int {0}_selftest(void *arena, size_t size) {{\n"
      // `struct`: the model may be called `arena` or `size`.
      "  struct {0} m;\n"
      "  if ({0}_init(&m, arena, size) != MSF_OK) return -1;\n",
      n);
  switch (context.schedule.plan.input_mode) {
    case InputMode::kStreamed:
      text += fmt::format(
          "  Input inputs[{1}_INPUT_COUNT];\n"
          "  for (int32_t i = 0; i < {1}_INPUT_COUNT; ++i) "
          "inputs[i] = kInputs[i];\n"
          "  {0}_set_pull(&m, &Pull, inputs);\n",
          n, context.macro);
      break;
    case InputMode::kResident:
      text += fmt::format(
          "  for (int32_t i = 0; i < {1}_INPUT_COUNT; ++i) {{\n"
          "    Input input = kInputs[i];\n"
          "    Fill(&input.state, {0}_input_at(&m, i), input.elements, "
          "input.is_float);\n"
          "  }}\n",
          n, context.macro);
      break;
    case InputMode::kExternal:
      for (size_t i = 0; i < context.graph.inputs.size(); ++i) {
        text += fmt::format("  {0}_set_input(&m, {1}, kExternal{1});\n", n, i);
      }
      break;
  }
  text += fmt::format("  if ({}_run(&m) != MSF_DONE) return -1;\n", n);
  for (size_t i = 0; i < context.options.selftest_outputs.size(); ++i) {
    text += fmt::format(
        "  if (Differs({0}_output_at(&m, {1}), kOutput{1}, "
        "(int32_t)sizeof(kOutput{1}))) return {2};\n",
        n, i, i + 1);
  }
  return text + "  return 0;\n}\n";
}

// External inputs are read where they lie, so the known ones go to flash.
std::string ExternalInputs(const EmitContext& context) {
  RandomBytes stream(context.options.selftest_seed);
  std::string text;
  for (size_t i = 0; i < context.graph.inputs.size(); ++i) {
    const Tensor& tensor =
        context.graph.tensor(context.graph.inputs[i].tensor);
    const bool is_float = tensor.dtype == DType::kFloat32;
    text += fmt::format("const {} kExternal{}[{}] = {{\n",
                        is_float ? "float" : "int8_t", i, tensor.elements());
    for (int64_t e = 0; e < tensor.elements(); ++e) {
      const int value = static_cast<int8_t>(stream.Next());
      text += e % 16 == 0 ? (e == 0 ? "    " : "\n    ") : " ";
      text += is_float ? fmt::format("{}.0f / 128,", value)
                       : fmt::format("{},", value);
    }
    text += "\n};\n";
  }
  return text;
}

}  // namespace

std::string SelftestSource(const EmitContext& context) {
  std::string text = context.Banner("Known-answer self-test.");
  text += fmt::format("#include \"{}.h\"\n\nnamespace {{\n",
                      context.options.name);
  const InputMode mode = context.schedule.plan.input_mode;
  if (mode == InputMode::kExternal) {
    text += "\n" + ExternalInputs(context);
  } else {
    text += std::string(kFillRow) + "\n" + Inputs(context);
  }
  if (mode == InputMode::kStreamed) {
    text +=
        "\nint Pull(void *context, int32_t input, int32_t, int32_t,\n"
        "         int32_t count, void *to) {\n"
        "  Input *source = (Input *)context + input;\n"
        "  Fill(&source->state, to, source->is_float ? count / 4 : count,\n"
        "       source->is_float);\n"
        "  return 0;\n}\n";
  }
  text += "\n" + ExpectedOutputs(context);
  text +=
      "\nbool Differs(const void *got, const uint8_t *expected, int32_t size) "
      "{\n"
      "  for (int32_t i = 0; i < size; ++i) {\n"
      "    if (((const uint8_t *)got)[i] != expected[i]) return true;\n"
      "  }\n"
      "  return false;\n}\n";
  return text + "\n}  // namespace\n\nextern \"C\" " + Body(context);
}

}  // namespace msf
