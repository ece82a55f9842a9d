// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// msfc as a library: load a network, plan it, verify the plan, emit C++.
//
//   auto model = msf::Model::Load("person.tflite");
//   auto plan = model->Plan({.ram_limit_bytes = 64 * 1024});
//   auto files = plan->Emit("person_detect");
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "msf/outcome.h"

namespace msf {

struct Network;       // not public
struct PlannedModel;  // not public

// What a plan must keep to. Nothing set: the smallest RAM at F = 1.00.
struct PlanLimits {
  std::optional<int64_t> ram_limit_bytes;  // of the arena
  std::optional<double> max_overhead;      // overhead factor F, at least 1
  std::string input_mode;  // "streamed", "resident", "external"; "" chooses
  std::string method;      // "plain", "line-buffer", ...; "" is the full space
  // Asked now and then while the plan is sought; where it says true, Plan()
  // returns an error of kCancelled. May be empty.
  std::function<bool()> is_cancelled;
};

// A file of the emitted model.
struct SourceFile {
  std::string path;  // relative, '/' between folders
  std::string contents;
};

// A plan of one network, lowered and laid out. Cheap to copy.
class ModelPlan {
 public:
  int64_t arena_bytes() const;
  int64_t macs() const;            // of one inference under the plan
  double overhead_factor() const;  // F; macs() / MACs of the plain network
  int64_t lower_bound_bytes() const;  // no plan of the space needs less
  std::string ToJson() const;         // as `msfc plan --json`

  // Runs `runs` random inferences over shadow memory and compares every byte
  // of every node with the reference. The error names the first difference.
  Outcome<bool> Verify(int32_t runs = 1) const;

  // Verifies, then emits C++17 with this C identifier as prefix, plan.json
  // among the files.
  Outcome<std::vector<SourceFile>> Emit(const std::string& name) const;

 private:
  friend class Model;
  ModelPlan(std::shared_ptr<const Network> network,
            std::shared_ptr<const PlannedModel> planned)
      : network_(std::move(network)), planned_(std::move(planned)) {}

  std::shared_ptr<const Network> network_;
  std::shared_ptr<const PlannedModel> planned_;
};

// A supported network. Cheap to copy.
class Model {
 public:
  // Errors: the file cannot be read, is damaged, or holds nodes that are not
  // supported (Diagnostic::unsupported lists them all).
  static Outcome<Model> Load(const std::string& path);

  // kInfeasible, with the tightest RAM, if no plan meets the limits.
  Outcome<ModelPlan> Plan(const PlanLimits& limits = {}) const;

 private:
  explicit Model(std::shared_ptr<const Network> network)
      : network_(std::move(network)) {}

  std::shared_ptr<const Network> network_;
};

}  // namespace msf
