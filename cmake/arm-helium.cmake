# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#
# Toolchain file: the runtime for an Arm Cortex-M55 with Helium.
set(MSF_ARM_CORE "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard -mfpu=auto")
include(${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake)
