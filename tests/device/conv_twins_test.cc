// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/device/kernel_firmware.h"

namespace msf {
namespace {

TEST(ConvolutionTwins, GiveThePortableBytesForRandomLayersOnArmv7EM) {
  ExpectTwinsAgree("m4", "conv_twins_firmware.cpp",
                   {"msf_conv2d_s8", "msf_conv2d_1x1_s8", "msf_conv2d_acc_s8",
                    "msf_conv2d_part_s8", "msf_conv2d_small_s8",
                    "msf_fully_connected_s8",
                    "msf_fully_connected_acc_s8"});
}

}  // namespace
}  // namespace msf
