// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "target/target.h"

#include <algorithm>
#include <cmath>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "support/check.h"
#include "support/embedded.h"

namespace msf {
namespace {

using nlohmann::json;

TargetMemory ParseMemory(const json& object) {
  TargetMemory memory;
  memory.name = object.at("name").get<std::string>();
  const std::string kind = object.at("kind").get<std::string>();
  if (kind != "flash" && kind != "ram") {
    throw std::invalid_argument("memory kind '" + kind +
                                "' is neither flash nor ram");
  }
  memory.kind = kind == "ram" ? MemoryKind::kRam : MemoryKind::kFlash;
  // Text, since JSON has no hexadecimal numbers.
  memory.origin =
      std::stoull(object.at("origin").get<std::string>(), nullptr, 0);
  memory.bytes = object.at("bytes").get<int64_t>();
  return memory;
}

TargetToolchain ParseToolchain(const json& object) {
  return {.compiler = object.at("compiler").get<std::string>(),
          .flags = object.at("flags").get<std::vector<std::string>>(),
          .debian_package = object.at("debian_package").get<std::string>()};
}

TargetEmulator ParseEmulator(const json& object) {
  return {.command = object.at("command").get<std::string>(),
          .arguments = object.at("arguments").get<std::vector<std::string>>(),
          .debian_package = object.at("debian_package").get<std::string>(),
          .icount_shift = object.at("icount_shift").get<int>()};
}

TargetCost ParseCoefficients(const json& object) {
  TargetCost cost;
  cost.measured_on = object.at("target").get<std::string>();
  cost.unit = object.at("unit").get<std::string>();
  if (cost.unit != "instructions" && cost.unit != "cycles") {
    throw std::invalid_argument("unit '" + cost.unit +
                                "' is neither instructions nor cycles");
  }
  cost.pair_words = object.at("pair_words").get<int32_t>();
  cost.pair_codes = object.value("pair_codes", false);
  cost.dot_codes = object.value("dot_codes", false);
  cost.helium = object.value("helium", false);
  cost.coefficients =
      object.at("coefficients")
          .get<std::map<std::string, std::map<std::string, double>>>();
  for (const auto& [kernel, features] : cost.coefficients) {
    for (const auto& [feature, each] : features) {
      if (each >= 0 && std::isfinite(each)) continue;
      throw std::invalid_argument(kernel + " '" + feature +
                                  "' costs less than nothing, or no number");
    }
  }
  return cost;
}

// Coefficients of a file in targets/cost, and what a board makes of them.
TargetCost ParseTargetCost(const json& object) {
  const auto name = object.at("coefficients").get<std::string>();
  const auto text = EmbeddedFile("targets/cost/" + name + ".json");
  if (!text) throw std::invalid_argument("targets/cost has no " + name);
  TargetCost cost = ParseCoefficients(json::parse(*text));
  cost.cycles_per_instruction = object.value("cycles_per_instruction", 0.0);
  cost.flash_cycles_per_byte = object.value("flash_cycles_per_byte", 0.0);
  cost.cache_bytes = object.value("cache_bytes", int64_t{0});
  cost.basis = object.at("basis").get<std::string>();
  return cost;
}

Target ParseObject(const json& object) {
  Target target;
  target.id = object.at("id").get<std::string>();
  target.aliases = object.at("aliases").get<std::vector<std::string>>();
  target.title = object.at("title").get<std::string>();
  target.core = object.at("core").get<std::string>();
  target.isa = object.at("isa").get<std::string>();
  for (const json& memory : object.at("memories")) {
    target.memories.push_back(ParseMemory(memory));
  }
  target.clock = object.at("clock").get<std::string>();
  target.toolchain = ParseToolchain(object.at("toolchain"));
  target.clock_hz = object.value("clock_hz", int64_t{0});
  target.startup = object.at("startup").get<std::string>();
  target.linker_script = object.at("linker_script").get<std::string>();
  if (object.contains("emulator")) {
    target.emulator = ParseEmulator(object.at("emulator"));
    const json& counter = object.at("counter");
    target.counter = {
        .header = counter.at("header").get<std::string>(),
        .description = counter.at("description").get<std::string>()};
  }
  if (object.contains("cost")) {
    target.cost = ParseTargetCost(object.at("cost"));
  }
  target.notes = object.at("notes").get<std::string>();
  for (const MemoryKind kind : {MemoryKind::kFlash, MemoryKind::kRam}) {
    if (std::ranges::none_of(target.memories, [&](const TargetMemory& m) {
          return m.kind == kind;
        })) {
      throw std::invalid_argument("needs a memory of kind flash and of ram");
    }
  }
  return target;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return lower;
}

bool IsCalled(const Target& target, const std::string& lower_name) {
  return LowerCase(target.id) == lower_name ||
         std::ranges::any_of(target.aliases, [&](const std::string& alias) {
           return LowerCase(alias) == lower_name;
         });
}

std::vector<Target> LoadTargets() {
  std::vector<Target> targets;
  for (const std::string& name : EmbeddedFiles("targets/")) {
    if (!name.ends_with(".json") || name.starts_with("targets/cost/")) continue;
    Result<Target> target = ParseTarget(*EmbeddedFile(name), name);
    MSF_CHECK(target.has_value());
    targets.push_back(*std::move(target));
  }
  std::ranges::sort(targets, {}, &Target::id);
  return targets;
}

}  // namespace

Result<Target> ParseTarget(std::string_view text, const std::string& where) {
  try {
    return ParseObject(json::parse(text));
  } catch (const std::exception& error) {
    return UserError(where, error.what(),
                     "targets/m0.json shows what a target needs");
  }
}

Result<TargetCost> ParseCost(std::string_view text, const std::string& where) {
  try {
    return ParseCoefficients(json::parse(text));
  } catch (const std::exception& error) {
    return UserError(where, error.what(),
                     "give a file that msfc bench --calibrate -o wrote");
  }
}

const TargetMemory& Memory(const Target& target, MemoryKind kind) {
  const auto found =
      std::ranges::find(target.memories, kind, &TargetMemory::kind);
  MSF_CHECK(found != target.memories.end());
  return *found;
}

const std::vector<Target>& AllTargets() {
  static const std::vector<Target> targets = LoadTargets();
  return targets;
}

Result<Target> FindTarget(std::string_view name) {
  const std::string lower = LowerCase(name);
  std::string ids;
  for (const Target& target : AllTargets()) {
    if (IsCalled(target, lower)) return target;
    ids += (ids.empty() ? "" : ", ") + target.id;
  }
  return UserError("target '" + std::string(name) + "'", "is not known",
                   "known targets: " + ids);
}

}  // namespace msf
