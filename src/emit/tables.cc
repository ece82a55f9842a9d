// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "emit/model_files.h"

namespace msf {
namespace {

const char* KindName(StageKind kind) {
  switch (kind) {
    case StageKind::kRow:
      return "MSF_STAGE_ROW";
    case StageKind::kAccumulate:
      return "MSF_STAGE_ACCUMULATE";
    case StageKind::kStrips:
    case StageKind::kWhole:
      return "MSF_STAGE_WHOLE";
    case StageKind::kFeed:
      return "MSF_STAGE_FEED";
  }
  return "?";
}

// "b2s5": how tables of block 2, stage 5 are called.
std::string Id(size_t block, size_t stage) {
  return fmt::format("b{}s{}", block, stage);
}

// C has no empty arrays.
std::string Numbers(const std::vector<int32_t>& numbers) {
  return numbers.empty() ? "0" : fmt::format("{}", fmt::join(numbers, ", "));
}

std::string Offset(const ScheduleTensor& tensor) {
  if (tensor.external_input < 0) return fmt::format("{}u", tensor.offset);
  return fmt::format("MSF_EXTERNAL + {}u", tensor.external_input);
}

std::string TensorTable(const EmitContext& context) {
  std::string text =
      "/* offset, row_bytes, capacity, rows */\n"
      "const msf_tensor kTensors[] = {\n";
  for (const ScheduleTensor& tensor : context.schedule.tensors) {
    text += fmt::format("    {{{}, {}, {}, {}}}, /* {} */\n", Offset(tensor),
                        tensor.row_bytes, tensor.capacity, tensor.rows,
                        ToString(context.graph.tensor(tensor.tensor).hwc));
  }
  return text + "};\n\n";
}

std::string Params(const EmitContext& context, const KernelCall& call,
                   const std::string& id) {
  std::string text =
      fmt::format("const {} {}_params = {{\n", call.params_type, id);
  for (const ParamField& field : call.fields) {
    const std::string value =
        field.array ? context.pool.NameOf(*field.array)
        : field.value == INT32_MIN
            ? "(-2147483647 - 1)"
            : fmt::format("{}", field.value);
    text += fmt::format("    /*{}=*/{},\n", field.name, value);
  }
  return text + "};\n";
}

std::string PatchReads(const SchedulePatchNode& node, const std::string& id) {
  std::string text =
      fmt::format("const msf_patch_read {}_reads[] = {{\n", id);
  for (const msf_patch_read& read : node.reads) {
    text += fmt::format("    {{{}, {}, {}, {}}},\n", read.source,
                        read.row_stride, read.row_offset, read.row_extent);
  }
  return text + "};\n";
}

// A node of a patch as a member of its table.
std::string PatchNode(const SchedulePatchNode& node, const std::string& id,
                      const std::string& reads_id) {
  const msf_patch_node& n = node.table;
  return fmt::format(
      "    {{{0}, {1}, {2}_reads, {3}, {4}, {5}, {6}, {7}, {8}, {9}, "
      "{10}, {11}, {12}, {13}, {14}, {15}, {16}, {17}}},\n",
      node.rests() ? "NULL" : "&" + node.call.kernel,
      node.rests() ? "NULL" : "&" + id + "_params", reads_id, n.read_count, n.rows, n.width, n.x_scale,
      n.x_first, n.x_end, n.x_oldest, n.pixel_bytes, n.tile_rows,
      n.tile_row_bytes, n.tile_offset, n.kept_rows, n.kept_row_bytes,
      n.kept_offset, n.many_rows);
}

std::string PatchParams(const EmitContext& context, const SchedulePatch& patch,
                        const std::string& id) {
  std::string text;
  std::string nodes;
  const auto count = static_cast<size_t>(patch.table.count);
  for (size_t n = 0; n < patch.nodes.size(); ++n) {
    const SchedulePatchNode& node = patch.nodes[n];
    const std::string node_id = fmt::format("{}_n{}", id, n);
    if (!node.rests()) text += Params(context, node.call, node_id);
    if (n < count) text += PatchReads(node, node_id);
    // All passes read alike.
    nodes += PatchNode(node, node_id, fmt::format("{}_n{}", id, n % count));
  }
  text += fmt::format(
      "/* kernel, params, reads, read_count, rows, width, x_scale, x_first, "
      "x_end, x_oldest, pixel_bytes, tile_rows, tile_row_bytes, tile_offset, "
      "kept_rows, kept_row_bytes, kept_offset, many_rows */\n"
      "const msf_patch_node {}_nodes[] = {{\n{}}};\n",
      id, nodes);
  const msf_patch_params& p = patch.table;
  text += fmt::format(
      "const msf_patch_params {0}_params = {{\n"
      "    {0}_nodes, /*count=*/{1}, /*passes=*/{2}, /*patch_rows=*/{3},\n"
      "    /*patch_cols=*/{4}, /*last_pass_cols=*/{5}, /*strip_cols=*/{6},\n"
      "    /*kernel_scratch_offset=*/{7}, /*sums_offset=*/{8},\n}};\n",
      id, p.count, p.passes, p.patch_rows, p.patch_cols, p.last_pass_cols,
      p.strip_cols, p.kernel_scratch_offset, p.sums_offset);
  return text;
}

std::string Reads(const ScheduleStage& stage, const std::string& id) {
  std::string text = fmt::format("const msf_read {}_reads[] = {{\n", id);
  for (const ScheduleRead& read : stage.reads) {
    text += fmt::format("    {{{}, {}, {}, {}, {}}},\n", read.tensor,
                        read.producer, read.need.stride, read.need.offset,
                        read.need.extent);
  }
  return text + "};\n";
}

std::string StageRow(const ScheduleStage& stage, const std::string& id) {
  const bool runs = stage.node >= 0;
  return fmt::format(
      "    {{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}u, {}u}},\n",
      runs ? "&" + stage.call.kernel : "nullptr",
      runs ? "&" + id + "_params" : "nullptr",
      stage.reads.empty() ? "nullptr" : id + "_reads", stage.reads.size(),
      KindName(stage.form.kind), stage.output, std::max(stage.input, 0),
      stage.piece_cols, stage.pixel_bytes, stage.form.steps, stage.form.rows_per_step, stage.state_offset,
      stage.scratch_offset);
}

std::string BlockTables(const EmitContext& context, size_t b) {
  const ScheduleBlock& block = context.schedule.blocks[b];
  std::string text;
  std::string rows;
  for (size_t s = 0; s < block.stages.size(); ++s) {
    const ScheduleStage& stage = block.stages[s];
    const std::string id = Id(b, s);
    if (stage.node >= 0) {
      const Node& node = context.graph.node(stage.node);
      text += fmt::format("/* node {} {} */\n", node.source_index,
                          OpDefOf(node).tflite);
      text += stage.patch ? PatchParams(context, *stage.patch, id)
                          : Params(context, stage.call, id);
    }
    if (!stage.reads.empty()) text += Reads(stage, id);
    rows += StageRow(stage, id);
  }
  text += fmt::format(
      "/* kernel, params, reads, read_count, kind, output, input, "
      "piece_cols, pixel_bytes, steps, rows_per_step, state, scratch */\n"
      "const msf_stage b{}_stages[] = {{\n{}}};\n",
      b, rows);
  text += fmt::format("const uint16_t b{}_goals[] = {{{}}};\n\n", b,
                      Numbers(block.goals));
  return text;
}

std::string NetworkTable(const EmitContext& context) {
  const Schedule& schedule = context.schedule;
  std::string text = "const msf_block kBlocks[] = {\n";
  for (size_t b = 0; b < schedule.blocks.size(); ++b) {
    text += fmt::format("    {{b{0}_stages, b{0}_goals, {1}, {2}}},\n", b,
                        schedule.blocks[b].stages.size(),
                        schedule.blocks[b].goals.size());
  }
  if (schedule.blocks.empty()) text += "    {nullptr, nullptr, 0, 0},\n";
  text += fmt::format(
      "}};\n\nconst uint16_t kInputs[] = {{{}}};\n"
      "const uint16_t kOutputs[] = {{{}}};\n\n",
      Numbers(schedule.inputs), Numbers(schedule.outputs));
  text += fmt::format(
      "const msf_network kNetwork = {{\n"
      "    kTensors, kBlocks, kInputs, kOutputs,\n"
      "    /*block_count=*/{1}, /*input_count=*/{2}, /*output_count=*/{3},\n"
      "    /*max_stages=*/{0}_MAX_STAGES, {0}_ARENA_SIZE, {0}_ARENA_ALIGN,\n"
      "}};\n\n",
      context.macro, schedule.blocks.size(), schedule.inputs.size(),
      schedule.outputs.size());
  return text;
}

std::string FaceFunctions(const EmitContext& context) {
  const std::string& n = context.options.name;
  std::string text = fmt::format(
      "msf_status {0}_init({0} *m, void *arena, size_t size) {{\n"
      "  if (m == nullptr) return MSF_ERROR_ARGUMENT;\n",
      n);
  if (context.schedule.plan.input_mode == InputMode::kExternal) {
    text += "  for (const uint8_t *&input : m->external) input = nullptr;\n";
  }
  text += fmt::format(
      "  return msf_init(&m->machine, &kNetwork, arena, size, m->done);\n"
      "}}\n\n"
      "msf_status {0}_run({0} *m) {{ return msf_run(&m->machine); }}\n\n"
      "msf_status {0}_step({0} *m) {{ return msf_step(&m->machine); }}\n\n",
      n);
  switch (context.schedule.plan.input_mode) {
    case InputMode::kStreamed:
      text += fmt::format(
          "msf_status {0}_push_rows({0} *m, const {0}_input_t *rows, "
          "int32_t count) {{\n"
          "  return msf_push_rows(&m->machine, 0, rows, count);\n"
          "}}\n\n"
          "msf_status {0}_push_rows_to({0} *m, int32_t input, "
          "const void *rows, int32_t count) {{\n"
          "  return msf_push_rows(&m->machine, input, rows, count);\n"
          "}}\n\n"
          "int32_t {0}_wanted_input(const {0} *m) {{\n"
          "  return msf_wanted_input(&m->machine);\n"
          "}}\n\n"
          "void {0}_set_pull({0} *m, msf_pull pull, void *context) {{\n"
          "  m->machine.pull = pull;\n"
          "  m->machine.pull_context = context;\n"
          "}}\n\n",
          n);
      break;
    case InputMode::kResident:
      text += fmt::format(
          "{0}_input_t *{0}_input({0} *m) {{\n"
          "  return ({0}_input_t *){0}_input_at(m, 0);\n"
          "}}\n\n"
          "void *{0}_input_at({0} *m, int32_t input) {{\n"
          "  return msf_tensor_data(&m->machine, kInputs[input]);\n"
          "}}\n\n",
          n);
      break;
    case InputMode::kExternal:
      text += fmt::format(
          "void {0}_set_input({0} *m, int32_t input, const void *data) {{\n"
          "  m->external[input] = (const uint8_t *)data;\n"
          "  m->machine.external = m->external;\n"
          "}}\n\n",
          n);
      break;
  }
  text += fmt::format(
      "const {0}_output_t *{0}_output(const {0} *m) {{\n"
      "  return (const {0}_output_t *){0}_output_at(m, 0);\n"
      "}}\n\n"
      "const void *{0}_output_at(const {0} *m, int32_t output) {{\n"
      "  return msf_tensor_data(&m->machine, kOutputs[output]);\n"
      "}}\n",
      n);
  return text;
}

}  // namespace

std::string TablesSource(const EmitContext& context) {
  const std::string& name = context.options.name;
  std::string text = context.Banner("Tables of the network.");
  text += fmt::format("#include \"{0}.h\"\n\n#include \"{0}_weights.h\"\n",
                      name);
  std::set<std::string> kernels;
  for (const ScheduleBlock& block : context.schedule.blocks) {
    for (const ScheduleStage& stage : block.stages) {
      for (const KernelCall* call : CallsOf(stage)) {
        kernels.insert(call->kernel);
      }
    }
  }
  for (const std::string& kernel : kernels) {
    text += fmt::format("#include \"kernels/{}.h\"\n", kernel);
  }
  text += "#include \"msf_kernels.h\"\n\nnamespace {\n\n";
  text += TensorTable(context);
  for (size_t b = 0; b < context.schedule.blocks.size(); ++b) {
    text += BlockTables(context, b);
  }
  text += NetworkTable(context);
  return text + "}  // namespace\n\nextern \"C\" {\n\n" +
         FaceFunctions(context) + "\n}  // extern \"C\"\n";
}

}  // namespace msf
