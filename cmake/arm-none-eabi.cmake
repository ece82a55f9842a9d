# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#
# Toolchain file: the runtime for an Arm Cortex-M4, or for the core whose flags
# are in MSF_ARM_CORE, as freestanding as msfc builds it for its emulated
# targets (src/target/image.cc).
if(NOT DEFINED MSF_ARM_CORE)
  set(MSF_ARM_CORE "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16")
endif()
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
# There is no program to link: no start-up code, no linker script.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
string(CONCAT CMAKE_CXX_FLAGS_INIT
  "${MSF_ARM_CORE} -ffreestanding "
  "-fno-threadsafe-statics -ffunction-sections -fdata-sections "
  "-ffp-contract=off -DMSF_FREESTANDING_MEMORY")
