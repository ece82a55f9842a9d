// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "target/emulate.h"

namespace msf {
namespace {

// 16384 -> "16,384"
std::string Grouped(int64_t number) {
  std::string text = std::to_string(number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

Diagnostic TooLarge(const Target& target, MemoryKind kind, int64_t need,
                    const std::string& parts) {
  const int64_t have = Memory(target, kind).bytes;
  return {.kind = ErrorKind::kInfeasible,
          .where = "target " + target.id,
          .what = fmt::format(
              "needs {} bytes of {}: {}; {} has {}: short by {}", Grouped(need),
              kind == MemoryKind::kRam ? "RAM" : "flash", parts, target.id,
              Grouped(have), Grouped(need - have)),
          .hint = {},
          .unsupported = {},
          .tightest_ram_bytes = {},
          .tightest_flash_bytes = {}};
}

Diagnostic TooLittleRam(const Target& target, const BuildSizes& sizes) {
  const int64_t need = sizes.ram_bytes + kStackReserveBytes;
  const int64_t rest = sizes.ram_bytes - sizes.arena_bytes -
                       sizes.instance_bytes - sizes.harness_ram_bytes;
  Diagnostic error = TooLarge(
      target, MemoryKind::kRam, need,
      fmt::format("arena {} + instance {} + variables and padding {} + test "
                  "harness {} + stack reserve {}",
                  Grouped(sizes.arena_bytes), Grouped(sizes.instance_bytes),
                  Grouped(rest), Grouped(sizes.harness_ram_bytes),
                  Grouped(kStackReserveBytes)));
  const int64_t shortfall = need - Memory(target, MemoryKind::kRam).bytes;
  const int64_t arena = sizes.arena_bytes - shortfall;
  if (arena > 0) {
    error.tightest_ram_bytes = arena;
    error.hint = fmt::format(
        "a plan whose arena is at most {} bytes would fit: msfc plan "
        "--ram-limit {} tells whether there is one",
        Grouped(arena), arena);
  } else {
    error.hint = "choose a target with more RAM";
  }
  return error;
}

Diagnostic TooLittleFlash(const Target& target, const BuildSizes& sizes) {
  const int64_t rest = sizes.flash_bytes - sizes.text_bytes -
                       sizes.rodata_bytes - sizes.harness_flash_bytes -
                       sizes.input_flash_bytes;
  Diagnostic error = TooLarge(
      target, MemoryKind::kFlash, sizes.flash_bytes,
      fmt::format("code {} + constants {} + variables and padding {} + test "
                  "harness {} + its inputs {}",
                  Grouped(sizes.text_bytes), Grouped(sizes.rodata_bytes),
                  Grouped(rest), Grouped(sizes.harness_flash_bytes),
                  Grouped(sizes.input_flash_bytes)));
  error.tightest_flash_bytes = sizes.flash_bytes;
  const int64_t without_inputs = sizes.flash_bytes - sizes.input_flash_bytes;
  if (without_inputs <= Memory(target, MemoryKind::kFlash).bytes) {
    error.hint = "it is the inputs of the runs that do not fit: fewer --runs";
  } else {
    error.hint =
        "weights need the same room in every plan: choose a target with more "
        "flash";
  }
  return error;
}

}  // namespace

std::optional<Diagnostic> CheckFit(const Target& target,
                                   const BuildSizes& sizes) {
  if (sizes.ram_bytes + kStackReserveBytes >
      Memory(target, MemoryKind::kRam).bytes) {
    return TooLittleRam(target, sizes);
  }
  if (sizes.flash_bytes > Memory(target, MemoryKind::kFlash).bytes) {
    return TooLittleFlash(target, sizes);
  }
  return std::nullopt;
}

}  // namespace msf
