// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "session.h"

namespace msf {
namespace {

// With -v: the graph as msfc runs it, after its rewrites.
std::string Nodes(const std::string& model, const Session& session) {
  if (!session.verbose || session.json) return {};
  const Result<Network> network = LoadNetwork(model);
  return network ? "\nAfter rewrites:\n" + Dump(network->graph) : "";
}

}  // namespace

void AddAnalyze(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand(
      "analyze",
      "What a model file holds: inputs, outputs, nodes, MACs, weights, the RAM "
      "it takes node by node, and every node that is not supported");
  auto model = std::make_shared<std::string>();
  verb->add_option("model", *model, "The network, a .tflite file")
      ->required()
      ->type_name("MODEL");
  AddCommonOptions(*verb, session);
  verb->footer(
      "Example:\n  msfc analyze model.tflite --json\n"
      "  msfc analyze model.tflite -v     (every node after rewrites)");
  verb->callback([model, &session] {
    const Result<Analysis> analysis = AnalyzeModel(*model);
    if (!analysis) return session.Fail(analysis.error());
    session.Print(ToJson(*analysis), ToText(*analysis) + Nodes(*model, session));
    if (!analysis->unsupported.empty()) session.exit_code = 1;
  });
}

}  // namespace msf
