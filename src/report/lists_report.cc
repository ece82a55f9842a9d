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
                       {"emulated", IsEmulated(target)},
                       {"clock_hz", target.clock_hz > 0
                                        ? Json(target.clock_hz)
                                        : Json(nullptr)},
                       {"cost_basis", target.cost ? Json(target.cost->basis)
                                                  : Json(nullptr)},
                       {"notes", target.notes}});
  }
  return {{"targets", std::move(targets)}};
}

namespace {

std::string TargetLines(bool emulated) {
  std::string text =
      fmt::format("{:<17} {:>11} {:>11} {:>5}  {}\n",
                  emulated ? "emulated core" : "board", "flash", "RAM", "MHz",
                  emulated ? "what msfc run --on runs on"
                           : "what msfc front --target predicts for");
  for (const Target& target : AllTargets()) {
    if (IsEmulated(target) != emulated) continue;
    const std::string mhz =
        target.clock_hz > 0 ? std::to_string(target.clock_hz / 1000000) : "-";
    text += fmt::format("{:<17} {:>11} {:>11} {:>5}  {}\n", target.id,
                        WithCommas(Memory(target, MemoryKind::kFlash).bytes),
                        WithCommas(Memory(target, MemoryKind::kRam).bytes), mhz,
                        target.title);
  }
  return text;
}

}  // namespace

std::string TargetsText() {
  return TargetLines(true) + "\n" + TargetLines(false) +
         "\nmsfc targets --json has notes and what cycles rest on\n";
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
