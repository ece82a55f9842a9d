// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Kernels on an emulated core, each compiled twice: as the core's flags choose
// it, and portable. A program beside this file (a .cpp that includes
// twins_firmware.h) calls both on random cases and compares their bytes:
// msf_add_s8 is the twin, portable_msf_add_s8 the portable one.
//
//   TEST(AddTwins, ...) {
//     ExpectTwinsAgree("m4", "add_twins_firmware.cpp", {"msf_add_s8"});
//   }
#pragma once

#include <string>
#include <vector>

namespace msf {

// An emulated core, and how the twins are compiled. The portable kernels are
// so with -O2: what is not inlined there has the same name as in the twins.
struct TwinsOn {
  std::string target;  // an id
  std::string optimisation = "-O2";
};

// Expects that the program, a file of tests/device, ends with no difference.
// Skips the test where the target's tools are not installed.
void ExpectTwinsAgree(const TwinsOn& on, const std::string& program,
                      const std::vector<std::string>& kernels);

}  // namespace msf
