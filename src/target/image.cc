// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "target/image.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "support/cancelled.h"
#include "support/embedded.h"
#include "support/process.h"
#include "target/harness_config.h"
#include "target/object_cache.h"

namespace msf {
namespace {

constexpr int kJobs = 2;
constexpr char kMemorySource[] = "msf_memory.cpp";

// Of every target. No contraction of a * b + c: its rounding differs, and the
// bytes of a float kernel with it.
const std::vector<std::string>& CommonFlags() {
  static const std::vector<std::string> flags = {
      "-std=c++17",          "-O2",
      "-ffreestanding",      "-fno-exceptions",
      "-fno-rtti",           "-fno-threadsafe-statics",
      "-fno-unwind-tables",  "-fno-asynchronous-unwind-tables",
      "-ffunction-sections", "-fdata-sections",
      "-ffp-contract=off",   "-DMSF_FREESTANDING_MEMORY"};
  return flags;
}

using Files = std::map<std::string, std::string>;

// One build: what all its compilations share.
struct Build {
  const Target& target;
  Files files;
  std::vector<std::string> sources;
  std::string directory;
  std::string compiler_version;
  ObjectCache cache;
  const Watch& watch;
};

std::vector<std::string> CompileCommand(const Build& build) {
  std::vector<std::string> command = {build.target.toolchain.compiler};
  const auto& flags = build.target.toolchain.flags;
  command.insert(command.end(), flags.begin(), flags.end());
  command.insert(command.end(), CommonFlags().begin(), CommonFlags().end());
  return command;
}

std::string ObjectName(const std::string& source) { return source + ".o"; }

std::string CacheKey(const Build& build, const std::string& source) {
  KeyBuilder key;
  key.Add(build.compiler_version).Add(source);
  for (const std::string& part : CompileCommand(build)) key.Add(part);
  for (const auto& [name, text] : IncludeClosure(build.files, source)) {
    key.Add(name).Add(text);
  }
  return key.Key();
}

// What a tool said, cut to what fits a terminal.
std::string Excerpt(const std::string& text) {
  constexpr std::size_t kMost = 2000;
  return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
}

Result<void> RunTool(const Build& build, std::vector<std::string> command,
                     const std::string& what) {
  MSF_ASSIGN(const ProcessResult result,
             RunProcess({.arguments = std::move(command),
                         .directory = build.directory,
                         .is_cancelled = build.watch.is_cancelled}));
  if (result.exit_status == 0 && !result.timed_out) return {};
  return InternalError("target " + build.target.id,
                       what +
                           (result.timed_out ? " did not end" : " failed:\n") +
                           Excerpt(result.error));
}

Result<void> Compile(const Build& build, const std::string& source) {
  const std::string object = build.directory + "/" + ObjectName(source);
  // A source that takes in a binary file is not described by its text.
  const bool cached =
      build.files.at(source).find(".incbin") == std::string::npos;
  const std::string key = cached ? CacheKey(build, source) : "";
  if (cached && build.cache.Fetch(key, object)) return {};
  std::vector<std::string> command = CompileCommand(build);
  for (const char* part : {"-I.", "-c", "-o"}) command.push_back(part);
  command.push_back(ObjectName(source));
  command.push_back(source);
  MSF_RETURN_IF_ERROR(
      RunTool(build, std::move(command), "compiling " + source));
  if (cached) build.cache.Store(key, object);
  return {};
}

Result<void> CompileAll(const Build& build) {
  std::vector<Result<void>> results(build.sources.size());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;  // of what follows
  int64_t done = 0;
  build.watch.Begin("compiling for " + build.target.id);
  const auto work = [&] {
    for (std::size_t i = next++; i < results.size(); i = next++) {
      if (build.watch.IsCancelled()) return;
      results[i] = Compile(build, build.sources[i]);
      const std::lock_guard<std::mutex> lock(mutex);
      build.watch.Report(++done, static_cast<int64_t>(results.size()));
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < kJobs; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  for (Result<void>& result : results) {
    if (!result) return tl::unexpected(std::move(result.error()));
  }
  if (build.watch.IsCancelled()) {
    return Cancelled("target " + build.target.id, "compiling");
  }
  return {};
}

Result<void> Link(const Build& build) {
  std::vector<std::string> command = CompileCommand(build);
  for (const char* part :
       {"-nostdlib", "-nostartfiles", "-Wl,--gc-sections",
        "-Wl,--no-warn-rwx-segments", "-T", kLinkerScript, "-o", kImageFile}) {
    command.push_back(part);
  }
  for (const std::string& source : build.sources) {
    command.push_back(ObjectName(source));
  }
  command.push_back("-lgcc");
  return RunTool(build, std::move(command), "linking");
}

BuildSizes Sizes(const Target& target, const ElfImage& elf) {
  const auto section = [&](const char* name) {
    const auto found = elf.section_bytes.find(name);
    return found == elf.section_bytes.end() ? 0 : found->second;
  };
  const auto symbol = [&](const char* name) {
    const auto found = elf.symbols.find(name);
    return found == elf.symbols.end() ? ElfSymbol{} : found->second;
  };
  const auto span = [&](const char* end, MemoryKind kind) {
    return static_cast<int64_t>(symbol(end).address -
                                Memory(target, kind).origin);
  };
  return {
      .text_bytes = section(".text"),
      .rodata_bytes = section(".rodata") + section(".ARM.exidx"),
      .data_bytes = section(".data"),
      .bss_bytes = section(".arena") + section(".instance") + section(".bss"),
      .arena_bytes = symbol("harness_arena").bytes,
      .instance_bytes = symbol("harness_model").bytes,
      .harness_flash_bytes =
          section(".harness_vectors") + section(".harness_text"),
      .harness_ram_bytes = section(".harness_bss") + section(".harness_guard"),
      .input_flash_bytes = section(".harness_input"),
      .ram_bytes = span("__stack_limit", MemoryKind::kRam),
      .flash_bytes = span("__flash_end", MemoryKind::kFlash)};
}

Result<Build> Prepare(const Target& target, Files files,
                      const std::string& directory, const Watch& watch) {
  const std::string& compiler = target.toolchain.compiler;
  if (!FindProgram(compiler)) {
    return NotInstalled(target, compiler, target.toolchain.debian_package);
  }
  MSF_ASSIGN(const ProcessResult version,
             RunProcess({.arguments = {compiler, "--version"},
                         .directory = directory,
                         .is_cancelled = watch.is_cancelled}));
  Build build{.target = target,
              .files = std::move(files),
              .sources = {},
              .directory = directory,
              .compiler_version = version.output,
              .cache = {},
              .watch = watch};
  const bool has_memory = std::ranges::any_of(
      build.files,
      [](const auto& file) { return file.first.ends_with(kMemorySource); });
  if (!has_memory) {
    build.files[kMemorySource] =
        *EmbeddedFile(std::string("runtime/") + kMemorySource);
  }
  for (const auto& [name, text] : build.files) {
    if (name.ends_with(".cpp")) build.sources.push_back(name);
  }
  return build;
}

}  // namespace

tl::unexpected<Diagnostic> NotInstalled(const Target& target,
                                        const std::string& command,
                                        const std::string& debian_package) {
  return UserError(
      "target " + target.id, command + " is not installed",
      "on Debian: apt-get install --no-install-recommends " + debian_package);
}

Result<Image> BuildImage(const Target& target,
                         const EmulationRequest& request) {
  Files files = request.files;
  files.merge(HarnessFiles(target, request));
  return BuildProgram(target, std::move(files), request.watch);
}

Result<Image> BuildProgram(const Target& target, Files files,
                           const Watch& watch) {
  MSF_ASSIGN(TempDir directory, TempDir::Create());
  MSF_ASSIGN(const Build build,
             Prepare(target, std::move(files), directory.path(), watch));
  for (const auto& [name, text] : build.files) {
    MSF_RETURN_IF_ERROR(directory.Write(name, text));
  }
  MSF_RETURN_IF_ERROR(CompileAll(build));
  MSF_RETURN_IF_ERROR(Link(build));
  MSF_ASSIGN(ElfImage elf, ReadElf(directory.path() + "/" + kImageFile));
  const BuildSizes sizes = Sizes(target, elf);
  return Image{
      .directory = std::move(directory), .elf = std::move(elf), .sizes = sizes};
}

}  // namespace msf
