// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The files of an emitted model, one function each. For emitter.cc only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "emit/emitter.h"

namespace msf {

// Constant arrays of the schedule, equal ones shared.
class ConstPool {
 public:
  ConstPool(const std::string& prefix, const Schedule& schedule);

  struct Entry {
    std::string name;  // "person_detect_w3"
    const ConstArray* array = nullptr;
  };
  const std::vector<Entry>& entries() const { return entries_; }
  // "nullptr" for an empty array.
  std::string NameOf(const ConstArray& array) const;
  int64_t bytes() const;

 private:
  void AddArrays(const std::string& prefix, const KernelCall& call);

  using Key = std::pair<DType, std::vector<uint8_t>>;
  std::map<Key, std::string> names_;
  std::vector<Entry> entries_;
};

// What the files are made from.
struct EmitContext {
  const Graph& graph;
  const Schedule& schedule;
  const EmitOptions& options;
  ConstPool pool;
  std::string macro;  // options.name in capitals

  std::string Banner(const std::string& what) const;  // first comment
};

// `text` (a command line, a tensor's name) as it may stand in a comment.
std::string CommentText(const std::string& text);

std::string FaceHeader(const EmitContext& context);      // <name>.h
std::string TablesSource(const EmitContext& context);    // <name>.cpp
std::string WeightsHeader(const EmitContext& context);   // <name>_weights.h
std::string WeightsSource(const EmitContext& context);   // <name>_weights.cpp
std::string SelftestSource(const EmitContext& context);  // <name>_selftest.cpp
std::string CMakeManifest(const EmitContext& context,
                          const std::vector<EmittedFile>& files);

// runtime/... : the machine and the kernels that the schedule calls, with all
// they include.
Result<std::vector<EmittedFile>> RuntimeFiles(const Schedule& schedule);

}  // namespace msf
