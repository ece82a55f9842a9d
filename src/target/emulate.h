// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"
#include "support/watch.h"
#include "target/target.h"

namespace msf {

enum class HarnessInputMode { kStreamed, kResident, kExternal };

// One network input, in the network's order.
struct HarnessInput {
  HarnessInputMode mode = HarnessInputMode::kStreamed;
  int64_t rows = 0;
  int64_t row_bytes = 0;
  bool is_float = false;
  // Bytes for every run, or for each run one after the other; empty: the
  // random stream.
  std::vector<uint8_t> data;
};

struct EmulationRequest {
  std::string model_name;  // "person_detect"; its header is <name>.h
  // Emitted and runtime sources by relative name; the root is the include
  // path. RuntimeFiles() has the runtime's.
  std::map<std::string, std::string> files;
  std::vector<HarnessInput> inputs;
  uint32_t random_seed = 1;  // of the inputs without data
  int runs = 1;
  double timeout_seconds = 900;  // of the emulator
  Watch watch;
};

// Bytes by their place in the image. "Product" is what ships: the model, the
// runtime and what they pull in, with arena and instance; the harness and its
// inputs are apart.
struct BuildSizes {
  int64_t text_bytes = 0;      // code of the product
  int64_t rodata_bytes = 0;    // constants of the product: weights, tables
  int64_t data_bytes = 0;      // initialised variables, in flash and in RAM
  int64_t bss_bytes = 0;       // arena, instance and the product's other zeros
  int64_t arena_bytes = 0;     // the linked size of the arena (ELF symbol)
  int64_t instance_bytes = 0;  // the model's struct
  int64_t harness_flash_bytes = 0;  // code of the harness
  int64_t harness_ram_bytes = 0;
  int64_t input_flash_bytes = 0;  // baked inputs
  int64_t ram_bytes = 0;          // all that is linked, with alignment
  int64_t flash_bytes = 0;
};

struct EmulationResult {
  std::vector<std::vector<uint8_t>> outputs;  // per run, outputs in order
  std::vector<int64_t> instructions;          // per run, without the input's
  // High-water mark of init and run below their caller's frame. Bytes of a
  // frame that are never written do not show. With streamed input it holds
  // the input callback's frames if they are the deepest:
  int64_t stack_bytes = 0;
  int64_t callback_stack_bytes = 0;  // the harness's callback alone
  int64_t arena_bytes = 0;           // the emitted macro
  int64_t arena_linked_bytes = 0;    // the ELF symbol
  int64_t arena_touched_bytes = 0;   // high-water mark of bytes written
  int64_t instance_bytes = 0;
  int64_t text_bytes = 0;
  int64_t rodata_bytes = 0;
  int64_t data_bytes = 0;
  int64_t bss_bytes = 0;
};

// Bytes that must stay free for the stack when RAM is compared.
inline constexpr int64_t kStackReserveBytes = 1024;

// The runtime's sources as they lie beside an emitted model, by names without
// "runtime/".
std::map<std::string, std::string> RuntimeFiles();

// Compiles and links. Says nothing about whether the result fits.
Result<BuildSizes> BuildForTarget(const Target& target,
                                  const EmulationRequest& request);

// Why the image is too large for the target, if it is.
std::optional<Diagnostic> CheckFit(const Target& target,
                                   const BuildSizes& sizes);

// That the target has an emulator, and that it is installed.
Result<void> CheckEmulator(const Target& target);

// Compiles, links, checks the fit, and runs under the target's emulator. What
// is cancelled is an error of kCancelled, here and below.
Result<EmulationResult> Emulate(const Target& target,
                                const EmulationRequest& request);

struct ProgramRequest {
  // All its sources by relative name, besides those that every program for the
  // target needs; `harness_main` is where it begins.
  std::map<std::string, std::string> files;
  double timeout_seconds = 900;  // of the emulator
  Watch watch;
  // Given each line that it prints as it comes; may be empty.
  std::function<void(std::string_view line)> on_line;
};

// Compiles a program of its own, runs it, and returns what it printed.
Result<std::string> EmulateProgram(const Target& target,
                                   ProgramRequest request);

}  // namespace msf
