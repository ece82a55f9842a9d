// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Emitted models in a directory, and the compilers that must accept them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "emit/emitter.h"
#include "ir/graph.h"
#include "plan/plan.h"
#include "plan/unit_graph.h"
#include "support/temp_dir.h"

namespace msf {

// Hand-made networks, int8 unless said otherwise.
Graph TwoInputsTwoOutputs();    // y0 = a + b, y1 = max pool of a
Graph FloatInputAndOutput();    // quantize, max pool, dequantize
Graph InputThatIsAlsoOutput();  // y0 = x, y1 = max pool of x
Graph NoNodes();                // y0 = x

// examples/digits; fails the test if it cannot be read.
Graph DigitsSample();

struct NamedGraph {
  const char* name;
  Graph (*make)();
};
const std::vector<NamedGraph>& TestGraphs();  // all of the above

// What `msfc compile --name net` emits, with the known answer. Fails the test
// if it is refused.
std::vector<EmittedFile> Emitted(const Graph& graph, InputMode mode,
                                 const std::string& name = "net");

// The same under the plan that `plan` makes.
std::vector<EmittedFile> EmittedWithPlan(
    const Graph& graph, InputMode mode,
    const std::function<Plan(const UnitGraph& units)>& plan);

// Writes the files; paths keep their folders.
void Write(const TempDir& directory, const std::vector<EmittedFile>& files);

// Runs a program in the directory. Adds a failure with what it said if it
// does not end with status 0.
void MustRun(const TempDir& directory, std::vector<std::string> arguments);

// Names of the emitted .cpp files: all, or without those of the runtime.
std::vector<std::string> Sources(const std::vector<EmittedFile>& files,
                                 bool with_runtime);

}  // namespace msf
