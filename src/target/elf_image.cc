// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "target/elf_image.h"

#include <cxxabi.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

namespace msf {
namespace {

struct File {
  int fd = -1;
  Elf* elf = nullptr;

  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (elf != nullptr) elf_end(elf);
    if (fd >= 0) close(fd);
  }
};

void ReadSymbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header,
                 ElfImage& image) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  const int count = static_cast<int>(header.sh_size / header.sh_entsize);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, i, &symbol) == nullptr) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    const bool is_function = GELF_ST_TYPE(symbol.st_info) == STT_FUNC;
    const bool is_local = GELF_ST_BIND(symbol.st_info) == STB_LOCAL;
    if (name == nullptr || *name == 0 || (is_local && !is_function)) continue;
    image.symbols[name] = {.address = symbol.st_value,
                           .bytes = static_cast<int64_t>(symbol.st_size),
                           .is_function = is_function};
  }
}

std::string Demangled(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? text.get() : name;
}

}  // namespace

Result<ElfImage> ReadElf(const std::string& path) {
  File file;
  elf_version(EV_CURRENT);
  file.fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file.fd >= 0) file.elf = elf_begin(file.fd, ELF_C_READ, nullptr);
  std::size_t names = 0;
  if (file.elf == nullptr || elf_kind(file.elf) != ELF_K_ELF ||
      elf_getshdrstrndx(file.elf, &names) != 0) {
    return InternalError(path, "the linker's result is no ELF file");
  }
  ElfImage image;
  for (Elf_Scn* section = elf_nextscn(file.elf, nullptr); section != nullptr;
       section = elf_nextscn(file.elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    if (header.sh_type == SHT_SYMTAB) {
      ReadSymbols(file.elf, section, header, image);
    }
    if ((header.sh_flags & SHF_ALLOC) == 0) continue;
    const char* name = elf_strptr(file.elf, names, header.sh_name);
    if (name == nullptr) continue;
    image.section_bytes[name] += static_cast<int64_t>(header.sh_size);
  }
  return image;
}

std::string FunctionAt(const ElfImage& image, uint64_t address) {
  for (const auto& [name, symbol] : image.symbols) {
    const uint64_t begin = symbol.address & ~uint64_t{1};  // the Thumb bit
    if (symbol.is_function && address >= begin &&
        address - begin < static_cast<uint64_t>(symbol.bytes)) {
      return Demangled(name);
    }
  }
  return {};
}

}  // namespace msf
