// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
  std::string command;  // a program on PATH
  std::vector<std::string> arguments;
  std::string debian_package;
  int icount_shift = 0;  // 2^shift ns of virtual time an instruction
};

struct TargetCounter {
  std::string header;  // in targets/harness
  std::string description;
};

// A board or core, from targets/<id>.json.
struct Target {
  std::string id;
  std::vector<std::string> aliases;
  std::string title;
  std::string core;
  std::string isa;
  std::vector<TargetMemory> memories;
  std::string clock;  // a note
  TargetToolchain toolchain;
  TargetEmulator emulator;
  std::string startup;        // in targets/harness
  std::string linker_script;  // in targets/harness
  TargetCounter counter;
  std::string notes;
};

// The first memory of a kind; every target has one of each.
const TargetMemory& Memory(const Target& target, MemoryKind kind);

// All targets that the program carries, sorted by id.
const std::vector<Target>& AllTargets();

// By id or alias, in any case. The error lists the ids.
Result<Target> FindTarget(std::string_view name);

// `where` names the text in errors.
Result<Target> ParseTarget(std::string_view json, const std::string& where);

}  // namespace msf
