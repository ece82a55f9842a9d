// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace msf {

// Whose fault an error is; the command line's exit code follows from it.
enum class ErrorKind {
  kUser = 1,        // bad file, bad option, unsupported node
  kInfeasible = 2,  // no plan meets the limits
  kInternal = 3,    // a bug of ours
  kCancelled = 130,  // the caller had enough: 128 + SIGINT, as shells have it
};

// A node that msfc cannot run, and why.
struct UnsupportedNode {
  int32_t node = -1;   // index in the file
  std::string op;      // the file's operator name, "GATHER"
  std::string name;    // name of the node's first output tensor
  std::string reason;  // a sentence
};

// What went wrong, where, and what the user can do about it.
struct Diagnostic {
  ErrorKind kind = ErrorKind::kUser;
  std::string where;  // file, node, tensor: "m.tflite: node 3 CONV_2D 'conv1'"
  std::string what;   // the reason, one sentence
  std::string hint;   // the remedy, one sentence; may be empty
  std::vector<UnsupportedNode> unsupported;  // all of them at once
  // Of kInfeasible: what would do.
  std::optional<int64_t> tightest_ram_bytes;    // of arena
  std::optional<int64_t> tightest_flash_bytes;
  std::optional<double> tightest_latency_ms;  // of a target
};

// "WHERE: WHAT\n  hint: HINT", with a line for each unsupported node.
std::string ToString(const Diagnostic& diagnostic);

}  // namespace msf
