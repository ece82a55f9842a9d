// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "ops/op_def.h"
#include "report/report.h"
#include "support/size.h"
#include "target/target.h"

namespace msf {

Json OpsJson() {
  Json ops = Json::array();
  for (const OpDef* op : AllOps()) {
    ops.push_back({{"name", op->name}, {"tflite", op->tflite}});
  }
  return {{"ops", std::move(ops)}};
}

std::string OpsText() {
  std::string text = fmt::format("{:<18} {}\n", "operator", "in .tflite");
  for (const OpDef* op : AllOps()) {
    text += fmt::format("{:<18} {}\n", op->name, op->tflite);
  }
  return text;
}

std::string OpsMarkdown() {
  std::string text = "| operator | in .tflite |\n|---|---|\n";
  for (const OpDef* op : AllOps()) {
    text += fmt::format("| {} | {} |\n", op->name, op->tflite);
  }
  return text;
}

Json TargetsJson() {
  Json targets = Json::array();
  for (const Target& target : AllTargets()) {
    targets.push_back({{"id", target.id},
                       {"aliases", target.aliases},
                       {"title", target.title},
                       {"core", target.core},
                       {"isa", target.isa},
                       {"flash_bytes", Memory(target, MemoryKind::kFlash).bytes},
                       {"ram_bytes", Memory(target, MemoryKind::kRam).bytes},
                       {"notes", target.notes}});
  }
  return {{"targets", std::move(targets)}};
}

std::string TargetsText() {
  std::string text =
      fmt::format("{:<10} {:>12} {:>12}  {}\n", "id", "flash", "RAM", "what");
  for (const Target& target : AllTargets()) {
    text += fmt::format(
        "{:<10} {:>12} {:>12}  {}\n", target.id,
        WithCommas(Memory(target, MemoryKind::kFlash).bytes),
        WithCommas(Memory(target, MemoryKind::kRam).bytes), target.title);
  }
  return text;
}

std::string TargetsMarkdown() {
  std::string text = "| id | flash | RAM | what |\n|---|---|---|---|\n";
  for (const Target& target : AllTargets()) {
    text += fmt::format("| {} | {} | {} | {} |\n", target.id,
                        WithCommas(Memory(target, MemoryKind::kFlash).bytes),
                        WithCommas(Memory(target, MemoryKind::kRam).bytes),
                        target.title);
  }
  return text;
}

}  // namespace msf
