// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "support/result.h"
#include "support/temp_dir.h"
#include "target/elf_image.h"
#include "target/emulate.h"
#include "target/target.h"

namespace msf {

// A linked program in a directory that goes with it.
struct Image {
  TempDir directory;
  ElfImage elf;
  BuildSizes sizes;
};

inline constexpr char kImageFile[] = "image.elf";  // in the directory

// Compiles all sources of the request with the harness, and links them.
Result<Image> BuildImage(const Target& target, const EmulationRequest& request);

// The same for a program of its own: all its sources by relative name.
Result<Image> BuildProgram(const Target& target,
                           std::map<std::string, std::string> files,
                           const Watch& watch = {});

// "COMMAND is not installed", with the package that has it.
tl::unexpected<Diagnostic> NotInstalled(const Target& target,
                                        const std::string& command,
                                        const std::string& debian_package);

}  // namespace msf
