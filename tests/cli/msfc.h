// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The built msfc, run as a user runs it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temp_dir.h"

namespace msf {

using Words = std::vector<std::string>;

// Runs msfc (its path is $MSF_PROGRAM); empty `directory`: where the test is.
ProcessResult Msfc(const Words& arguments, const std::string& directory = "");

// Runs a shell line in which $MSFC and $SAMPLE stand for program and sample.
ProcessResult Shell(const std::string& line);

// Stdout as JSON. Fails the test unless stdout is one object and nothing else.
nlohmann::json JsonOf(const ProcessResult& result);

// What any error must look like: this exit code, words on stderr and none on
// stdout; and the same with --json, as one object with `error` on stdout and
// nothing on stderr. Returns that object.
nlohmann::json ExpectError(int exit_code, Words arguments);

// examples/digits/digits96_int8.tflite and its test images.
std::string Sample();
std::string SampleImages();

}  // namespace msf
