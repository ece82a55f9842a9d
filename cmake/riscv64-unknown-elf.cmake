# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#
# Toolchain file: the runtime for a RISC-V RV32IMC core, as freestanding as msfc
# builds it for its emulated targets (src/target/image.cc).
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv)
set(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++)
# There is no program to link: no start-up code, no linker script.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
string(CONCAT CMAKE_CXX_FLAGS_INIT
  "-march=rv32imc -mabi=ilp32 -ffreestanding "
  "-fno-threadsafe-statics -ffunction-sections -fdata-sections "
  "-ffp-contract=off -DMSF_FREESTANDING_MEMORY")
