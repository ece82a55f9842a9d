// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/device/kernel_firmware.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "support/embedded.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "target/emulate.h"
#include "target/target.h"

namespace msf {
namespace {

using Command = std::vector<std::string>;

std::string TextOf(const std::string& file) {
  const char* root = std::getenv("MSF_SOURCE_DIR");
  std::ifstream stream(std::string(root != nullptr ? root : ".") +
                       "/tests/device/" + file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void Append(Command& command, const Command& parts) {
  command.insert(command.end(), parts.begin(), parts.end());
}

Command CompileCommand(const Target& target, const std::string& source,
                       const std::string& object) {
  Command command = {target.toolchain.compiler};
  Append(command, target.toolchain.flags);
  Append(command, {"-std=c++17", "-O2", "-ffreestanding", "-fno-exceptions",
                   "-fno-rtti", "-fno-threadsafe-statics", "-I.", "-Iharness",
                   "-DMSF_FREESTANDING_MEMORY", "-c", source, "-o", object});
  return command;
}

void Run(const TempDir& directory, const Command& command,
         const std::string& what) {
  const auto result = RunProcess({.arguments = command,
                                  .directory = directory.path(),
                                  .timeout_seconds = 300});
  ASSERT_TRUE(result.has_value()) << ToString(result.error());
  EXPECT_EQ(result->exit_status, 0) << what << ":\n"
                                    << result->output << result->error;
}

// The linker script of the harness with the target's memories.
std::string LinkerScript(const Target& target) {
  std::string script(*EmbeddedFile("targets/harness/" + target.linker_script));
  const TargetMemory& flash = Memory(target, MemoryKind::kFlash);
  const TargetMemory& ram = Memory(target, MemoryKind::kRam);
  for (const auto& [word, value] :
       {std::pair<std::string, uint64_t>{"@FLASH_ORIGIN@", flash.origin},
        {"@RAM_ORIGIN@", ram.origin},
        {"@RAM_BYTES@", static_cast<uint64_t>(ram.bytes)}}) {
    for (size_t at; (at = script.find(word)) != std::string::npos;) {
      script.replace(at, word.size(), fmt::format("{:#x}", value));
    }
  }
  return script;
}

void WriteSources(const TempDir& directory, const Target& target,
                  const std::string& program) {
  const auto write = [&](const std::string& name, std::string_view text) {
    const auto written = directory.Write(name, text);
    ASSERT_TRUE(written.has_value()) << ToString(written.error());
  };
  for (const auto& [name, text] : RuntimeFiles()) write(name, text);
  const std::string harness = "targets/harness/";
  for (const std::string& name : EmbeddedFiles(harness)) {
    write("harness/" + name.substr(harness.size()), *EmbeddedFile(name));
  }
  write("firmware.ld", LinkerScript(target));
  for (const std::string& name : {std::string("twins_firmware.h"), program}) {
    const std::string text = TextOf(name);
    ASSERT_FALSE(text.empty()) << name << " is not in tests/device";
    write(name, text);
  }
}

}  // namespace

void ExpectTwinsAgree(const TwinsOn& on, const std::string& program,
                      const std::vector<std::string>& kernels) {
  const Target target = FindTarget(on.target).value();
  for (const std::string& tool :
       {target.toolchain.compiler, target.emulator.command}) {
    if (!FindProgram(tool)) GTEST_SKIP() << tool << " is not installed";
  }
  const TempDir directory = std::move(TempDir::Create().value());
  WriteSources(directory, target, program);

  Command link = {target.toolchain.compiler};
  Append(link, target.toolchain.flags);
  Append(link, {"-nostdlib", "-nostartfiles", "-Wl,--gc-sections",
                "-Wl,--no-warn-rwx-segments", "-T", "firmware.ld", "-o",
                "firmware.elf"});
  const auto compile = [&](const std::string& source, const Command& more) {
    const std::string object = fmt::format("{}.o", link.size());
    Command command = CompileCommand(target, source, object);
    Append(command, more);
    Run(directory, command, source);
    link.push_back(object);
  };
  // The macro renames prototype and definition alike.
  for (const std::string& kernel : kernels) {
    const std::string source = "kernels/" + kernel + ".cpp";
    compile(source, {on.optimisation, "-ffunction-sections"});
    compile(source,
            {"-DMSF_PORTABLE", "-D" + kernel + "=portable_" + kernel});
  }
  compile(program, {});
  compile("harness/" + target.startup, {});
  compile("msf_memory.cpp", {});
  link.push_back("-lgcc");
  Run(directory, link, "linking");

  Command emulate = {target.emulator.command};
  Append(emulate, target.emulator.arguments);
  Append(emulate, {"-nographic", "-monitor", "none", "-serial", "none",
                   "-semihosting-config", "enable=on,target=native", "-kernel",
                   "firmware.elf"});
  if (!testing::Test::HasFailure()) Run(directory, emulate, program);
}

}  // namespace msf
