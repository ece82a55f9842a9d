// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emit/emitted_model.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "driver/compile.h"
#include "driver/network.h"
#include "driver/planner.h"
#include "support/process.h"
#include "tests/ops/test_graph.h"

namespace msf {
namespace {

Port PortOf(const Graph& graph, TensorId id) {
  const Tensor& tensor = graph.tensor(id);
  // Emitted comments must survive any name.
  return {.tensor = id,
          .name = tensor.name + " */ #error \xff /*",
          .dtype = tensor.dtype,
          .shape = tensor.shape,
          .quant = tensor.quant};
}

TensorId AddInput(Graph& graph, DType dtype, const Shape& shape) {
  const TensorId id =
      AddTensor(graph, dtype, shape,
                dtype == DType::kInt8 ? Quant(0.05f, -3) : Quantization{});
  graph.inputs.push_back(PortOf(graph, id));
  return id;
}

TensorId AddNode(Graph& graph, Attrs attrs, std::vector<TensorId> inputs,
                 DType dtype, const Shape& shape) {
  const TensorId id =
      AddTensor(graph, dtype, shape,
                dtype == DType::kInt8 ? Quant(0.05f, -3) : Quantization{});
  const auto index = static_cast<int32_t>(graph.nodes.size());
  graph.nodes.push_back({.attrs = std::move(attrs),
                         .inputs = std::move(inputs),
                         .outputs = {id},
                         .source_index = index});
  return id;
}

const MaxPool2DAttrs kHalve{
    .window = {.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2}};

Graph NewGraph() {
  Graph graph;
  graph.source = "made by hand";
  return graph;
}

}  // namespace

Graph TwoInputsTwoOutputs() {
  Graph graph = NewGraph();
  const TensorId a = AddInput(graph, DType::kInt8, {1, 6, 4, 3});
  const TensorId b = AddInput(graph, DType::kInt8, {1, 6, 4, 3});
  const TensorId sum =
      AddNode(graph, AddAttrs{}, {a, b}, DType::kInt8, {1, 6, 4, 3});
  const TensorId half = AddNode(graph, kHalve, {a}, DType::kInt8, {1, 3, 2, 3});
  graph.outputs = {PortOf(graph, sum), PortOf(graph, half)};
  return graph;
}

Graph FloatInputAndOutput() {
  Graph graph = NewGraph();
  const TensorId x = AddInput(graph, DType::kFloat32, {1, 6, 4, 3});
  const TensorId q =
      AddNode(graph, QuantizeAttrs{}, {x}, DType::kInt8, {1, 6, 4, 3});
  const TensorId half = AddNode(graph, kHalve, {q}, DType::kInt8, {1, 3, 2, 3});
  const TensorId y =
      AddNode(graph, DequantizeAttrs{}, {half}, DType::kFloat32, {1, 3, 2, 3});
  graph.outputs = {PortOf(graph, y)};
  return graph;
}

Graph InputThatIsAlsoOutput() {
  Graph graph = NewGraph();
  const TensorId x = AddInput(graph, DType::kInt8, {1, 6, 4, 3});
  const TensorId half = AddNode(graph, kHalve, {x}, DType::kInt8, {1, 3, 2, 3});
  graph.outputs = {PortOf(graph, x), PortOf(graph, half)};
  return graph;
}

Graph NoNodes() {
  Graph graph = NewGraph();
  const TensorId x = AddInput(graph, DType::kInt8, {1, 6, 4, 3});
  graph.outputs = {PortOf(graph, x)};
  return graph;
}

Graph DigitsSample() {
  const char* root = std::getenv("MSF_SOURCE_DIR");
  auto network = LoadNetwork(std::string(root != nullptr ? root : ".") +
                             "/examples/digits/digits96_int8.tflite");
  if (!network) {
    ADD_FAILURE() << ToString(network.error());
    return {};
  }
  return std::move(network->graph);
}

const std::vector<NamedGraph>& TestGraphs() {
  static const std::vector<NamedGraph> graphs = {
      {"Digits", &DigitsSample},
      {"TwoInputsTwoOutputs", &TwoInputsTwoOutputs},
      {"FloatInputAndOutput", &FloatInputAndOutput},
      {"InputThatIsAlsoOutput", &InputThatIsAlsoOutput},
      {"NoNodes", &NoNodes}};
  return graphs;
}

namespace {

std::vector<EmittedFile> EmittedSchedule(const Graph& graph,
                                         const Schedule& schedule,
                                         const std::string& name) {
  auto compiled =
      CompileModel(graph, schedule,
                   {.name = name, .command_line = "msfc a*/b \n #error /*"});
  if (!compiled) {
    ADD_FAILURE() << ToString(compiled.error());
    return {};
  }
  return std::move(compiled->files);
}

}  // namespace

std::vector<EmittedFile> Emitted(const Graph& graph, InputMode mode,
                                 const std::string& name) {
  const auto verified = VerifyGraph(graph);
  EXPECT_TRUE(verified.has_value()) << ToString(verified.error());
  const auto planned = MakePlan(graph, {.input_mode = mode});
  if (!planned) {
    ADD_FAILURE() << ToString(planned.error());
    return {};
  }
  return EmittedSchedule(graph, planned->schedule, name);
}

std::vector<EmittedFile> EmittedWithPlan(
    const Graph& graph, InputMode mode,
    const std::function<Plan(const UnitGraph& units)>& plan) {
  const UnitGraph units = BuildUnitGraph(graph, mode);
  const auto schedule = BuildSchedule(graph, units, plan(units));
  if (!schedule) {
    ADD_FAILURE() << ToString(schedule.error());
    return {};
  }
  return EmittedSchedule(graph, *schedule, "net");
}

void Write(const TempDir& directory, const std::vector<EmittedFile>& files) {
  for (const EmittedFile& file : files) {
    const auto written = directory.Write(file.path, file.contents);
    ASSERT_TRUE(written.has_value()) << ToString(written.error());
  }
}

void MustRun(const TempDir& directory, std::vector<std::string> arguments) {
  std::string line;
  for (const std::string& argument : arguments) line += argument + " ";
  const auto result = RunProcess({.arguments = std::move(arguments),
                                  .directory = directory.path(),
                                  .timeout_seconds = 120});
  ASSERT_TRUE(result.has_value()) << ToString(result.error());
  EXPECT_EQ(result->exit_status, 0) << line << "\n"
                                    << result->output << result->error;
}

std::vector<std::string> Sources(const std::vector<EmittedFile>& files,
                                 bool with_runtime) {
  std::vector<std::string> names;
  for (const EmittedFile& file : files) {
    if (!file.path.ends_with(".cpp")) continue;
    if (!with_runtime && file.path.starts_with("runtime/")) continue;
    names.push_back(file.path);
  }
  return names;
}

}  // namespace msf
