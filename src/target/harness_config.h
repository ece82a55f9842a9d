// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "target/emulate.h"
#include "target/target.h"

namespace msf {

// What any program for the target needs: start, counter, a way to print, the
// linker script.
std::map<std::string, std::string> MachineFiles(const Target& target);

// The same with the files of targets/harness that run a model, and those that tie them to
// one model: harness_config.h, the baked inputs, the linker script.
std::map<std::string, std::string> HarnessFiles(
    const Target& target, const EmulationRequest& request);

// The linker script's name among them.
inline constexpr char kLinkerScript[] = "harness/image.ld";

}  // namespace msf
