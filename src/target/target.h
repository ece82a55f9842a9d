// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"

namespace msf {

enum class MemoryKind { kFlash, kRam };

struct TargetMemory {
  std::string name;
  MemoryKind kind = MemoryKind::kFlash;
  uint64_t origin = 0;
  int64_t bytes = 0;
};

struct TargetToolchain {
  std::string compiler;            // a program on PATH
  std::vector<std::string> flags;  // those that choose the core
  std::string debian_package;
};

struct TargetEmulator {
  std::string command;  // a program on PATH, or empty
  std::vector<std::string> arguments;
  std::string debian_package;
  int icount_shift = 0;  // 2^shift ns of virtual time an instruction
};

struct TargetCounter {
  std::string header;  // in targets/harness
  std::string description;
};

// What kernels cost on a target: cost/features.h says of what.
struct TargetCost {
  std::string measured_on;  // the id of the target that was measured
  std::string unit;         // "instructions" or "cycles"
  int32_t pair_words = 0;  // of the kernels: KernelBody
  bool pair_codes = false;
  bool dot_codes = false;
  bool helium = false;
  std::map<std::string, std::map<std::string, double>> coefficients;
  // Where instructions were measured and cycles are asked for: how many an
  // instruction takes, and how many a byte of constants does on top of them.
  double cycles_per_instruction = 0;  // 0: cycles are not known
  double flash_cycles_per_byte = 0;
  int64_t cache_bytes = 0;  // between the core and flash
  std::string basis;  // in words: what was calibrated, what is a default
};

// A board or core, from targets/<id>.json.
struct Target {
  std::string id;
  std::vector<std::string> aliases;
  std::string title;
  std::string core;
  std::string isa;
  std::vector<TargetMemory> memories;
  std::string clock;     // a note
  int64_t clock_hz = 0;  // 0: cycles are no time
  TargetToolchain toolchain;
  TargetEmulator emulator;  // without a command: a board to flash
  std::string startup;        // in targets/harness
  std::string linker_script;  // in targets/harness
  TargetCounter counter;      // of the emulator
  std::optional<TargetCost> cost;
  std::string notes;
};

inline bool IsEmulated(const Target& target) {
  return !target.emulator.command.empty();
}

// The first memory of a kind; every target has one of each.
const TargetMemory& Memory(const Target& target, MemoryKind kind);

// All targets that the program carries, sorted by id.
const std::vector<Target>& AllTargets();

// By id or alias, in any case. The error lists the ids.
Result<Target> FindTarget(std::string_view name);

// `where` names the text in errors.
Result<Target> ParseTarget(std::string_view json, const std::string& where);

// A file of targets/cost, or one that `msfc bench --calibrate` wrote.
Result<TargetCost> ParseCost(std::string_view json, const std::string& where);

}  // namespace msf
