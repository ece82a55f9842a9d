// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <fmt/format.h>

#include "emit/model_files.h"

namespace msf {
namespace {

const char* CType(DType dtype) {
  return dtype == DType::kInt32 ? "int32_t" : "int8_t";
}

std::string Declaration(const ConstPool::Entry& entry) {
  return fmt::format("const {} {}[{}]", CType(entry.array->dtype), entry.name,
                     entry.array->bytes.size() /
                         static_cast<size_t>(ByteSize(entry.array->dtype)));
}

// Comma-separated values, broken into lines of 80 columns.
template <typename T>
void AppendValues(std::string& text, const std::vector<uint8_t>& bytes) {
  std::string line = " ";
  for (size_t i = 0; i < bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, &bytes[i], sizeof(T));
    // -2147483648 would be the negation of a number that no int holds.
    const std::string item =
        static_cast<int64_t>(value) == INT32_MIN
            ? " (-2147483647 - 1),"
            : fmt::format(" {},", static_cast<int32_t>(value));
    if (line.size() + item.size() > 79) {
      text += line + "\n";
      line = " ";
    }
    line += item;
  }
  text += line + "\n";
}

}  // namespace

ConstPool::ConstPool(const std::string& prefix, const Schedule& schedule) {
  for (const ScheduleBlock& block : schedule.blocks) {
    for (const ScheduleStage& stage : block.stages) {
      for (const KernelCall* call : CallsOf(stage)) AddArrays(prefix, *call);
    }
  }
}

void ConstPool::AddArrays(const std::string& prefix, const KernelCall& call) {
  for (const ParamField& field : call.fields) {
    if (!field.array || field.array->bytes.empty()) continue;
    const std::string name =
        fmt::format("{}_c{}_{}", prefix, entries_.size(), field.name);
    const auto [at, added] =
        names_.emplace(Key{field.array->dtype, field.array->bytes}, name);
    if (added) entries_.push_back({name, &*field.array});
  }
}

std::string ConstPool::NameOf(const ConstArray& array) const {
  if (array.bytes.empty()) return "nullptr";
  return names_.at(Key{array.dtype, array.bytes});
}

int64_t ConstPool::bytes() const {
  int64_t sum = 0;
  for (const Entry& entry : entries_) {
    sum += static_cast<int64_t>(entry.array->bytes.size());
  }
  return sum;
}

std::string WeightsHeader(const EmitContext& context) {
  std::string text = context.Banner("Constants of the network.");
  text += fmt::format(
      "#ifndef {0}_WEIGHTS_H_\n#define {0}_WEIGHTS_H_\n\n#include <stdint.h>\n"
      "\n",
      context.macro);
  for (const ConstPool::Entry& entry : context.pool.entries()) {
    text += "extern " + Declaration(entry) + ";\n";
  }
  return text + fmt::format("\n#endif /* {}_WEIGHTS_H_ */\n", context.macro);
}

std::string WeightsSource(const EmitContext& context) {
  std::string text = context.Banner("Constants of the network.");
  text += fmt::format("#include \"{}_weights.h\"\n", context.options.name);
  for (const ConstPool::Entry& entry : context.pool.entries()) {
    text += "\n" + Declaration(entry) + " = {\n";
    if (entry.array->dtype == DType::kInt32) {
      AppendValues<int32_t>(text, entry.array->bytes);
    } else {
      AppendValues<int8_t>(text, entry.array->bytes);
    }
    text += "};\n";
  }
  return text;
}

}  // namespace msf
