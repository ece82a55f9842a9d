// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/cli/msfc.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace msf {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  EXPECT_NE(value, nullptr) << name << " is not set; run ctest";
  return value != nullptr ? value : "";
}

ProcessResult Run(const ProcessRequest& request) {
  auto result = RunProcess(request);
  if (!result) {
    ADD_FAILURE() << ToString(result.error());
    return {.exit_status = -1};
  }
  EXPECT_FALSE(result->timed_out);
  EXPECT_EQ(result->signal, 0);
  return *std::move(result);
}

}  // namespace

ProcessResult Msfc(const Words& arguments, const std::string& directory) {
  ProcessRequest request{.arguments = {Variable("MSF_PROGRAM")},
                         .directory = directory,
                         .timeout_seconds = 120};
  request.arguments.insert(request.arguments.end(), arguments.begin(),
                           arguments.end());
  return Run(request);
}

ProcessResult Shell(const std::string& line) {
  // $1 and $2 need no quoting, whatever is in them.
  return Run({.arguments = {"sh", "-c", "MSFC=$1; SAMPLE=$2; " + line, "sh",
                            Variable("MSF_PROGRAM"), Sample()},
              .timeout_seconds = 120});
}

nlohmann::json JsonOf(const ProcessResult& result) {
  auto json = nlohmann::json::parse(result.output, nullptr, false);
  EXPECT_TRUE(json.is_object()) << result.output << result.error;
  return json.is_object() ? json : nlohmann::json::object();
}

nlohmann::json ExpectError(int exit_code, Words arguments) {
  std::string line;
  for (const std::string& argument : arguments) line += argument + " ";
  SCOPED_TRACE(line);
  const ProcessResult text = Msfc(arguments);
  EXPECT_EQ(text.exit_status, exit_code) << text.error;
  EXPECT_EQ(text.output, "");
  EXPECT_TRUE(text.error.starts_with("msfc: ")) << text.error;
  arguments.push_back("--json");
  const ProcessResult result = Msfc(arguments);
  EXPECT_EQ(result.exit_status, exit_code);
  EXPECT_EQ(result.error, "");
  nlohmann::json json = JsonOf(result);
  nlohmann::json error = json.value("error", nlohmann::json::object());
  for (const char* key : {"where", "what", "hint"}) {
    EXPECT_TRUE(error.contains(key) && error[key].is_string()) << json;
  }
  EXPECT_NE(error.value("what", ""), "");
  EXPECT_EQ(json.contains("tightest"), exit_code == 2);
  return json;
}

std::string Sample() {
  return Variable("MSF_SOURCE_DIR") + "/examples/digits/digits96_int8.tflite";
}

std::string SampleImages() {
  return Variable("MSF_SOURCE_DIR") + "/examples/digits/test_images.npy";
}

}  // namespace msf
